import type { VectorHit, VectorQuery } from '../../../ports/vector-store.port.js';
import { batches } from '../../../domain/batches.js';
import { asCosine, byScore, keepBest } from '../vector-hits.js';
import { MOST_MATCHES, type Filter, type Match, type PineconeNamespace } from './pinecone.namespace.js';

/** The best vector of each object, falling by score, ties by object id. */
export async function nearestObjects(namespace: PineconeNamespace, query: VectorQuery): Promise<VectorHit[]> {
  const { objectIds, exceptObjectId, limit } = query;
  if (objectIds === null) return nearest(namespace, query, exceptObjectId == null ? null : { objectId: { $ne: exceptObjectId } });
  const wanted = [...new Set(objectIds)].filter((id) => id !== exceptObjectId);
  const best: VectorHit[] = [];
  for (const batch of batches(wanted, MOST_MATCHES)) best.push(...(await nearest(namespace, query, { objectId: { $in: batch } })));
  return best.sort(byScore).slice(0, limit);
}

/**
 * Asks until there are enough objects: several vectors belong to one. What is found is left out of the next question, and since
 * each answer is the nearest of what was asked for, an object's first match is its best.
 */
async function nearest(namespace: PineconeNamespace, query: VectorQuery, filter: Filter | null): Promise<VectorHit[]> {
  const best = new Map<string, VectorHit>();
  const vector = Array.from(query.vector);
  let size = Math.ceil(query.limit * 1.5) + 16;
  for (;;) {
    const topK = Math.min(size, MOST_MATCHES);
    const matches = await namespace.query(vector, topK, and([filter, ...leavingOut([...best.keys()])]), query.signal);
    for (const match of matches) keepBest(best, hitOf(match), query.perObject);
    if (best.size >= query.limit || matches.length < topK) break;
    size *= 4;
  }
  return [...best.values()].sort(byScore).slice(0, query.limit);
}

function leavingOut(objectIds: readonly string[]): Filter[] {
  return [...batches(objectIds, MOST_MATCHES)].map((batch) => ({ objectId: { $nin: batch } }));
}

function and(filters: readonly (Filter | null)[]): Filter | null {
  const all = filters.filter((filter) => filter !== null);
  return all.length === 0 ? null : all.length === 1 ? all[0]! : { $and: all };
}

function hitOf({ id, score, metadata: { objectId, passageId } }: Match): VectorHit {
  return { id, objectId, passageId: passageId ?? null, score: asCosine(score) };
}
