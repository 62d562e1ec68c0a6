import type { ObjectFilter } from '../../domain/filters.js';
import { RowsAtHand } from './rows-at-hand.js';
import type { SearchDependencies } from './search-dependencies.js';

/**
 * For stores that cannot filter by themselves. Where a filter leaves few objects their ids restrict the leg exactly; where it
 * leaves many, or there is none, the leg goes deeper until enough of what it finds matches. Both ways what is in the bin stays out.
 */

/** Ids that are handed to a store. */
const MOST_IDS = 10_000;
/** Objects that a leg is asked for at most, at once. What it finds is checked in the database. */
const MOST_OBJECTS = 10_000;
/** Some of what a store holds may be in the bin. */
const FIRST_SHARE = 1.1;
const DEEPER = 4;

type Objects = SearchDependencies['database']['objects'];

export interface Restriction {
  tenantId: string;
  filter: ObjectFilter | null;
  /** All that match, where they are few; null otherwise. */
  ids: readonly string[] | null;
  atHand: RowsAtHand;
}

export async function restrictionOf(objects: Pick<Objects, 'matchingIds'>, tenantId: string, filter: ObjectFilter | null, atHand = new RowsAtHand(0)): Promise<Restriction> {
  if (filter === null) return { tenantId, filter, ids: null, atHand };
  const ids = await objects.matchingIds(tenantId, filter, MOST_IDS + 1);
  return { tenantId, filter, ids: ids.length > MOST_IDS ? null : ids, atHand };
}

export type Found<Hit> = { hits: readonly Hit[]; complete: boolean };

/** @param ask the store, for so many objects and nothing but these, where ids are given */
export async function findWithin<Hit extends { objectId: string }>(
  objects: Pick<Objects, 'sift'>,
  restriction: Restriction,
  depth: number,
  ask: (limit: number, objectIds: readonly string[] | null) => Promise<Found<Hit>>,
): Promise<Found<Hit>> {
  const [found] = await findManyWithin(objects, restriction, depth, ['the only one'], (_, limit, ids) => Promise.allSettled([ask(limit, ids)]));
  if (found!.status === 'rejected') throw found!.reason;
  return found!.value;
}

/**
 * The same for several questions, what they find being checked in the database together; each has its own answer, or failure.
 * @param ask the store, those questions that have not found enough yet; as many answers
 */
export async function findManyWithin<Question, Hit extends { objectId: string }>(
  objects: Pick<Objects, 'sift'>,
  { tenantId, filter, ids, atHand }: Restriction,
  depth: number,
  questions: readonly Question[],
  ask: (questions: readonly Question[], limit: number, objectIds: readonly string[] | null) => Promise<PromiseSettledResult<Found<Hit>>[]>,
): Promise<PromiseSettledResult<Found<Hit>>[]> {
  if (ids !== null) return ids.length === 0 ? questions.map(() => ({ status: 'fulfilled', value: { hits: [], complete: true } })) : ask(questions, depth, ids);
  const found: PromiseSettledResult<Found<Hit>>[] = [];
  let open = questions.map((question, place) => ({ question, place }));
  for (let limit = Math.round(depth * FIRST_SHARE); open.length > 0; limit = Math.min(limit * DEEPER, MOST_OBJECTS)) {
    const answers = await ask(open.map(({ question }) => question), limit, null);
    const hitIds = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.hits.map(({ objectId }) => objectId) : []));
    const { others, rows } = await objects.sift(tenantId, filter, [...new Set(hitIds)], atHand.wanted);
    atHand.keep(rows);
    open = open.filter(({ place }, i) => {
      const answer = answers[i]!;
      if (answer.status === 'rejected') {
        found[place] = answer;
        return false;
      }
      const value = enough(answer.value, others, depth, limit);
      if (value !== null) found[place] = { status: 'fulfilled', value };
      return value === null;
    });
  }
  return found;
}

/** Null where it is worth going deeper. */
function enough<Hit extends { objectId: string }>({ hits, complete }: Found<Hit>, others: ReadonlySet<string>, depth: number, limit: number): Found<Hit> | null {
  const kept = hits.filter(({ objectId }) => !others.has(objectId));
  if (kept.length >= depth) return { hits: kept.slice(0, depth), complete: true };
  if (hits.length < limit) return { hits: kept, complete };
  return limit >= MOST_OBJECTS ? { hits: kept, complete: false } : null;
}
