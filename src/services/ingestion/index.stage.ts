import { batches } from '../../domain/batches.js';
import type { DataObject } from '../../domain/model.js';
import type { Transaction } from '../../ports/database.port.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import { forgetContent } from '../indexing/forget-content.js';
import { ofNow } from '../indexing/live-indexes.js';
import { NewContent } from '../indexing/new-content.js';
import { refreshFieldPassages } from '../indexing/field-passages.js';
import { requireRolesOf } from '../models/role-fence.js';
import { analyzeAll } from '../search/analysis.js';
import { recordChanges } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { portionsOf } from '../shared/portions.js';
import { isAlive, leaseOf, PROGRESS, warningsOf, type PreparedPassage, type WorkItem } from './work-item.js';

type Dependencies = Pick<ServiceDependencies, 'database' | 'vectors' | 'keywords' | 'embedder' | 'indexSync' | 'indexesNow'>;

/**
 * INDEX: passages, vectors and words replace what the objects had before, and they are READY, in one transaction for some
 * objects of ordinary size. A long book is written in several, its old passages going with the first and READY coming with the last;
 * what a crash leaves of it the next attempt replaces. Where a store lies outside the database, READY has a transaction of its own,
 * behind the store's answer. Every transaction begins by locking the leases, and none writes vectors of models that were changed since.
 * @returns the objects that became READY
 */
export async function indexStage(deps: Dependencies, items: readonly WorkItem[]): Promise<DataObject[]> {
  const ready: DataObject[] = [];
  for (const [tenantId, ofTenant] of Map.groupBy(items.filter(isAlive), (item) => item.object.tenantId)) {
    for (const some of batches(ofTenant, () => portionsOf(deps.database).indexed)) ready.push(...(await indexTenant(ofNow(deps), tenantId, some)));
  }
  return ready;
}

async function indexTenant(deps: Dependencies, tenantId: string, items: readonly WorkItem[]): Promise<DataObject[]> {
  const models = new Map(deps.embedder.models().map((model) => [model.name, model]));
  for (const name of new Set(items.flatMap((item) => [...item.media, ...item.passages.flatMap((passage) => passage.vectors)].map(({ model }) => model)))) {
    await deps.vectors.ensureSpace({ model: name, dimensions: models.get(name)!.dimensions });
  }
  const windows = cut(items, portionsOf(deps.database).passages);
  const objectIds = items.map((item) => item.object.id);
  let ready: DataObject[] = [];
  for (const [index, window] of windows.entries()) {
    const isFirst = index === 0;
    const isLast = index === windows.length - 1;
    // Outside the transaction, which others would wait for.
    const terms = await analysed(window);
    ready = await withHeld(deps, tenantId, items, async (tx, ours, before) => {
      deps.indexSync?.later(tx);
      await requireRolesOf(tx, new Set(ours.map((item) => item.models)));
      if (isFirst) await forget(deps, tx, tenantId, ours);
      const held = new Set(ours);
      await contentOf(tenantId, window.filter(({ item }) => held.has(item)), terms, models, isFirst ? ours : []).write(deps, tx);
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
    const [objects, leases] = await Promise.all([tx.objects.lockByIds(tenantId, items.map((item) => item.object.id)), tx.ingestions.lockLeases(items.map(leaseOf))]);
    const before = new Map(objects.map((object) => [object.id, object]));
    const held = new Set(leases.map((lease) => lease.ingestionId));
    const ours = items.filter((item) => held.has(item.ingestion.id));
    return ours.length === 0 ? [] : work(tx, ours, before);
  });
}

interface Slot {
  item: WorkItem;
  position: number;
}

/** The passages of all items, in order, in windows; at least one window, since media have none. */
function cut(items: readonly WorkItem[], most: number): Slot[][] {
  const slots = items.flatMap((item) => item.passages.map((_, position) => ({ item, position })));
  return slots.length > 0 ? [...batches(slots, most)] : [[]];
}

async function analysed(slots: readonly Slot[]): Promise<Map<PreparedPassage, string[]>> {
  const passages = slots.map(({ item, position }) => item.passages[position]!);
  const terms = await analyzeAll(passages.map(({ text }) => text));
  return new Map(passages.map((passage, i) => [passage, terms[i]!]));
}

/** Takes out what an earlier attempt or an earlier content left. */
async function forget(deps: Dependencies, tx: Transaction, tenantId: string, items: readonly WorkItem[]): Promise<void> {
  // A first attempt at a new object has nothing to forget, and most are that.
  const seasoned = items.filter((item) => item.ingestion.attempts > 1 || item.object.version > 1).map((item) => item.object.id);
  await forgetContent(deps, tx, tenantId, seasoned);
}

function contentOf(
  tenantId: string,
  slots: readonly Slot[],
  terms: ReadonlyMap<PreparedPassage, string[]>,
  models: ReadonlyMap<string, EmbeddingModel>,
  withMedia: readonly WorkItem[],
): NewContent {
  const content = new NewContent(tenantId);
  for (const { item, position } of slots) {
    const objectId = item.object.id;
    const passage = item.passages[position]!;
    const { text, start, end, page, startSeconds, context } = passage;
    const passageId = content.addPassage({ objectId, kind: 'content', position, text, start, end, page, startSeconds, context, annotationId: null }, terms.get(passage)!);
    for (const { model, vector } of passage.vectors) {
      content.addVector({ objectId, passageId, model: models.get(model)!, vector, details: { passage: { position, start, end, page } } });
    }
  }
  for (const { object, media } of withMedia) {
    for (const { model, vector, startSeconds } of media) content.addVector({ objectId: object.id, passageId: null, model: models.get(model)!, vector, details: { startSeconds } });
  }
  return content;
}

async function settle(tx: Transaction, tenantId: string, items: readonly WorkItem[], before: ReadonlyMap<string, DataObject>): Promise<DataObject[]> {
  const ready = async () => {
    const objects = await tx.objects.setStatus(tenantId, items.map((item) => item.object.id), 'READY');
    await recordChanges(tx, objects.map((after) => ({ kind: 'UPDATED', before: before.get(after.id)!, after })));
    return objects;
  };
  const [objects] = await Promise.all([
    ready(),
    tx.ingestions.addWarnings(warningsOf(items)),
    tx.ingestions.advance(items.map(leaseOf), { stage: 'ANNOTATE', progress: PROGRESS.ANNOTATE, isHandedOver: true }),
    tx.enqueue([{ name: 'annotate', data: { ingestionIds: items.map((item) => item.ingestion.id) } }]),
  ]);
  await tx.objects.raiseGeneration(tenantId);
  return objects;
}
