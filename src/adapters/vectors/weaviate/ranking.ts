import { compareIds } from '../vector-hits.js';

/** Records asked for at once, at most: as many as Weaviate gives (its QUERY_MAXIMUM_RESULTS, 10,000 by default). */
const LARGEST_ASKING = 10_000;
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

/** @param without objects whose best records are already known */
export type AskRecords<R extends Ranked> = (size: number, without: readonly string[]) => Promise<R[]>;

/**
 * Asks for more and more records until there are `limit` objects among them, or no more records.
 * @param canLeaveOut whether the question may leave out objects without changing the scores of the others
 */
export async function rankObjects<R extends Ranked>(
  ask: AskRecords<R>,
  { limit, except, canLeaveOut }: { limit: number; except?: string | null; canLeaveOut: boolean },
): Promise<Ranking<R>> {
  const settled: R[] = [];
  const without = new Set<string>();
  let size = askingSize(limit);
  for (let round = 0; ; round++) {
    const found = await ask(size, [...without]);
    const objects = byObject([...settled, ...found], except ?? null, limit);
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

/** An object has a few passages, and some of them are alike. */
const askingSize = (limit: number): number => Math.min(LARGEST_ASKING, Math.ceil(limit * 1.5) + 16);

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
