import { bandsOf, isDecoded, isNear, isTelling, probesOf, similarityOf, type Fingerprint } from '../../domain/fingerprints.js';
import { isUnavailable } from '../../domain/errors.js';
import type { DataObject, JsonObject } from '../../domain/model.js';
import { keptFrom, toPair, type NearPair } from '../../domain/near-duplicates.js';
import type { DueObject } from '../../ports/repositories/due-object.port.js';
import { ofNow } from '../indexing/live-indexes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { portionsOf } from '../shared/portions.js';
import { fingerprintText } from './text-fingerprints.js';
import { VectorLikeness } from './vector-likeness.js';

/** Others that share a band with one object and are looked at, the nearest by what the database can tell. */
const MOST_CANDIDATES = 200;
/** Compared between two turns of the event loop: sounds of two minutes take the longest. */
const COMPARED_AT_ONCE = 50;
/** Pairs of one fingerprint that an object leads to, the nearest; that with the oldest of its group comes on top. */
const MOST_PAIRS = 32;

type Dependencies = Pick<ServiceDependencies, 'database' | 'objectStore' | 'media' | 'vectors' | 'indexesNow' | 'embedder' | 'logger'>;

/**
 * Finds what is near to each object that is new, behind READY and whenever there is nothing else to do. Fingerprints are committed
 * before others are looked for: of two objects that are compared at one moment, by whatever processes, the one whose commit came
 * later sees the other. An object is taken off the list with its pairs, so a process that dies in between leaves it there; everything
 * here may be done again.
 */
export class Comparer {
  private hasBounds = false;

  constructor(private readonly deps: Dependencies) {}

  /** Until nothing is left to compare, or the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    // Once a process: a configuration stays what it is.
    if (!this.hasBounds) await this.deps.database.duplicates.keepFrom(this.deps.embedder.models().map((model) => ({ model: model.name, similarity: keptFrom(model) })));
    this.hasBounds = true;
    while (!signal.aborted) {
      const due = await this.deps.database.duplicates.due(portionsOf(this.deps.database).compared);
      if (due.length === 0) return;
      await this.compare(due, signal);
    }
  }

  private async compare(due: readonly DueObject[], signal: AbortSignal): Promise<void> {
    const { database } = this.deps;
    const { tenantId } = due[0]!;
    const ids = due.map(({ objectId }) => objectId);
    const objects = await database.objects.findByIds(tenantId, ids);
    const found = await this.fingerprint(tenantId, objects, signal);
    await database.transaction((tx) =>
      tx.duplicates.save(tenantId, objects.map((object) => ({
        objectId: object.id, contentHash: object.contentHash,
        fingerprints: found.get(object.id)!.map((each) => ({ ...each, bands: bandsOf(tenantId, each) })),
      }))),
    );
    const semantic = await new VectorLikeness(ofNow(this.deps)).pairsOf(tenantId, ids, signal);
    const perceptual = await this.nearPairs(tenantId, found);
    await database.transaction(async (tx) => {
      await tx.duplicates.addPairs(tenantId, 'PERCEPTUAL', perceptual.map((pair) => ({ ...pair, model: null })));
      await tx.duplicates.removeSemanticPairs(tenantId, semantic.gone);
      await tx.duplicates.addPairs(tenantId, 'SEMANTIC', semantic.pairs);
      await tx.duplicates.settle(due);
    });
  }

  private async fingerprint(tenantId: string, objects: readonly DataObject[], signal: AbortSignal): Promise<Map<string, Fingerprint[]>> {
    const texts = new Map<string, string>();
    const reading = objects.filter(({ type }) => type === 'TEXT' || type === 'DOCUMENT').map(({ id }) => id);
    for (const id of reading) {
      // One at a time: a text may have 5 MB.
      const [text] = await this.deps.database.objects.findTexts(tenantId, [id]);
      if (text !== undefined) texts.set(id, text.text);
    }
    const found = new Map<string, Fingerprint[]>();
    for (const object of objects) {
      signal.throwIfAborted();
      const text = texts.get(object.id);
      const own = text === undefined ? [] : await fingerprintText(text);
      found.set(object.id, [...own, ...pictureOf(object.facts), ...(isDecoded(object.type) ? await this.decoded(object, signal) : [])]);
    }
    return found;
  }

  /** What cannot be decoded is compared by what else is known of it. */
  private async decoded({ id, storageKey, type, mimeType, fileSize }: DataObject, signal: AbortSignal): Promise<Fingerprint[]> {
    try {
      const file = await this.deps.objectStore.localFile(storageKey, signal);
      try {
        return await this.deps.media.fingerprint({ path: file.path, type, mimeType, fileSize, signal });
      } finally {
        await file.release();
      }
    } catch (error) {
      if (signal.aborted || isUnavailable(error)) throw error;
      this.deps.logger.warn({ error, object: id }, 'an object is not compared by its decoded content, since that cannot be read');
      return [];
    }
  }

  private async nearPairs(tenantId: string, found: ReadonlyMap<string, readonly Fingerprint[]>): Promise<NearPair[]> {
    const asked = [...found].flatMap(([objectId, prints]) =>
      prints.flatMap(({ kind, value }) => (isNear(kind) ? { objectId, kind, value, probes: probesOf(tenantId, { kind, value }) } : [])),
    );
    const candidates = await this.deps.database.duplicates.candidates(tenantId, asked, MOST_CANDIDATES);
    const values = new Map(asked.map(({ objectId, kind, value }) => [`${objectId} ${kind}`, value]));
    const near: { objectId: string; otherId: string; similarity: number }[] = [];
    for (const [i, { objectId, kind, otherId, value }] of candidates.entries()) {
      if (i % COMPARED_AT_ONCE === COMPARED_AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
      const similarity = similarityOf(kind, values.get(`${objectId} ${kind}`)!, value);
      if (similarity !== null) near.push({ objectId, otherId, similarity });
    }
    return [...Map.groupBy(near, ({ objectId }) => objectId).values()].flatMap((own) => {
      const nearest = own.sort((left, right) => right.similarity - left.similarity || (left.otherId < right.otherId ? -1 : 1)).slice(0, MOST_PAIRS);
      // A group forms around its oldest, which need not be among the nearest of many copies.
      const oldest = own.reduce((first, each) => (each.otherId < first.otherId ? each : first));
      return [...nearest, oldest].map(toPair);
    });
  }
}

function pictureOf(facts: JsonObject): Fingerprint[] {
  const hash = (facts.image as JsonObject | undefined)?.perceptualHash;
  return typeof hash === 'string' && /^[0-9a-f]{16}$/.test(hash) && isTelling(hash) ? [{ kind: 'PICTURE', value: hash }] : [];
}
