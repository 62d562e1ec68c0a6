import { describe, expect, it } from 'vitest';
import { otherMatches } from '../../../../src/services/search/other-matches.js';

const near = (id: string, score: number, others: { id: string; score: number }[] = []) => ({
  objectId: 'o', id: `e-${id}`, passageId: id, score, others: others.map((other) => ({ id: `e-${other.id}`, passageId: other.id, score: other.score })),
});
const said = (passageId: string, score: number, others: { passageId: string; score: number }[] = []) => ({ objectId: 'o', passageId, score, others });
const passages = (...found: ReturnType<typeof otherMatches>) => found.map(({ passageId, embeddingId }) => passageId ?? embeddingId);

describe('what else of an object matched', () => {
  it('comes by turns, a leg at a time, nothing twice, two at most', () => {
    const found = otherMatches([near('a', 0.8, [{ id: 'b', score: 0.7 }, { id: 'c', score: 0.6 }])], said('b', 9, [{ passageId: 'd', score: 8 }, { passageId: 'a', score: 7 }]));
    expect(passages(...found)).toEqual(['d', 'c']);
  });

  it('leaves out what matched less than half as well as the best', () => {
    expect(otherMatches([near('a', 0.8, [{ id: 'b', score: 0.3 }])], said('a', 9, [{ passageId: 'c', score: 4 }]))).toEqual([]);
  });

  it('begins with the best of a further space, be it a moment', () => {
    const moment = { objectId: 'o', id: 'm', passageId: null, score: 0.3 };
    expect(passages(...otherMatches([near('a', 0.8, [{ id: 'b', score: 0.7 }]), moment], undefined))).toEqual(['m', 'b']);
  });

  it('is nothing where no leg told of more', () => {
    expect(otherMatches([undefined], undefined)).toEqual([]);
  });
});
