import { setTimeout as pause } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { badInput, conflict, isStrataError, notFound, payloadTooLarge, rateLimited, StrataError, uploadExpired, type ErrorCode } from '../../domain/errors.js';
import type { DataObject, UploadSession, Viewer } from '../../domain/model.js';
import type { CompleteUpload, CreatedUpload, CreateUpload, Ingested, SignedLink, UploadPart } from '../../domain/operations.js';
import { isUuid } from '../../domain/ids.js';
import { hasRole, requireRole } from '../../domain/roles.js';
import type { IntakeService } from '../intake/intake.service.js';
import { readFilename } from '../intake/filename.js';
import { readMetadata } from '../objects/object-metadata.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { idempotentRequest, once } from '../shared/idempotency.js';
import { inOrder } from '../shared/pages.js';
import { contentKey, stagingKey, STAGING_PREFIX } from '../storage/keys.js';
import { LARGEST_SINGLE_PUT, planUpload, sizeOfPart } from './upload-plan.js';
import { judgeContent, readContent, type ReadContent } from './verify-content.js';

/** A claim on verifying lasts so long without a sign of life. */
const CLAIM_SECONDS = 30;
const HEARTBEAT_MS = 10_000;
/** How often one who waits for another's verification looks. */
const LOOK_MS = 200;
const PARTS_A_READ = 100;
const MAX_REREADS = 3;
const SWEEP = 100;
/** Uploads for queries that one viewer may have open. */
const MOST_OPEN_QUERIES = 100;
const QUERY_RETRY_SECONDS = 60;
/** The type that a client states in its PUT; what the bytes are is read from them afterwards. */
const PUT_TYPE = 'application/octet-stream';

export class UploadService {
  constructor(
    private readonly deps: Pick<ServiceDependencies, 'database' | 'objectStore' | 'media' | 'limits' | 'logger'>,
    private readonly intake: IntakeService,
  ) {}

  async byIds(viewer: Viewer, ids: readonly string[]): Promise<(UploadSession | null)[]> {
    requireRole(viewer, 'reader');
    return inOrder(ids, await this.deps.database.uploads.findByIds(viewer.tenantId, ids));
  }

  async create(viewer: Viewer, input: CreateUpload): Promise<CreatedUpload> {
    const forQuery = input.purpose === 'QUERY';
    requireRole(viewer, forQuery ? 'reader' : 'editor');
    const { idempotencyKey, ...rest } = input;
    const filename = readFilename(input.filename, ['input', 'filename']);
    const metadata = readMetadata(input.metadata, ['input', 'metadata']);
    const { maxUpload } = this.deps.limits;
    if (input.fileSize === 0) throw badInput('The file is empty. An upload holds at least one byte.', ['input', 'fileSize']);
    if (!Number.isSafeInteger(input.fileSize) || input.fileSize < 0) throw badInput('"fileSize" is a number of bytes: a whole one, from 1.', ['input', 'fileSize']);
    if (input.fileSize > maxUpload) {
      throw payloadTooLarge(`The file has ${input.fileSize} bytes; up to ${maxUpload} are taken (limits.max_upload).`, ['input', 'fileSize']);
    }
    if (forQuery) checkForQuery(input);
    return once(this.deps.database, viewer, idempotentRequest('createUpload', idempotencyKey, rest), {
      answer: (response) => this.recalled(viewer, response as { uploadId?: string; objectId?: string }),
      work: async (remember) => {
        if (forQuery) await this.mustHaveRoom(viewer);
        if (input.replaces !== undefined) await this.mustBeReplaceable(viewer, input.replaces);
        const known = input.contentHash === undefined || input.replaces !== undefined || forQuery ? [] : await this.deps.database.objects.findLiveByHashes(viewer.tenantId, [input.contentHash]);
        if (known[0]) {
          await this.deps.database.idempotency.insert(viewer.tenantId, remember({ objectId: known[0].id }));
          return { upload: null, object: known[0], deduplicated: true };
        }
        const upload = await this.open(viewer, { ...input, filename }, metadata);
        try {
          await this.deps.database.transaction(async (tx) => {
            await tx.uploads.insert(upload);
            await tx.idempotency.insert(viewer.tenantId, remember({ uploadId: upload.id }));
          });
        } catch (error) {
          await this.discard(upload);
          throw error;
        }
        return { upload, object: null, deduplicated: false };
      },
    });
  }

  /** @throws FORBIDDEN below an editor: whoever has the link may send bytes; those for a query are sent by whoever created it */
  async link(viewer: Viewer, upload: UploadSession): Promise<SignedLink | null> {
    if (upload.partCount > 0 || upload.status !== 'PENDING') return null;
    requireRole(viewer, isOwnQuery(viewer, upload) ? 'reader' : 'editor');
    return this.deps.objectStore.signUpload(upload.stagingKey, {
      contentType: PUT_TYPE,
      size: upload.fileSize,
      ...(upload.contentHash === null ? {} : { sha256: upload.contentHash }),
      expiresIn: secondsLeft(upload),
    });
  }

  /** @throws FORBIDDEN below an editor, as `link` does */
  async parts(viewer: Viewer, upload: UploadSession, partNumbers: readonly number[] | null): Promise<UploadPart[]> {
    if (upload.partSize === null || upload.storeUploadId === null || upload.status !== 'PENDING') return [];
    requireRole(viewer, 'editor');
    if (partNumbers !== null && partNumbers.length > PARTS_A_READ) throw badInput(`${partNumbers.length} parts were asked for; up to ${PARTS_A_READ} are given at a time.`, ['partNumbers']);
    const wrong = partNumbers?.find((number) => !Number.isInteger(number) || number < 1 || number > upload.partCount);
    if (wrong !== undefined) throw badInput(`There is no part ${wrong}; the parts are 1 to ${upload.partCount}.`, ['partNumbers']);
    const { objectStore } = this.deps;
    const stored = new Map((await objectStore.listParts(upload.stagingKey, upload.storeUploadId)).map((part) => [part.partNumber, part]));
    const wanted = partNumbers ?? missingParts(upload.partCount, stored);
    const { partSize, storeUploadId } = upload;
    return Promise.all(
      [...new Set(wanted)].map(async (partNumber) => {
        const size = sizeOfPart(upload.fileSize, partSize, partNumber);
        const link = await objectStore.signPart(upload.stagingKey, storeUploadId, { partNumber, size, expiresIn: secondsLeft(upload) });
        return { partNumber, size, link, uploaded: stored.has(partNumber), etag: stored.get(partNumber)?.etag ?? null };
      }),
    );
  }

  async complete(viewer: Viewer, input: CompleteUpload): Promise<Ingested> {
    requireRole(viewer, 'editor');
    const verifier = uuidv7();
    for (;;) {
      const upload = await this.deps.database.uploads.find(viewer.tenantId, input.id);
      if (!upload) throw notFound('UploadSession', input.id, ['input', 'id']);
      if (upload.purpose === 'QUERY') throw badInput('This upload is for a query and becomes no object. Hand its id to a search as "uploadId", once its bytes were sent.', ['input', 'id']);
      if (upload.status === 'COMPLETED') return this.completed(viewer, upload);
      if (upload.status === 'REJECTED') throw asError(upload);
      if (upload.status === 'ABORTED') throw conflict('The upload was aborted. Create a new one.', ['input', 'id']);
      if (upload.status === 'EXPIRED' || (upload.status === 'PENDING' && upload.expiresAt.getTime() <= Date.now())) throw uploadExpired(input.id);
      const claimed = await this.deps.database.uploads.claim(viewer.tenantId, input.id, verifier, CLAIM_SECONDS);
      if (claimed) return this.verify(viewer, claimed, verifier, input);
      // Another call verifies it: its end is this call's answer.
      await pause(LOOK_MS);
    }
  }

  async abort(viewer: Viewer, id: string): Promise<UploadSession> {
    if (!hasRole(viewer, 'editor')) await this.mustBeOwnQuery(viewer, id);
    const upload = await this.deps.database.uploads.abort(viewer.tenantId, id);
    if (!upload) throw notFound('UploadSession', id, ['id']);
    if (upload.status === 'COMPLETED' || upload.status === 'VERIFYING') throw conflict(`The upload is ${upload.status}; only a PENDING one can be aborted.`, ['id']);
    await this.discard(upload);
    return upload;
  }

  /** Ends what nobody finished: sessions past their time. Answers how many. Their bytes are `sweep`'s. */
  async expire(): Promise<number> {
    await this.deps.database.uploads.releaseAbandoned({ everyClaim: false });
    return (await this.deps.database.uploads.expire(SWEEP)).length;
  }

  /**
   * Removes what is staged for sessions that have ended: what a crash kept from being discarded, and what came late to an old
   * URL. A session never opens again, so what is found ended stays so.
   */
  async sweep(): Promise<void> {
    const { objectStore, database } = this.deps;
    let after: string | undefined;
    do {
      const { objects, next } = await objectStore.list(STAGING_PREFIX, { after, limit: SWEEP });
      const ids = objects.map(({ key }) => key.slice(STAGING_PREFIX.length)).filter(isUuid);
      const open = new Set(await database.uploads.openAmong(ids));
      await objectStore.delete(ids.filter((id) => !open.has(id)).map(stagingKey));
      after = next ?? undefined;
    } while (after !== undefined);

    for (const upload of await database.uploads.endedMultiparts(SWEEP)) await this.discard(upload);
  }

  /** What a reader may send is bounded, and so is how much of it lies about. Two calls at once may both find the last place free. */
  private async mustHaveRoom(viewer: Viewer): Promise<void> {
    const open = await this.deps.database.uploads.openQueries(viewer.tenantId, viewer.id);
    if (open < MOST_OPEN_QUERIES) return;
    throw rateLimited(`${open} uploads for queries are open; at most ${MOST_OPEN_QUERIES} may be, each for an hour. End one with abortUpload, or search with one of them.`, QUERY_RETRY_SECONDS);
  }

  private async mustBeOwnQuery(viewer: Viewer, id: string): Promise<void> {
    requireRole(viewer, 'reader');
    const upload = await this.deps.database.uploads.find(viewer.tenantId, id);
    if (upload === null) throw notFound('UploadSession', id, ['id']);
    if (!isOwnQuery(viewer, upload)) requireRole(viewer, 'editor');
  }

  private async mustBeReplaceable(viewer: Viewer, id: string): Promise<void> {
    const [object] = await this.deps.database.objects.findByIds(viewer.tenantId, [id]);
    if (!object) throw notFound('DataObject', id, ['input', 'replaces']);
    if (object.isDeleted) throw conflict('The object is in the bin. Undelete it before its content is replaced.', ['input', 'replaces']);
  }

  private async open(viewer: Viewer, input: CreateUpload, metadata: UploadSession['metadata']): Promise<UploadSession> {
    const id = uuidv7();
    const plan = planUpload(input.fileSize, this.deps.objectStore.capabilities);
    const key = stagingKey(id);
    const storeUploadId = plan.partSize === null ? null : await this.deps.objectStore.startMultipart(key, { contentType: PUT_TYPE });
    const createdAt = new Date();
    return {
      id, tenantId: viewer.tenantId, purpose: input.purpose ?? 'OBJECT', createdBy: viewer.id, status: 'PENDING', filename: input.filename, fileSize: input.fileSize, contentHash: input.contentHash ?? null,
      type: input.type ?? null, metadata, stagingKey: key, partSize: plan.partSize, partCount: plan.partCount, storeUploadId, objectId: null,
      ingestionId: null, replaces: input.replaces ?? null, deduplicated: false, error: null, createdAt,
      expiresAt: new Date(createdAt.getTime() + plan.validFor * 1_000),
    };
  }

  private async verify(viewer: Viewer, upload: UploadSession, verifier: string, input: CompleteUpload): Promise<Ingested> {
    const heartbeat = setInterval(() => {
      this.deps.database.uploads
        .extendClaim(upload.id, verifier, CLAIM_SECONDS)
        .catch((error: unknown) => this.deps.logger.warn({ upload: upload.id, error }, 'the heartbeat of a verification failed'));
    }, HEARTBEAT_MS);
    try {
      const refusal = await this.join(upload, input);
      if (refusal !== null) return await this.reject(upload, verifier, refusal);
      return await this.admit(viewer, upload, verifier);
    } catch (error) {
      // Whatever was not decided is as before: the bytes wait, and the call can be made again.
      if (!(error instanceof Rejected)) await this.reopen(upload, verifier);
      throw error instanceof Rejected ? error.verdict : error;
    } finally {
      clearInterval(heartbeat);
    }
  }

  private async reopen(upload: UploadSession, verifier: string): Promise<void> {
    try {
      await this.deps.database.uploads.settle(upload.id, verifier, { status: 'PENDING' });
    } catch (error) {
      this.deps.logger.warn({ upload: upload.id, error }, 'an upload could not be opened again; its claim runs out by itself');
    }
  }

  /** The store took no bytes, since they are not those that were declared. The right ones may still come, until somebody completes. */
  async noteRefusal(key: string, refusal: StrataError): Promise<void> {
    const id = key.startsWith(STAGING_PREFIX) ? key.slice(STAGING_PREFIX.length) : '';
    if (isUuid(id)) await this.deps.database.uploads.noteRefusal(id, { code: refusal.code, message: refusal.message, path: [...refusal.path] });
  }

  /**
   * Parts become one staged object; done before, by a call that ended early, it is not done again.
   * @returns why there are no bytes, where some came and were refused
   */
  private async join(upload: UploadSession, input: CompleteUpload): Promise<StrataError | null> {
    const { objectStore } = this.deps;
    if ((await objectStore.head(upload.stagingKey)) !== null) return null;
    if (upload.storeUploadId === null && upload.error !== null) return asError(upload);
    if (upload.storeUploadId === null) throw conflict('No bytes have arrived for this upload yet. PUT them to its URL first.', ['input', 'id']);
    const parts = input.parts ?? (await objectStore.listParts(upload.stagingKey, upload.storeUploadId));
    if (parts.length !== upload.partCount) {
      throw conflict(`${parts.length} of ${upload.partCount} parts have arrived. Upload the others first.`, ['input', input.parts ? 'parts' : 'id']);
    }
    // Clients hand on the header as it came, in its quotes; in whatever order their PUTs were answered.
    const named = parts.map(({ partNumber, etag }) => ({ partNumber, etag: etag.replace(/^"(.*)"$/, '$1') })).sort((left, right) => left.partNumber - right.partNumber);
    await objectStore.completeMultipart(upload.stagingKey, upload.storeUploadId, named).catch((error: unknown) => {
      throw isStrataError(error) ? new StrataError(error.code, error.message, { path: ['input', ...error.path], extensions: error.extensions, cause: error.cause }) : error;
    });
    return null;
  }

  private async admit(viewer: Viewer, upload: UploadSession, verifier: string): Promise<Ingested> {
    for (let reads = 1; ; reads += 1) {
      const content = await readContent(this.deps.objectStore, upload.stagingKey);
      const verdict = await judgeContent(this.deps.media, upload, content);
      if (isStrataError(verdict)) return this.reject(upload, verifier, verdict);
      const twin = upload.replaces === null ? await this.adopt(viewer, upload, verifier, content.contentHash) : null;
      if (twin) return twin;
      try {
        return await this.store(viewer, upload, verifier, content, verdict);
      } catch (error) {
        // A late PUT changed the staged bytes between reading and copying: read what is there now.
        if (!(error instanceof StagedBytesChanged) || reads >= MAX_REREADS) throw error instanceof StagedBytesChanged ? error.conflict : error;
      }
    }
  }

  private async store(viewer: Viewer, upload: UploadSession, verifier: string, content: ReadContent, kind: { type: DataObject['type']; mimeType: string }): Promise<Ingested> {
    const admitted = await this.intake.admit(
      viewer,
      [
        {
          contentHash: content.contentHash, size: content.size, type: kind.type, mimeType: kind.mimeType, filename: upload.filename,
          metadata: upload.metadata, storageKey: contentKey(viewer.tenantId, kind.type, content.contentHash), replaces: upload.replaces,
        },
      ],
      {
        write: async ([incoming]) => {
          await this.deps.objectStore.copy(upload.stagingKey, incoming!.storageKey, { ifMatch: content.etag, contentType: incoming!.mimeType }).catch((error: unknown) => {
            throw isStrataError(error) && error.code === 'CONFLICT' ? new StagedBytesChanged(error) : error;
          });
        },
        onCommit: async (tx, [only]) => {
          const ingestionId = only!.ingestion?.id ?? (await tx.ingestions.newestForObjects(viewer.tenantId, [only!.object.id]))[0]!.id;
          const settled = await tx.uploads.settle(upload.id, verifier, {
            status: 'COMPLETED', objectId: only!.object.id, ingestionId, deduplicated: only!.ingestion === null, error: null,
          });
          if (!settled) throw settledElsewhere();
        },
      },
    );
    await this.discard(upload);
    const { object, ingestion } = admitted.get(content.contentHash)!;
    if (ingestion) return { object, ingestion, deduplicated: false };
    const answer = await this.withIngestion(viewer, object, true);
    if (answer === null) throw purgedSince();
    return answer;
  }

  /** The content is known already: the upload ends with the object that has it. */
  private async adopt(viewer: Viewer, upload: UploadSession, verifier: string, contentHash: string): Promise<Ingested | null> {
    const [twin] = await this.deps.database.objects.findLiveByHashes(viewer.tenantId, [contentHash]);
    if (!twin) return null;
    const answer = await this.withIngestion(viewer, twin, true);
    // Purged between the two reads: the way is free.
    if (answer === null) return null;
    const settled = await this.deps.database.uploads.settle(upload.id, verifier, {
      status: 'COMPLETED', objectId: twin.id, ingestionId: answer.ingestion.id, deduplicated: true, error: null,
    });
    if (!settled) throw settledElsewhere();
    await this.discard(upload);
    return answer;
  }

  private async reject(upload: UploadSession, verifier: string, verdict: StrataError): Promise<never> {
    const settled = await this.deps.database.uploads.settle(upload.id, verifier, {
      status: 'REJECTED', error: { code: verdict.code, message: verdict.message, path: [...verdict.path] },
    });
    if (!settled) throw settledElsewhere();
    await this.discard(upload);
    throw new Rejected(verdict);
  }

  /** Removes what is staged. What cannot be removed now is swept later. */
  private async discard(upload: UploadSession): Promise<void> {
    try {
      if (upload.storeUploadId !== null) await this.deps.objectStore.abortMultipart(upload.stagingKey, upload.storeUploadId);
      await this.deps.objectStore.delete([upload.stagingKey]);
      if (upload.storeUploadId !== null) await this.deps.database.uploads.forgetMultiparts([upload.id]);
    } catch (error) {
      this.deps.logger.warn({ upload: upload.id, error }, 'staged bytes could not be removed; the sweeper will');
    }
  }

  private async completed(viewer: Viewer, upload: UploadSession): Promise<Ingested> {
    const [[object], [ingestion]] = await Promise.all([
      this.deps.database.objects.findByIds(viewer.tenantId, [upload.objectId!]),
      this.deps.database.ingestions.findByIds(viewer.tenantId, [upload.ingestionId!]),
    ]);
    if (!object || !ingestion) throw purgedSince();
    return { object, ingestion, deduplicated: upload.deduplicated };
  }

  private async withIngestion(viewer: Viewer, object: DataObject, deduplicated: boolean): Promise<Ingested | null> {
    const [ingestion] = await this.deps.database.ingestions.newestForObjects(viewer.tenantId, [object.id]);
    return ingestion ? { object, ingestion, deduplicated } : null;
  }

  private async recalled(viewer: Viewer, response: { uploadId?: string; objectId?: string }): Promise<CreatedUpload> {
    const upload = response.uploadId === undefined ? null : await this.deps.database.uploads.find(viewer.tenantId, response.uploadId);
    const object = response.objectId === undefined ? null : ((await this.deps.database.objects.findByIds(viewer.tenantId, [response.objectId]))[0] ?? null);
    if (!upload && !object) throw conflict('What this idempotency key made is gone since.', ['input', 'idempotencyKey']);
    return { upload, object, deduplicated: object !== null };
  }
}

/** The verdict is recorded; the session must not become PENDING again. */
class Rejected extends Error {
  constructor(readonly verdict: StrataError) {
    super(verdict.message);
  }
}

class StagedBytesChanged extends Error {
  constructor(readonly conflict: StrataError) {
    super(conflict.message);
  }
}

const isOwnQuery = (viewer: Viewer, upload: UploadSession): boolean => upload.purpose === 'QUERY' && upload.createdBy === viewer.id;

function checkForQuery({ fileSize, replaces }: CreateUpload): void {
  if (replaces !== undefined) throw badInput('An upload for a query becomes no object, so that it replaces none. Leave "replaces" or "purpose" out.', ['input', 'replaces']);
  if (fileSize > LARGEST_SINGLE_PUT) throw payloadTooLarge(`The file has ${fileSize} bytes; up to ${LARGEST_SINGLE_PUT} are taken for a query.`, ['input', 'fileSize']);
}

const settledElsewhere = () => conflict('Another call decided this upload at the same moment. Call again for its answer.', ['input', 'id']);
const purgedSince = () => conflict('The object of this upload has been purged since.', ['input', 'id']);
const asError = (upload: UploadSession): StrataError =>
  new StrataError((upload.error?.code ?? 'CONTENT_MISMATCH') as ErrorCode, upload.error?.message ?? 'The upload was rejected.', { path: upload.error?.path ?? [] });

const secondsLeft = (upload: UploadSession): number => Math.max(1, Math.floor((upload.expiresAt.getTime() - Date.now()) / 1_000));

function missingParts(partCount: number, stored: ReadonlyMap<number, unknown>): number[] {
  const missing: number[] = [];
  for (let number = 1; number <= partCount && missing.length < PARTS_A_READ; number += 1) if (!stored.has(number)) missing.push(number);
  return missing;
}
