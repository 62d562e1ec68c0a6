import { fuse, type Leg } from '../../src/domain/fusion.js';
import type { Fusion } from '../../src/domain/operations.js';
import { randomNumbers } from '../../test/support/random-numbers.js';
import { ndcg } from '../ndcg.js';
import type { Collection } from './collection.js';
import type { QueryLegs } from './legs.js';

export interface FusionRules {
  alpha: number;
  method: Fusion;
  depth: number;
}

/** nDCG@10 of each query. */
export function scoresOf(legs: readonly QueryLegs[], { judgements }: Pick<Collection, 'judgements'>, rules: FusionRules): number[] {
  return legs.map(({ id, vector, keyword }) => ndcg(judgements.get(id)!, ranked(vector, keyword, rules)));
}

/** By the program's own fusion. At the ends one leg alone, as the search has it there. */
function ranked(vector: QueryLegs['vector'], keyword: QueryLegs['keyword'], { alpha, method, depth }: FusionRules): string[] {
  const legs: Leg[] = [
    ...(alpha > 0 ? [{ kind: 'vector' as const, space: 'text', hits: vector.slice(0, depth) }] : []),
    ...(alpha < 1 ? [{ kind: 'keyword' as const, hits: keyword.slice(0, depth) }] : []),
  ];
  return fuse({ legs, alpha, method }).map(({ objectId }) => objectId);
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const DRAWS = 2_000;
const SPLITS = 200;

/** Of the mean, 95 %: so many samples of the queries, with repetition (Efron, 1979). */
export function interval(values: readonly number[]): [number, number] {
  const random = randomNumbers(11);
  const means = Array.from({ length: DRAWS }, () => mean(values.map(() => values[Math.floor(random() * values.length)]!))).sort((a, b) => a - b);
  return [means[Math.floor(DRAWS * 0.025)]!, means[Math.floor(DRAWS * 0.975)]!];
}

/** What a choice made on one half of the queries gives on the other: the mean over many halvings. */
export function heldOut(choices: readonly (readonly number[])[]): { score: number; chosen: number[] } {
  const random = randomNumbers(13);
  const queries = choices[0]!.map((_, i) => i);
  const scores: number[] = [];
  const chosen: number[] = [];
  for (let split = 0; split < SPLITS; split++) {
    const first = new Set(queries.filter(() => random() < 0.5));
    const half = (values: readonly number[], isFirst: boolean) => mean(values.filter((_, i) => first.has(i) === isFirst));
    const best = choices.map((values, choice) => ({ choice, score: half(values, true) })).reduce((a, b) => (b.score > a.score ? b : a));
    scores.push(half(choices[best.choice]!, false));
    chosen.push(best.choice);
  }
  return { score: mean(scores), chosen: chosen.sort((a, b) => a - b) };
}
