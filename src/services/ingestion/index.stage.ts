import { v7 as uuidv7 } from 'uuid';
import type { DataObject, Embedding, Passage } from '../../domain/model.js';
import type { Transaction } from '../../ports/database.port.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { VectorRecord } from '../../ports/vector-store.port.js';
import { forgetContent } from '../indexing/forget-content.js';
import { ofNow } from '../indexing/live-indexes.js';
import { refreshFieldPassages } from '../indexing/field-passages.js';
import { analyzeTerms } from '../search/analysis.js';
import { recordChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { isAlive, leaseOf, PROGRESS, warningsOf, type WorkItem } from './work-item.js';

/** Passages a transaction: the embedded database has one session, and nobody should wait for it longer than a moment. */
const PASSAGES_A_TRANSACTION = 1_000;

type Dependencies = Pick<ServiceDependencies, 'database' | 'vectors' | 'keywords' | 'embedder' | 'indexSync' | 'indexesNow'>;
type NewPassage = Omit<Passage, 'ordinal'>;
interface Rows {
  passages: NewPassage[];
  terms: Map<string, string[]>;
  embeddings: Omit<Embedding, 'createdAt'>[];
  vectors: Map<string, VectorRecord[]>;
}

/**
 * INDEX: passages, vectors and words replace what the object had before, and the object is READY, in one transaction for a
 * batch of ordinary size. A long book is written in several, its old passages going with the first and READY coming with the last;
 * what a crash leaves of it the next attempt replaces. Where a store lies outside the database, READY has a transaction of its own,
 * behind the store's answer. Every transaction begins by locking the leases.
 * @returns the objects that became READY
 */
export async function indexStage(deps: Dependencies, items: readonly WorkItem[]): Promise<DataObject[]> {
  const ready: DataObject[] = [];
  for (const [tenantId, ofTenant] of Map.groupBy(items.filter(isAlive), (item) => item.object.tenantId)) {
    ready.push(...(await indexTenant(ofNow(deps), tenantId, ofTenant)));
  }
  return ready;
}

async function indexTenant(deps: Dependencies, tenantId: string, items: readonly WorkItem[]): Promise<DataObject[]> {
  const models = new Map(deps.embedder.models().map((model) => [model.name, model]));
  for (const name of new Set(items.flatMap((item) => [...item.media, ...item.passages.flatMap((passage) => passage.vectors)].map(({ model }) => model)))) {
    await deps.vectors.ensureSpace({ model: name, dimensions: models.get(name)!.dimensions });
  }
  const windows = cut(items);
  const objectIds = items.map((item) => item.object.id);
  let ready: DataObject[] = [];
  for (const [index, window] of windows.entries()) {
    const isFirst = index === 0;
    const isLast = index === windows.length - 1;
    ready = await withHeld(deps, tenantId, items, async (tx, ours, before) => {
      deps.indexSync?.later(tx);
      if (isFirst) await forget(deps, tx, tenantId, ours);
      const held = new Set(ours);
      await write(deps, tx, tenantId, rowsOf(window.filter(({ item }) => held.has(item)), models, isFirst ? ours : []), models);
      if (!isLast) return [];
      await refreshFieldPassages(tx, deps.keywords, tenantId, ours.map((item) => item.object.id));
      return deps.indexSync === null ? settle(tx, tenantId, ours, before) : [];
    });
    // Here, and once, since what the store says is this attempt's own fate.
    await deps.indexSync?.flush(tenantId, objectIds);
  }
  if (deps.indexSync === null) return ready;
  return withHeld(deps, tenantId, items, (tx, ours, before) => settle(tx, tenantId, ours, before));
}

/** A transaction over those of the items whose leases still hold. */
async function withHeld(
  deps: Dependencies,
  tenantId: string,
  items: readonly WorkItem[],
  work: (tx: Transaction, ours: readonly WorkItem[], before: ReadonlyMap<string, DataObject>) => Promise<DataObject[]>,
): Promise<DataObject[]> {
  return deps.database.transaction(async (tx) => {
    // Objects first, as everybody who writes both: an update of metadata at this moment writes the same passages, and its row
    // is the newer `before`.
    const before = new Map((await tx.objects.lockByIds(tenantId, items.map((item) => item.object.id))).map((object) => [object.id, object]));
    const held = new Set((await tx.ingestions.lockLeases(items.map(leaseOf))).map((lease) => lease.ingestionId));
    const ours = items.filter((item) => held.has(item.ingestion.id));
    return ours.length === 0 ? [] : work(tx, ours, before);
  });
}

interface Slot {
  item: WorkItem;
  position: number;
}

/** The passages of all items, in order, in windows; at least one window, since media have none. */
function cut(items: readonly WorkItem[]): Slot[][] {
  const slots = items.flatMap((item) => item.passages.map((_, position) => ({ item, position })));
  const windows: Slot[][] = [];
  for (let from = 0; from < slots.length; from += PASSAGES_A_TRANSACTION) windows.push(slots.slice(from, from + PASSAGES_A_TRANSACTION));
  return windows.length > 0 ? windows : [[]];
}

/** Takes out what an earlier attempt or an earlier content left. */
async function forget(deps: Dependencies, tx: Transaction, tenantId: string, items: readonly WorkItem[]): Promise<void> {
  // A first attempt at a new object has nothing to forget, and most are that.
  const seasoned = items.filter((item) => item.ingestion.attempts > 1 || item.object.version > 1).map((item) => item.object.id);
  await forgetContent(deps, tx, tenantId, seasoned);
}

function rowsOf(slots: readonly Slot[], models: ReadonlyMap<string, EmbeddingModel>, withMedia: readonly WorkItem[]): Rows {
  const rows: Rows = { passages: [], terms: new Map(), embeddings: [], vectors: new Map() };
  const addVector = (item: WorkItem, passageId: string | null, model: string, vector: Float32Array, details: Embedding['metadata']) => {
    const id = uuidv7();
    rows.embeddings.push({
      id, tenantId: item.object.tenantId, objectId: item.object.id, passageId, modelName: model, dimensions: vector.length, vectorDbId: id,
      metadata: { revision: models.get(model)!.revision, ...details },
    });
    const records = rows.vectors.get(model) ?? [];
    records.push({ id, objectId: item.object.id, passageId, vector });
    rows.vectors.set(model, records);
  };
  for (const { item, position } of slots) {
    const passage = item.passages[position]!;
    const id = uuidv7();
    rows.passages.push({
      id, tenantId: item.object.tenantId, objectId: item.object.id, kind: 'content', position, text: passage.text, start: passage.start, end: passage.end,
      page: passage.page, startSeconds: null,
    });
    rows.terms.set(id, analyzeTerms(passage.text));
    for (const { model, vector } of passage.vectors) {
      addVector(item, id, model, vector, { passage: { position, start: passage.start, end: passage.end, page: passage.page } });
    }
  }
  for (const item of withMedia) {
    for (const { model, vector, startSeconds } of item.media) addVector(item, null, model, vector, { startSeconds });
  }
  return rows;
}

async function write(deps: Dependencies, tx: Transaction, tenantId: string, rows: Rows, models: ReadonlyMap<string, EmbeddingModel>): Promise<void> {
  const keys = await tx.passages.insert(rows.passages);
  await tx.embeddings.insert(rows.embeddings);
  for (const [model, records] of rows.vectors) {
    await deps.vectors.upsert(tenantId, { model, dimensions: models.get(model)!.dimensions }, records, tx);
  }
  const documents = keys
    .map((key) => ({ passageId: key.id, ordinal: key.ordinal, objectId: key.objectId, terms: rows.terms.get(key.id)! }))
    .filter((document) => document.terms.length > 0);
  if (documents.length > 0) await deps.keywords.index(tenantId, documents, tx);
}

async function settle(tx: Transaction, tenantId: string, items: readonly WorkItem[], before: ReadonlyMap<string, DataObject>): Promise<DataObject[]> {
  const objects = await tx.objects.setStatus(tenantId, items.map((item) => item.object.id), 'READY');
  await recordChanges(tx, objects.map((after) => ({ kind: 'UPDATED', before: before.get(after.id)!, after })));
  await tx.ingestions.addWarnings(warningsOf(items));
  await tx.ingestions.advance(items.map(leaseOf), { stage: 'ANNOTATE', progress: PROGRESS.ANNOTATE });
  await tx.ingestions.release(items.map(leaseOf));
  await tx.enqueue([{ name: 'annotate', data: { ingestionIds: items.map((item) => item.ingestion.id) } }]);
  await tx.objects.raiseGeneration(tenantId);
  return objects;
}
