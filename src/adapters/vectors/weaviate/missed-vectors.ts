import { batches } from '../../../domain/batches.js';
import { cosine } from '../../../domain/cosine.js';
import { asCosine } from '../vector-hits.js';
import { LARGEST_ASKING, type Ranked } from './ranking.js';
import { MOST_IDS, type Select, type WeaviateRecords } from './weaviate.records.js';

export interface NearRecord extends Ranked {
  passageId: string | null;
  embeddingId: string;
}

interface Shown {
  tenantId: string;
  among: Select;
  /** The records that the index shows. */
  shown: ReadonlySet<string>;
  signal?: AbortSignal;
}

interface MissedFrom extends Shown {
  /** Of the vectors. */
  name: string;
  vector: ArrayLike<number>;
}

/** Vectors that are read to be compared here: more are not lost singly, and the repair is quicker. */
const MOST_MISSED = 1_024;

/** Whether some record that has a vector is not shown. Their count may be ahead of them, so they decide. */
export async function isShort(records: WeaviateRecords, { tenantId, among, shown, signal }: Shown): Promise<boolean> {
  if (shown.size >= (await records.count(tenantId, among, signal))) return false;
  const ids = await records.ids(tenantId, among, LARGEST_ASKING, signal);
  return ids.some((id) => !shown.has(id));
}

/**
 * The records that have a vector of this name and that the index does not show: found by what the filter knows, and compared here.
 * @returns `isWhole`: whether these and what is shown are all there are. Records decide that, and not their count: it may be ahead
 * of them, or behind.
 */
export async function missedVectors(
  records: WeaviateRecords,
  { tenantId, name, vector, among, shown, signal }: MissedFrom,
): Promise<{ missed: NearRecord[]; isWhole: boolean }> {
  const ids = await records.ids(tenantId, among, LARGEST_ASKING, signal);
  const missing = ids.filter((id) => !shown.has(id));
  if (missing.length > MOST_MISSED) return { missed: [], isWhole: false };
  const missed: NearRecord[] = [];
  for (const some of batches(missing, MOST_IDS)) {
    for (const { objectId, passageId, vectors } of await records.read(tenantId, (tenant) => tenant.filter.byId().containsAny(some), [name], signal)) {
      const own = vectors.get(name);
      if (own?.numbers) missed.push({ objectId, passageId, embeddingId: own.embeddingId, score: asCosine(cosine(vector, own.numbers)) });
    }
  }
  return { missed, isWhole: ids.length < LARGEST_ASKING && missed.length === missing.length };
}
