import type { ObjectFilter } from '../../domain/filters.js';
import { RowsAtHand } from './rows-at-hand.js';
import type { SearchDependencies } from './search-dependencies.js';

/**
 * For stores that cannot filter by themselves. Where a filter leaves few objects their ids restrict the leg exactly. Where it
 * leaves many, or there is none, the leg goes deeper until enough of what it finds matches; and where what matches lies far from
 * what is asked for, so that depth would not reach it, their ids are handed over in portions. Each way what is in the bin stays out.
 */

/** Ids that are handed to a store. */
const MOST_IDS = 10_000;
/** Portions of so many ids; what lies beyond is left out, and said so. */
const MOST_PORTIONS = 30;
/** Objects that a leg is asked for at most, at once. What it finds is checked in the database. */
const MOST_OBJECTS = 10_000;
/** Some of what a store holds may be in the bin. */
const FIRST_SHARE = 1.1;
/** Objects that a store is asked for at first, where what it finds is checked afterwards. */
export const firstLimit = (depth: number): number => Math.round(depth * FIRST_SHARE);
const DEEPER = 4;
/** Of so many objects the share that matches tells how deep one would have to go. */
const TELLING = 400;

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
type Scored = { objectId: string; score: number };
/** The store, so many objects of each question's own, nothing but `objectIds` where they are given; as many answers. */
type AskStore<Question, Hit> = (questions: readonly Question[], limit: number, objectIds: readonly string[] | null) => Promise<PromiseSettledResult<Found<Hit>>[]>;

export interface WithinOptions {
  /** Scores mean the same whichever objects were allowed, so that answers about portions can be put in one order. */
  comparable: boolean;
}

/** @param ask the store, for so many objects and nothing but these, where ids are given */
export async function findWithin<Hit extends Scored>(
  objects: Pick<Objects, 'sift' | 'matchingIds'>,
  restriction: Restriction,
  depth: number,
  ask: (limit: number, objectIds: readonly string[] | null) => Promise<Found<Hit>>,
  options: WithinOptions = { comparable: true },
): Promise<Found<Hit>> {
  const [found] = await findManyWithin(objects, restriction, depth, ['the only one'], (_, limit, ids) => Promise.allSettled([ask(limit, ids)]), options);
  if (found!.status === 'rejected') throw found!.reason;
  return found!.value;
}

/**
 * The same for several questions, what they find being checked in the database together; each has its own answer, or failure.
 * @param ask the store, those questions that have not found enough yet; as many answers
 */
export async function findManyWithin<Question, Hit extends Scored>(
  objects: Pick<Objects, 'sift' | 'matchingIds'>,
  restriction: Restriction,
  depth: number,
  questions: readonly Question[],
  ask: AskStore<Question, Hit>,
  { comparable }: WithinOptions = { comparable: true },
): Promise<PromiseSettledResult<Found<Hit>>[]> {
  const { tenantId, filter, ids, atHand } = restriction;
  if (ids !== null) return ids.length === 0 ? questions.map(() => ({ status: 'fulfilled', value: { hits: [], complete: true } })) : ask(questions, depth, ids);
  const found: PromiseSettledResult<Found<Hit>>[] = [];
  const outOfReach: { question: Question; place: number; hits: readonly Hit[] }[] = [];
  let open = questions.map((question, place) => ({ question, place }));
  for (let limit = firstLimit(depth); open.length > 0; limit = Math.min(limit * DEEPER, MOST_OBJECTS)) {
    const answers = await ask(open.map(({ question }) => question), limit, null);
    const hitIds = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.hits.map(({ objectId }) => objectId) : []));
    const { others, rows } = await objects.sift(tenantId, filter, [...new Set(hitIds)], atHand.wanted);
    atHand.keep(rows);
    open = open.filter(({ question, place }, i) => {
      const answer = answers[i]!;
      if (answer.status === 'rejected') {
        found[place] = answer;
        return false;
      }
      const verdict = judge(answer.value, others, depth, limit);
      if (verdict.next === 'deeper') return true;
      found[place] = { status: 'fulfilled', value: verdict.found };
      if (verdict.next === 'by ids' && comparable) outOfReach.push({ question, place, hits: verdict.found.hits });
      return false;
    });
  }
  if (outOfReach.length > 0) {
    const reached = await findByPortions(objects, restriction, depth, outOfReach, ask);
    outOfReach.forEach(({ place }, i) => (found[place] = reached[i]!));
  }
  return found;
}

type Verdict<Hit> = { next: 'deeper' } | { next: 'nothing' | 'by ids'; found: Found<Hit> };

function judge<Hit extends Scored>({ hits, complete }: Found<Hit>, others: ReadonlySet<string>, depth: number, limit: number): Verdict<Hit> {
  const kept = hits.filter(({ objectId }) => !others.has(objectId));
  if (kept.length >= depth) return { next: 'nothing', found: { hits: kept.slice(0, depth), complete: true } };
  if (hits.length < limit) return { next: 'nothing', found: { hits: kept, complete } };
  const isBeyond = limit >= MOST_OBJECTS || (limit >= TELLING && depth * limit > MOST_OBJECTS * kept.length);
  return isBeyond ? { next: 'by ids', found: { hits: kept, complete: false } } : { next: 'deeper' };
}

/** All that match, a portion of their ids after another: the best of the answers are the best of all. */
async function findByPortions<Question, Hit extends Scored>(
  objects: Pick<Objects, 'matchingIds'>,
  { tenantId, filter }: Restriction,
  depth: number,
  asked: readonly { question: Question; hits: readonly Hit[] }[],
  ask: AskStore<Question, Hit>,
): Promise<PromiseSettledResult<Found<Hit>>[]> {
  const best = asked.map((): PromiseSettledResult<Found<Hit>> => ({ status: 'fulfilled', value: { hits: [], complete: true } }));
  let after: string | undefined;
  for (let portion = 0; portion < MOST_PORTIONS; portion++) {
    const ids = await objects.matchingIds(tenantId, filter, MOST_IDS, after);
    const open = best.flatMap((each, i) => (each.status === 'fulfilled' ? [i] : []));
    if (ids.length === 0 || open.length === 0) return best;
    const answers = await ask(open.map((i) => asked[i]!.question), depth, ids);
    open.forEach((i, at) => (best[i] = joined(best[i]!, answers[at]!, depth)));
    if (ids.length < MOST_IDS) return best;
    after = ids.at(-1);
  }
  // What depth had found may be missing among these portions.
  return best.map((each, i) => (each.status === 'fulfilled' ? joined(each, { status: 'fulfilled', value: { hits: asked[i]!.hits, complete: false } }, depth) : each));
}

function joined<Hit extends Scored>(one: PromiseSettledResult<Found<Hit>>, other: PromiseSettledResult<Found<Hit>>, depth: number): PromiseSettledResult<Found<Hit>> {
  if (one.status === 'rejected') return one;
  if (other.status === 'rejected') return other;
  const hits = new Map([...one.value.hits, ...other.value.hits].map((hit) => [hit.objectId, hit]));
  const ranked = [...hits.values()].sort((a, b) => b.score - a.score || (a.objectId < b.objectId ? -1 : 1));
  return { status: 'fulfilled', value: { hits: ranked.slice(0, depth), complete: one.value.complete && other.value.complete } };
}
