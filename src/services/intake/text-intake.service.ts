import { createHash } from 'node:crypto';
import { badInput, conflict, isStrataError, isUnavailable, payloadTooLarge, type StrataError } from '../../domain/errors.js';
import { batches } from '../../domain/batches.js';
import type { DataObject, DataType, Ingestion, Viewer } from '../../domain/model.js';
import type { Ingested, IngestText } from '../../domain/operations.js';
import { requireRole } from '../../domain/roles.js';
import { readMetadata } from '../objects/object-metadata.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { idempotentRequest, keyTaken, recall, type IdempotentRequest } from '../shared/idempotency.js';
import { portionsOf } from '../shared/portions.js';
import { contentKey } from '../storage/keys.js';
import type { IncomingContent } from './intake.saga.js';
import type { IntakeService } from './intake.service.js';
import { readFilename } from './filename.js';

const OPERATION = 'ingestText';
/** Each try means that another request with one of the keys came first, and that key is answered then. */
const MAX_TRIES = 5;

interface Prepared {
  content: IncomingContent;
  bytes: Buffer;
  request: IdempotentRequest | null;
}

/** More texts than these at once are bulk work: whoever reads meanwhile goes first. */
const FEW = 8;

/** `ingestText` and `ingestTexts`: each text stands alone, all of a portion share a fixed number of statements. */
export class TextIntakeService {
  constructor(
    private readonly deps: Pick<ServiceDependencies, 'database' | 'objectStore' | 'media' | 'limits'>,
    private readonly intake: IntakeService,
  ) {}

  async ingestTexts(viewer: Viewer, inputs: readonly IngestText[]): Promise<(Ingested | StrataError)[]> {
    requireRole(viewer, 'editor');
    const prepared = await Promise.all(inputs.map((input) => this.prepare(viewer, input).catch(itemError)));
    const answers = new Array<Ingested | StrataError | undefined>(inputs.length);
    prepared.forEach((item, index) => {
      if (isStrataError(item)) answers[index] = item;
    });
    const repeats = new Map<number, number>();
    const open = () =>
      prepared.flatMap((item, index) => (answers[index] === undefined && !repeats.has(index) && !isStrataError(item) ? [{ index, item }] : []));

    for (let inVain = 0; open().length > 0; ) {
      const left = open().length;
      try {
        await this.answerRecalled(viewer, open(), answers);
        findRepeatedKeys(open(), repeats, answers);
        await this.answerKnown(viewer, open(), answers);
        for (const some of batches(open(), () => portionsOf(this.deps.database).admitted)) {
          const admitting = () => this.answerNew(viewer, some, answers);
          await (inputs.length > FEW ? this.deps.database.inBackground(admitting) : admitting());
        }
      } catch (error) {
        // A twin of one of these requests was answered at this moment: it is read now, and the others go on.
        inVain = open().length < left ? 0 : inVain + 1;
        if (isKeyTaken(error) && inVain < MAX_TRIES) continue;
        // What fails for all that are new leaves the answers of the others as they are.
        if (!isUnavailable(error)) throw error;
        for (const { index } of open()) answers[index] = error;
      }
    }
    for (const [index, firstIndex] of repeats) answers[index] = answers[firstIndex];
    return answers as (Ingested | StrataError)[];
  }

  private async prepare(viewer: Viewer, input: IngestText): Promise<Prepared> {
    const { maxText } = this.deps.limits;
    if (input.text.trim() === '') throw badInput('The text is empty. Send at least one character that is no white space.', ['text']);
    if (input.text.includes('\0')) throw badInput('The text holds the character U+0000, which no text has. Take it out, or upload the bytes as a file.', ['text']);
    const bytes = Buffer.from(input.text, 'utf8');
    if (bytes.length > maxText) {
      throw payloadTooLarge(`The text has ${bytes.length} bytes; ingestText takes up to ${maxText} (limits.max_text). Upload it as a file instead.`, ['text']);
    }
    const filename = input.filename === undefined ? null : readFilename(input.filename, ['filename']);
    const metadata = readMetadata(input.metadata, ['metadata']);
    const { type, mimeType } = await this.kindOf(bytes, filename);
    const contentHash = createHash('sha256').update(bytes).digest('hex');
    const { idempotencyKey, ...rest } = input;
    return {
      bytes,
      request: idempotentRequest(OPERATION, idempotencyKey, rest),
      content: {
        contentHash, size: bytes.length, type, mimeType, filename, metadata, storageKey: contentKey(viewer.tenantId, type, contentHash), replaces: null,
      },
    };
  }

  /** What was sent as a text is one; only its name can make it a document. */
  private async kindOf(bytes: Buffer, filename: string | null): Promise<{ type: DataType; mimeType: string }> {
    const text = { type: 'TEXT' as const, mimeType: 'text/plain' };
    if (filename === null) return text;
    const sniffed = await this.deps.media.sniff(bytes.subarray(0, 65_536), filename);
    return sniffed !== null && (sniffed.type === 'TEXT' || sniffed.mimeType.startsWith('text/') || sniffed.mimeType === 'application/json') ? sniffed : text;
  }

  private async answerRecalled(viewer: Viewer, items: readonly { index: number; item: Prepared }[], answers: (Ingested | StrataError | undefined)[]): Promise<void> {
    const recalled = await recall(this.deps.database, viewer, items.map(({ item }) => item.request));
    const ids = recalled.flatMap((response) => (isRecord(response) ? [response.objectId] : []));
    const objects = ids.length === 0 ? new Map<string, never>() : await this.ingested(viewer, await this.deps.database.objects.findByIds(viewer.tenantId, ids));
    for (const [at, { index }] of items.entries()) {
      const response = recalled[at];
      if (isStrataError(response)) answers[index] = response;
      if (!isRecord(response)) continue;
      const { objectId, deduplicated } = response;
      const found = objects.get(objectId);
      answers[index] = found ? { ...found, deduplicated } : conflict('What this idempotency key made has been purged since.', ['idempotencyKey']);
    }
  }

  private async answerKnown(viewer: Viewer, items: readonly { index: number; item: Prepared }[], answers: (Ingested | StrataError | undefined)[]): Promise<void> {
    if (items.length === 0) return;
    const hashes = [...new Set(items.map(({ item }) => item.content.contentHash))];
    const known = await this.deps.database.objects.findLiveByHashes(viewer.tenantId, hashes);
    if (known.length === 0) return;
    const ingested = await this.ingested(viewer, known);
    const byHash = new Map([...ingested.values()].map((each) => [each.object.contentHash, each]));
    const matching = items.filter(({ item }) => byHash.has(item.content.contentHash));
    const remembered: Parameters<typeof this.deps.database.idempotency.insert>[1][number][] = [];
    for (const { item } of matching) {
      if (item.request) remembered.push({ ...item.request, response: { objectId: byHash.get(item.content.contentHash)!.object.id, deduplicated: true } });
    }
    await this.deps.database.idempotency.insert(viewer.tenantId, remembered);
    for (const { index, item } of matching) answers[index] = { ...byHash.get(item.content.contentHash)!, deduplicated: true };
  }

  private async answerNew(viewer: Viewer, items: readonly { index: number; item: Prepared }[], answers: (Ingested | StrataError | undefined)[]): Promise<void> {
    if (items.length === 0) return;
    // The same text twice in one call: the first makes the object, the others find it.
    const first = new Map<string, { index: number; item: Prepared }>();
    for (const entry of items) if (!first.has(entry.item.content.contentHash)) first.set(entry.item.content.contentHash, entry);
    const bytesOf = new Map([...first].map(([hash, { item }]) => [hash, item.bytes]));
    const made = new Map<string, Ingested>();
    const admitted = await this.intake.admit(viewer, [...first.values()].map(({ item }) => item.content), {
      write: (contents) =>
        this.deps.objectStore.putMany(
          contents.map((content) => ({ key: content.storageKey, body: bytesOf.get(content.contentHash)!, contentType: content.mimeType })),
        ),
      onCommit: async (tx, all) => {
        const isNew = new Map(all.map((each) => [each.object.contentHash, each]));
        const records = items.flatMap(({ index, item }) => {
          if (!item.request) return [];
          const each = isNew.get(item.content.contentHash)!;
          const deduplicated = each.ingestion === null || first.get(item.content.contentHash)!.index !== index;
          return [{ ...item.request, response: { objectId: each.object.id, deduplicated } }];
        });
        await tx.idempotency.insert(viewer.tenantId, records);
      },
    });
    const twins = [...admitted.values()].filter((each) => each.ingestion === null).map((each) => each.object);
    const twinAnswers = await this.ingested(viewer, twins);
    for (const [hash, each] of admitted) {
      const twin = twinAnswers.get(each.object.id);
      if (each.ingestion) made.set(hash, { object: each.object, ingestion: each.ingestion, deduplicated: false });
      else if (twin) made.set(hash, { ...twin, deduplicated: true });
    }
    for (const { index, item } of items) {
      const answer = made.get(item.content.contentHash);
      if (!answer) {
        answers[index] = conflict('Another call made the object of this text at the same moment, and it has been purged since. Send it again.', ['text']);
        continue;
      }
      answers[index] = first.get(item.content.contentHash)!.index === index ? answer : { ...answer, deduplicated: true };
    }
  }

  /** Each object with its newest ingestion: one statement. What was purged since is left out. */
  private async ingested(viewer: Viewer, objects: readonly DataObject[]): Promise<Map<string, { object: DataObject; ingestion: Ingestion }>> {
    if (objects.length === 0) return new Map();
    const newest = await this.deps.database.ingestions.newestForObjects(viewer.tenantId, objects.map((object) => object.id));
    const byObject = new Map(newest.map((ingestion) => [ingestion.objectId, ingestion]));
    return new Map(
      objects.flatMap((object) => {
        const ingestion = byObject.get(object.id);
        return ingestion ? [[object.id, { object, ingestion }] as const] : [];
      }),
    );
  }
}

/** What is remembered under a key. */
interface Answered {
  objectId: string;
  deduplicated: boolean;
}
const isRecord = (response: unknown): response is Answered => typeof response === 'object' && response !== null && !(response instanceof Error);

const isKeyTaken = (error: unknown): boolean => isStrataError(error) && error.code === 'CONFLICT' && error.path.at(-1) === 'idempotencyKey';

function itemError(error: unknown): StrataError {
  if (isStrataError(error)) return error;
  throw error;
}

/** A key that comes again in one call is answered as its first time, or refused where the input differs. */
function findRepeatedKeys(items: readonly { index: number; item: Prepared }[], repeats: Map<number, number>, answers: (Ingested | StrataError | undefined)[]): void {
  const first = new Map<string, { index: number; inputHash: string }>();
  for (const { index, item } of items) {
    if (item.request === null) continue;
    const earlier = first.get(item.request.key);
    if (!earlier) first.set(item.request.key, { index, inputHash: item.request.inputHash });
    else if (earlier.inputHash === item.request.inputHash) repeats.set(index, earlier.index);
    else answers[index] = keyTaken();
  }
}

