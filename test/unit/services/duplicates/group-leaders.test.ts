import { describe, expect, it } from 'vitest';
import { groupsAround, toPair, type NearPair } from '../../../../src/domain/near-duplicates.js';
import { pairsWithLeaders } from '../../../../src/services/duplicates/group-leaders.js';
import { randomNumbers } from '../../../support/random-numbers.js';

const LEAST = 0.9;
const NEIGHBOURS = 16;
const BATCH = 32;

/** The pairs that are kept of objects at these places on a line, compared batch by batch as they come. */
async function pairsOf(places: readonly number[]): Promise<NearPair[]> {
  const ids = places.map((_, i) => String(i).padStart(4, '0'));
  const placeOf = new Map(ids.map((id, i) => [id, places[i]!]));
  const measure = (objectId: string, otherId: string) => toPair({ objectId, otherId, similarity: 1 - Math.abs(placeOf.get(objectId)! - placeOf.get(otherId)!) });
  const isNear = ({ similarity }: NearPair) => similarity >= LEAST;
  let kept = new Map<string, NearPair>();
  for (let from = 0; from < ids.length; from += BATCH) {
    const batch = ids.slice(from, from + BATCH);
    // What is compared anew loses the pairs that it had.
    kept = new Map([...kept].filter(([, { older, younger }]) => !batch.includes(older) && !batch.includes(younger)));
    const found = batch.flatMap((id) => ids.filter((other) => other !== id).map((other) => measure(id, other)).sort((left, right) => right.similarity - left.similarity).slice(0, NEIGHBOURS)).filter(isNear);
    const more = await pairsWithLeaders(found, {
      least: LEAST,
      eldersOf: async (asked) => new Map([...kept.values()].filter(({ younger }) => asked.includes(younger)).sort((left, right) => (left.older < right.older ? 1 : -1)).map(({ older, younger }) => [younger, older])),
      near: async (asked) => asked.map(({ older, younger }) => measure(older, younger)).filter(isNear),
    });
    for (const pair of [...found, ...more]) kept.set(`${pair.older} ${pair.younger}`, pair);
  }
  return [...kept.values()];
}
const groupsOf = (pairs: readonly NearPair[]) => groupsAround('SEMANTIC', pairs.map((pair) => ({ ...pair, closeness: pair.similarity })));
const random = randomNumbers(11);

describe('a group of many copies', () => {
  it.each([100, 400])('is one, though each of %i finds but a few of the others', async (count) => {
    const orders = { anyhow: () => random() * 0.09, 'from one end to the other': (i: number) => (i / count) * 0.09, 'all the same': () => 0 };
    for (const [name, at] of Object.entries(orders)) {
      const pairs = await pairsOf(Array.from({ length: count }, (_, i) => at(i)));
      expect([name, groupsOf(pairs).map(({ members }) => members.length)]).toEqual([name, [count]]);
      expect(pairs.length).toBeLessThan(count * 20);
    }
  });

  it('is chained to no other: nobody is paired with what is not near', async () => {
    const pairs = await pairsOf(Array.from({ length: 200 }, () => random()));
    for (const { similarity } of pairs) expect(similarity).toBeGreaterThanOrEqual(LEAST);
    for (const { similarity } of groupsOf(pairs)) expect(similarity).toBeGreaterThanOrEqual(LEAST);
  });
});
