import type { VectorHit, VectorQuery, VectorSpace } from '../../src/ports/vector-store.port.js';
import { findWithin, restrictionOf } from '../../src/services/search/restriction.js';
import type { SearchDependencies } from '../../src/services/search/search-dependencies.js';
import { dot } from '../dot.js';
import { percentile, rounded } from '../figures.js';
import { filterFor, NO_FILTER, RELATIONS, SHARES, type Relation } from './filters.js';
import type { World, WorldObject } from './world.js';

/** As for a page of ten. */
const DEPTH = 100;
const TOP = 10;
/** Each question is asked twice; the faster counts, so that what else the machine does counts less. */
const TRIES = 2;

export interface Cell {
  relation: Relation | 'none';
  share: number;
  /** Of the ten that are truly nearest, the share that came among the first ten; the mean over the queries. */
  recall: number;
  worstRecall: number;
  /** Of those that there are, down to the depth, the share that came; the least. */
  filled: number;
  p50: number;
  p95: number;
}

type Stores = Pick<SearchDependencies, 'vectors' | 'database'>;

/** The vector leg of a search, by every filter, against every vector looked at. */
export async function askWorld(deps: Stores, space: VectorSpace, tenantId: string, world: World): Promise<Cell[]> {
  const byId = new Map(world.objects.map((object) => [object.id, object]));
  const owners = world.records.map(({ objectId }) => byId.get(objectId)!);
  const cells: Cell[] = [];
  const kinds = [{ relation: 'none' as const, share: 1 }, ...RELATIONS.flatMap((relation) => SHARES.map((share) => ({ relation, share })))];
  for (const { relation, share } of kinds) {
    const recalls: number[] = [];
    const times: number[] = [];
    let filled = 1;
    for (const query of world.queries) {
      const { filter, matches } = relation === 'none' ? NO_FILTER : filterFor(world, query, relation, share);
      const exact = nearest(world, owners, query, matches);
      let best = Infinity;
      let found: string[] = [];
      for (let again = 0; again < TRIES; again++) {
        const begun = performance.now();
        const { hits } = await find(deps, { tenantId, space, vector: query, filter });
        best = Math.min(best, performance.now() - begun);
        found = hits.map(({ objectId }) => objectId);
      }
      times.push(best);
      const strangers = found.filter((id) => !matches(byId.get(id)!) || byId.get(id)!.isDeleted);
      if (strangers.length > 0) throw new Error(`${strangers.length} objects came that the filter leaves out`);
      const first = new Set(found.slice(0, TOP));
      const wanted = exact.slice(0, TOP);
      // Where nothing is left there is nothing to miss.
      if (exact.length === 0) continue;
      recalls.push(wanted.filter((id) => first.has(id)).length / wanted.length);
      filled = Math.min(filled, found.length / Math.min(DEPTH, exact.length));
    }
    if (recalls.length === 0) continue;
    const mean = recalls.reduce((sum, each) => sum + each, 0) / recalls.length;
    cells.push({ relation, share, recall: rounded(mean), worstRecall: rounded(Math.min(...recalls)), filled: rounded(filled), p50: rounded(percentile(times, 0.5)), p95: rounded(percentile(times, 0.95)) });
  }
  return cells;
}

/** As a leg of a search does it. */
async function find({ vectors, database }: Stores, asked: Pick<VectorQuery, 'tenantId' | 'space' | 'vector' | 'filter'>): Promise<{ hits: readonly VectorHit[] }> {
  const ask = (limit: number, objectIds: readonly string[] | null) => vectors.search({ ...asked, limit, objectIds });
  if (vectors.capabilities.filters === 'query') return ask(DEPTH, null);
  return findWithin(database.objects, await restrictionOf(database.objects, asked.tenantId, asked.filter), DEPTH, ask);
}

/** Objects by their best vector, all of them looked at. */
function nearest({ records }: World, owners: readonly WorldObject[], query: Float32Array, matches: (object: WorldObject) => boolean): string[] {
  const best = new Map<string, number>();
  records.forEach(({ objectId, vector }, i) => {
    const owner = owners[i]!;
    if (owner.isDeleted || !matches(owner)) return;
    const score = dot(vector, query);
    if (score > (best.get(objectId) ?? -2)) best.set(objectId, score);
  });
  return [...best].sort((a, b) => b[1] - a[1]).slice(0, DEPTH).map(([id]) => id);
}
