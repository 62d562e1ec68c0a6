import { badInput, isStrataError, notFound, outOfTime, StrataError, unsupportedMedia, uploadExpired } from '../../domain/errors.js';
import type { DataType, Viewer } from '../../domain/model.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import { ExtractionError } from '../../ports/media.port.js';
import type { UploadRepository } from '../../ports/repositories/upload.repository.port.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { judgeContent, readContent } from '../uploads/verify-content.js';
import { Deadline, DeadlinePassed } from './deadline.js';
import { centroid, spread } from './query-vectors.js';

type Path = readonly string[];

/** Of a long text so much asks; UTF-16 units. */
const MOST_CHARACTERS = 200_000;
/** Passages of it that are embedded, evenly spread. */
const MOST_PASSAGES = 16;
/**
 * Frames of a film, and windows of a sound or a film's. Somebody waits for all of them, and a large model of sounds takes seconds for a
 * window. Their mean is what is asked with, which more of them would hardly move.
 */
const MOST_MOMENTS = 8;
/** Of the time that a search has left, what its file may take to be read and embedded: a search has to be made yet, with it or without. */
const TIME_SHARE = 0.8;

/** Bytes that wait for a query, as they are now. */
export interface StagedQuery {
  uploadId: string;
  key: string;
  etag: string;
  /** Seconds that they are there for. */
  secondsLeft: number;
  upload: Parameters<typeof judgeContent>[1];
}

/** What they were found to be. */
export interface QueryContent {
  staged: StagedQuery;
  contentHash: string;
  type: DataType;
  mimeType: string;
  filename: string;
  size: number;
}

/** By one model: its vectors, or why it has none. */
type Embedded = Float32Array[] | StrataError;

type Needs = Pick<ServiceDependencies, 'objectStore' | 'media' | 'embedder' | 'cache'> & { database: { uploads: Pick<UploadRepository, 'findByIds'> } };

/**
 * Bytes uploaded for a query alone: read and embedded where they are staged, and never an object. What they are and their vectors
 * are kept in the cache for as long as the session holds, by the bytes' own hash.
 */
export class QueryUploads {
  constructor(
    private readonly deps: Needs,
    private readonly caches: boolean,
  ) {}

  /**
   * One statement for all, and a look at the store for each.
   * @throws NOT_FOUND for what is not there or another's; UPLOAD_EXPIRED; BAD_USER_INPUT where it is for an object, or has no bytes yet
   */
  async find(viewer: Viewer, asked: readonly { uploadId: string; path: Path }[]): Promise<Map<string, StagedQuery>> {
    if (asked.length === 0) return new Map();
    const rows = await this.deps.database.uploads.findByIds(viewer.tenantId, [...new Set(asked.map(({ uploadId }) => uploadId))]);
    const uploads = new Map(rows.map((row) => [row.id, row]));
    const found = asked.map(async ({ uploadId, path }): Promise<[string, StagedQuery]> => {
      const upload = uploads.get(uploadId);
      if (upload === undefined) throw notFound('UploadSession', uploadId, path);
      if (upload.purpose !== 'QUERY') throw badInput('This upload is to become an object. One to search with is created with "purpose: QUERY".', path);
      if (upload.createdBy !== viewer.id) throw notFound('UploadSession', uploadId, path);
      const secondsLeft = Math.floor((upload.expiresAt.getTime() - Date.now()) / 1_000);
      if (upload.status !== 'PENDING' || secondsLeft <= 0) throw uploadExpired(uploadId);
      const stored = await this.deps.objectStore.head(upload.stagingKey);
      if (stored === null) throw badInput('No bytes have arrived for this upload yet. PUT them to its URL first.', path);
      return [uploadId, { uploadId, key: upload.stagingKey, etag: stored.etag, secondsLeft, upload }];
    });
    return new Map(await Promise.all(found));
  }

  /** Reads them once. @throws CONTENT_MISMATCH, UNSUPPORTED_MEDIA */
  async contentOf(staged: StagedQuery, path: Path): Promise<QueryContent> {
    const key = `query-upload:${staged.uploadId}:${staged.etag}`;
    const known = this.caches ? await this.deps.cache.get<Omit<QueryContent, 'staged'>>(key) : undefined;
    if (known !== undefined) return { ...known, staged };
    const read = await readContent(this.deps.objectStore, staged.key);
    if (read.etag !== staged.etag) throw changed(path);
    const verdict = await judgeContent(this.deps.media, staged.upload, read);
    if (isStrataError(verdict)) throw new StrataError(verdict.code, verdict.message, { path });
    const content = { contentHash: read.contentHash, type: verdict.type, mimeType: verdict.mimeType, filename: staged.upload.filename, size: read.size };
    if (this.caches) await this.deps.cache.set(key, content, staged.secondsLeft);
    return { ...content, staged };
  }

  /**
   * What they ask spaces with, by the models' names: the normalised mean of their vectors there, as an object's. A model that makes none
   * of them is not among it; one that cannot embed has its error in place of a vector. They are read, and decoded, once for all models.
   * @throws UNSUPPORTED_MEDIA for what cannot be read; DEPENDENCY_UNAVAILABLE of `models` where most of the time left does not suffice
   */
  async vectorsOf(viewer: Pick<Viewer, 'tenantId'>, content: QueryContent, models: readonly EmbeddingModel[], path: Path, deadline: Deadline): Promise<Map<string, Float32Array | StrataError>> {
    const keyOf = ({ name, revision }: EmbeddingModel) => `upload-vector:${viewer.tenantId}:${content.contentHash}:${name}@${revision}`;
    const kept = this.caches ? await Promise.all(models.map((model) => this.deps.cache.get<number[]>(keyOf(model)))) : [];
    const found = new Map<string, Float32Array | StrataError>(models.flatMap(({ name }, i) => (kept[i] === undefined ? [] : [[name, Float32Array.from(kept[i])] as const])));
    const lacking = models.filter(({ name }) => !found.has(name));
    const embedded = lacking.length === 0 ? [] : await this.embedInTime(content, lacking, path, deadline);
    for (const [i, model] of lacking.entries()) {
      const vectors = embedded[i]!;
      if (isStrataError(vectors)) {
        found.set(model.name, vectors);
        continue;
      }
      const vector = vectors.length === 0 ? new Float32Array(0) : centroid(vectors);
      found.set(model.name, vector);
      if (this.caches) await this.deps.cache.set(keyOf(model), Array.from(vector), content.staged.secondsLeft);
    }
    return new Map([...found].filter(([, vector]) => isStrataError(vector) || vector.length > 0));
  }

  private async embedInTime(content: QueryContent, models: readonly EmbeddingModel[], path: Path, deadline: Deadline): Promise<Embedded[]> {
    const own = new Deadline(deadline.secondsLeft * TIME_SHARE, deadline.signal);
    try {
      return await own.race(this.embed(content, models, path, own.signal));
    } catch (error) {
      if (error instanceof DeadlinePassed && !deadline.signal.aborted) throw outOfTime(`Reading and embedding "${content.filename}"`, error.seconds, path, error);
      throw error;
    } finally {
      own.end();
    }
  }

  private async embed(content: QueryContent, models: readonly EmbeddingModel[], path: Path, signal: AbortSignal): Promise<Embedded[]> {
    const { objectStore } = this.deps;
    const file = await objectStore.localFile(content.staged.key, signal);
    try {
      const vectors = await this.embedFile(content, file.path, models, signal);
      // The PUT's address still holds: what came meanwhile is other bytes than those that were judged.
      if ((await objectStore.head(content.staged.key))?.etag !== content.staged.etag) throw changed(path);
      return vectors;
    } catch (error) {
      if (error instanceof ExtractionError) throw new StrataError('UNSUPPORTED_MEDIA', `These bytes cannot be searched with: ${error.message}`, { path, cause: error });
      throw error;
    } finally {
      await file.release();
    }
  }

  private async embedFile({ type, mimeType, filename, size }: QueryContent, path: string, models: readonly EmbeddingModel[], signal: AbortSignal): Promise<Embedded[]> {
    const { embedder, media } = this.deps;
    if (!isRead(type)) {
      const see = async (names: readonly string[]) => {
        const found = await embedder.embedMediaForAll(names, { path, type, mimeType }, { priority: 'query-file', moments: MOST_MOMENTS, signal });
        return found.map((vectors) => vectors.map(({ vector }) => vector));
      };
      const names = models.map(({ name }) => name);
      // They fail together, so each is asked alone for which of them it was.
      return await see(names).catch((error: unknown): Embedded[] | Promise<Embedded[]> => {
        if (!isOfModels(error)) throw error;
        if (names.length === 1) return [error];
        return Promise.all(names.map((name) => orError(see([name]).then(([vectors]) => vectors!))));
      });
    }
    const { text } = await media.extract({ path, type, mimeType, filename, fileSize: size, priority: 'query', signal });
    const words = text?.slice(0, MOST_CHARACTERS).toWellFormed() ?? '';
    if (words.trim() === '') throw unsupportedMedia('No text could be read out of these bytes.');
    return Promise.all(models.map(({ name }) => orError(this.embedWords(words, name, signal))));
  }

  private async embedWords(words: string, model: string, signal: AbortSignal): Promise<Float32Array[]> {
    const { embedder } = this.deps;
    const [spans] = await embedder.splitPassages(model, [{ text: words }], { priority: 'query-file', signal });
    const passages = spread(spans!, MOST_PASSAGES).map(({ start, end }) => words.slice(start, end));
    return embedder.embedTexts(model, passages, { priority: 'query-file', signal });
  }
}

/** By what can be read out of it, rather than by how it looks or sounds. */
const isRead = (type: DataType) => type === 'TEXT' || type === 'DOCUMENT';

const isOfModels = (error: unknown): error is StrataError => isStrataError(error) && error.extensions.dependency === 'models';

/** A model that cannot embed leaves out its own space, and no other. */
const orError = (vectors: Promise<Float32Array[]>): Promise<Embedded> =>
  vectors.catch((error: unknown) => {
    if (isOfModels(error)) return error;
    throw error;
  });

const changed = (path: Path) => badInput('Other bytes were sent to this upload while it was read. Search again.', path);
