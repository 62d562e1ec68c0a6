import { LRUCache } from 'lru-cache';
import { compareIds } from '../vector-hits.js';

/** Records asked for at once, at most: as many as Weaviate gives (its QUERY_MAXIMUM_RESULTS, 10,000 by default). */
export const LARGEST_ASKING = 10_000;
/** An object with tens of thousands of passages takes one, so that even a library of them gives a page. */
const MOST_ROUNDS = 50;

export interface Ranked {
  objectId: string;
  /** Falling within an answer. */
  score: number;
}

export interface Ranking<R extends Ranked> {
  /** The records found for each object, best first; objects falling by score, ties by id. */
  objects: Map<string, R[]>;
  complete: boolean;
}

export interface RankingRequest {
  limit: number;
  except?: string | null;
  canLeaveOut: boolean;
  tenantId: string;
  /** Learns from what is found. Null where the scores depend on how many are asked for: then it is always as many. */
  rates: RecordsAnObject | null;
}

/** @param without objects whose best records are already known */
export type AskRecords<R extends Ranked> = (size: number, without: readonly string[]) => Promise<R[]>;

/**
 * Asks for more and more records until there are `limit` objects among them, or no more records.
 * @param canLeaveOut whether the question may leave out objects without changing the scores of the others
 */
export async function rankObjects<R extends Ranked>(
  ask: AskRecords<R>,
  { limit, except, canLeaveOut, tenantId, rates }: RankingRequest,
): Promise<Ranking<R>> {
  const settled: R[] = [];
  const without = new Set<string>();
  let size = Math.min(LARGEST_ASKING, rates?.firstSize(tenantId, limit) ?? firstSize(limit, FIRST_RATE));
  for (let round = 0; ; round++) {
    const found = await ask(size, [...without]);
    const records = [...settled, ...found];
    const objects = byObject(records, except ?? null, limit);
    rates?.learn(tenantId, records, limit);
    if (found.length < size || objects.size >= limit) return { objects, complete: true };
    if (round === MOST_ROUNDS || (size === LARGEST_ASKING && !canLeaveOut)) return { objects, complete: false };
    if (size === LARGEST_ASKING) {
      settled.push(...found);
      for (const { objectId } of found) without.add(objectId);
    }
    // As many as are missing at the rate so far, and some more.
    const wanted = Math.ceil((size * limit * 1.3) / Math.max(1, objects.size));
    size = Math.min(LARGEST_ASKING, Math.max(size + 1, wanted));
  }
}

const TENANTS_REMEMBERED = 10_000;
/** An object has a few passages, and some of them are alike. */
const FIRST_RATE = 1.5;
const SPARE = 1.05;
const FORGETTING = 0.1;
const FEWEST_TO_LEARN_FROM = 20;
/** @param rate records that it takes to find one more object */
export const firstSize = (limit: number, rate: number): number => Math.ceil(limit * rate * SPARE) + 8;

/**
 * How many records it took to find one more object, for each tenant: one where texts are short, dozens where books are. Each record
 * that is not needed costs both ends time, and one too few costs a second question.
 */
export class RecordsAnObject {
  private readonly rates = new LRUCache<string, number>({ max: TENANTS_REMEMBERED });

  firstSize(tenantId: string, limit: number): number {
    return firstSize(limit, this.rates.get(tenantId) ?? FIRST_RATE);
  }

  /** Believes at once that it takes more, and slowly that it takes fewer. @param found best first */
  learn(tenantId: string, found: readonly Ranked[], limit: number): void {
    const objects = new Set<string>();
    let records = 0;
    for (const { objectId } of found) {
      if (objects.size === limit) break;
      objects.add(objectId);
      records += 1;
    }
    if (objects.size < FEWEST_TO_LEARN_FROM) return;
    const rate = records / objects.size;
    const known = this.rates.get(tenantId) ?? FIRST_RATE;
    this.rates.set(tenantId, rate >= known ? rate : known + (rate - known) * FORGETTING);
  }
}

function byObject<R extends Ranked>(records: readonly R[], except: string | null, limit: number): Map<string, R[]> {
  const objects = new Map<string, R[]>();
  for (const record of records) {
    if (record.objectId === except) continue;
    const known = objects.get(record.objectId);
    if (known === undefined) objects.set(record.objectId, [record]);
    else known.push(record);
  }
  const best = ([, list]: [string, R[]]) => list[0]!.score;
  const sorted = [...objects].sort((left, right) => best(right) - best(left) || compareIds(left[0], right[0]));
  return new Map(sorted.slice(0, limit));
}
