import { describe, expect, it } from 'vitest';
import { groupsAround, keptFrom, usualCosine, type JudgedPair } from '../../../src/domain/near-duplicates.js';

const pair = (older: string, younger: string, similarity: number, closeness = similarity): JudgedPair => ({ older, younger, similarity, closeness });
const membersOf = (pairs: readonly JudgedPair[]) => groupsAround('SEMANTIC', pairs).map(({ members }) => members.join(''));

describe('groups around the oldest', () => {
  it('do not chain what has nothing in common', () => {
    expect(membersOf([pair('a', 'b', 0.9), pair('b', 'c', 0.9)])).toEqual(['ab']);
  });

  it('have each object with the leader that it is closest to by the bound of its own space, not by the cosine of another', () => {
    const films = [pair('a', 'c', 0.95, 0.1), pair('b', 'c', 0.9, 0.5), pair('a', 'd', 0.99, 0.9)];
    expect(membersOf(films)).toEqual(['ad', 'bc']);
  });

  it('are the same in whatever order the pairs come, and where two models found one pair', () => {
    const pairs = [pair('a', 'b', 0.96, 0.2), pair('a', 'b', 0.9, 0.4), pair('a', 'c', 0.97, 0.4)];
    const [group] = groupsAround('SEMANTIC', pairs);
    expect(group).toEqual({ tier: 'SEMANTIC', leader: 'a', members: ['a', 'b', 'c'], similarity: 0.9 });
    expect(groupsAround('SEMANTIC', pairs.toReversed())).toEqual([group]);
  });
});

describe('the bound of a model’s space', () => {
  it('is strict where nobody has measured it, and leaves room below for those who ask for less', () => {
    expect(usualCosine({ duplicateCosine: null })).toBeGreaterThan(usualCosine({ duplicateCosine: 0.95 }));
    expect([keptFrom({ duplicateCosine: null }), keptFrom({ duplicateCosine: 0.85 })]).toEqual([0.9, expect.closeTo(0.8)]);
  });
});
