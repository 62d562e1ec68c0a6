import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuse, rankByKeyword, rankByVector, type Leg } from '../../../src/domain/fusion.js';

const ids = fc.constantFrom(...Array.from({ length: 12 }, (_, i) => `object-${String(i).padStart(2, '0')}`));
const hits = (score: fc.Arbitrary<number>) =>
  fc.uniqueArray(fc.record({ objectId: ids, score }), { selector: (hit) => hit.objectId, maxLength: 12 });
const cosine = fc.double({ min: -1, max: 1, noNaN: true });
// Far enough apart to stay apart when scaled.
const bm25 = fc.integer({ min: 1, max: 50_000 }).map((thousandths) => thousandths / 1000);
const vectorLeg = fc.record({
  kind: fc.constant('vector' as const),
  space: fc.constantFrom('words', 'pictures'),
  hits: hits(cosine),
});
const keywordLeg = fc.record({ kind: fc.constant('keyword' as const), hits: hits(bm25) });
const alpha = fc.double({ min: 0, max: 1, noNaN: true });
const method = fc.constantFrom('RELATIVE_SCORE' as const, 'RANKED' as const);

/** By score, ties by id: what an index answers. */
const inOrder = (leg: Leg) =>
  [...leg.hits].sort((a, b) => b.score - a.score || (a.objectId < b.objectId ? -1 : 1)).map((hit) => hit.objectId);

const vectors = (...scores: [string, number][]): Leg => ({
  kind: 'vector',
  space: 'words',
  hits: scores.map(([objectId, score]) => ({ objectId, score })),
});
const keywords = (...scores: [string, number][]): Leg => ({
  kind: 'keyword',
  hits: scores.map(([objectId, score]) => ({ objectId, score })),
});
const scoresOf = (found: readonly { objectId: string; score: number }[]) =>
  Object.fromEntries(found.map((hit) => [hit.objectId, hit.score]));

describe('RELATIVE_SCORE', () => {
  it('scales each leg between its least and its best', () => {
    const legs = [vectors(['a', 0.9], ['b', 0.5], ['c', 0.1]), keywords(['c', 12], ['b', 4])];
    const fused = scoresOf(fuse({ legs, alpha: 0.75, method: 'RELATIVE_SCORE' }));
    expect(fused.a).toBeCloseTo(0.75 * 1, 12);
    expect(fused.b).toBeCloseTo(0.75 * 0.5 + 0.25 * 0, 12);
    expect(fused.c).toBeCloseTo(0.75 * 0 + 0.25 * 1, 12);
  });

  it('takes a leg of equal scores as all ones, and what a leg lacks as zero', () => {
    const legs = [vectors(['a', 0.2], ['b', 0.2]), keywords(['c', 3])];
    expect(scoresOf(fuse({ legs, alpha: 0.5, method: 'RELATIVE_SCORE' }))).toEqual({ a: 0.5, b: 0.5, c: 0.5 });
  });

  it('puts a lone weak picture behind the best of the passages, and by words behind those that both legs found', () => {
    const passages = vectors(...Array.from({ length: 20 }, (_, i): [string, number] => [`passage-${i}`, 0.6 - i / 100]));
    const picture: Leg = { kind: 'vector', space: 'pictures', hits: [{ objectId: 'picture', score: 0.19 }] };
    const order = (legs: Leg[]) => fuse({ legs, alpha: 0.55, method: 'RELATIVE_SCORE' }).map(({ objectId }) => objectId);
    expect(order([picture, passages]).slice(0, 3)).toEqual(['passage-0', 'picture', 'passage-1']);
    expect(rankByVector([picture, passages]).slice(0, 2).map(({ objectId }) => objectId)).toEqual(['passage-0', 'picture']);
    expect(fuse({ legs: [picture, passages], alpha: 0.55, method: 'RANKED' })[0]!.objectId).toBe('passage-0');
    const said = keywords(['passage-0', 9], ['passage-1', 9], ['passage-2', 8], ['passage-19', 1]);
    expect(order([picture, passages, said]).indexOf('picture')).toBe(3);
  });

  it('scales every space by itself before they meet', () => {
    const pictures: Leg = {
      kind: 'vector',
      space: 'pictures',
      hits: [
        { objectId: 'p', score: 0.3 },
        { objectId: 'q', score: 0.2 },
      ],
    };
    const fused = fuse({ legs: [vectors(['a', 0.9], ['b', 0.5]), pictures], alpha: 1, method: 'RELATIVE_SCORE' });
    expect(scoresOf(fused)).toEqual({ a: 1, p: 1, b: 0, q: 0 });
    expect(fused.map((hit) => [hit.objectId, hit.space, hit.vectorScore])).toEqual([
      ['a', 'words', 0.9],
      ['p', 'pictures', 0.3],
      ['b', 'words', 0.5],
      ['q', 'pictures', 0.2],
    ]);
  });
});

describe('RANKED', () => {
  it('adds weight/(60 + rank) and divides by the best attainable', () => {
    const legs = [vectors(['a', 0.9], ['b', 0.5]), keywords(['b', 12], ['c', 4])];
    const fused = scoresOf(fuse({ legs, alpha: 0.6, method: 'RANKED' }));
    expect(fused.a).toBeCloseTo(0.6, 12);
    expect(fused.b).toBeCloseTo((0.6 / 61 + 0.4 / 60) * 60, 12);
    expect(fused.c).toBeCloseTo((0.4 / 61) * 60, 12);
  });

  it('gives 1 to what is first in both legs', () => {
    const fused = fuse({ legs: [vectors(['a', 0.9], ['b', 0.8]), keywords(['a', 2])], alpha: 0.3, method: 'RANKED' });
    expect(fused[0]).toMatchObject({ objectId: 'a', score: 1, vectorRank: 0, keywordRank: 0 });
  });
});

describe('any fusion', () => {
  it('breaks ties by vector score, then by id', () => {
    const legs = [vectors(['a', 0.5], ['b', 0.9], ['c', 0.5]), keywords(['d', 3], ['e', 3])];
    expect(fuse({ legs, alpha: 0, method: 'RELATIVE_SCORE' }).map((hit) => hit.objectId)).toEqual([
      'd',
      'e',
      'b',
      'a',
      'c',
    ]);
  });

  it('keeps scores within 0 and 1, falling, each object once', () => {
    fc.assert(
      fc.property(
        fc.array(vectorLeg, { maxLength: 3 }),
        fc.array(keywordLeg, { maxLength: 1 }),
        alpha,
        method,
        (v, k, weight, how) => {
          const fused = fuse({ legs: [...v, ...k], alpha: weight, method: how });
          expect(new Set(fused.map((hit) => hit.objectId))).toEqual(
            new Set([...v, ...k].flatMap((leg) => leg.hits.map((hit) => hit.objectId))),
          );
          expect(fused.length).toBe(new Set(fused.map((hit) => hit.objectId)).size);
          for (const [i, hit] of fused.entries()) {
            expect(hit.score).toBeGreaterThanOrEqual(0);
            expect(hit.score).toBeLessThanOrEqual(i === 0 ? 1 : fused[i - 1]!.score);
          }
        },
      ),
    );
  });

  it('does not care in which order legs and hits come', () => {
    const legs = fc.tuple(fc.array(vectorLeg, { maxLength: 3 }), keywordLeg).map(([v, k]): Leg[] => [...v, k]);
    const shuffled = legs.chain((given) =>
      fc
        .tuple(
          fc.constant(given),
          fc.tuple(
            ...given.map((leg) =>
              fc
                .shuffledSubarray(leg.hits as { objectId: string; score: number }[], { minLength: leg.hits.length })
                .map((h): Leg => ({ ...leg, hits: h })),
            ),
          ),
        )
        .chain(([first, second]) =>
          fc.tuple(fc.constant(first), fc.shuffledSubarray(second, { minLength: second.length })),
        ),
    );
    fc.assert(
      fc.property(shuffled, alpha, method, ([first, second], weight, how) => {
        expect(fuse({ legs: second, alpha: weight, method: how })).toEqual(
          fuse({ legs: first, alpha: weight, method: how }),
        );
      }),
    );
  });

  it('follows one leg alone at alpha 0 and 1', () => {
    fc.assert(
      fc.property(vectorLeg, keywordLeg, method, (vector, keyword, how) => {
        const order = (weight: number, leg: Leg) => {
          const own = new Set(leg.hits.map((hit) => hit.objectId));
          const fused = fuse({ legs: [vector, keyword], alpha: weight, method: how });
          return fused.map((hit) => hit.objectId).filter((id) => own.has(id));
        };
        expect(order(1, vector)).toEqual(inOrder(vector));
        // Equal words are ordered by vector score first, so only the scores must follow the leg.
        const bm25Of = new Map(keyword.hits.map((hit) => [hit.objectId, hit.score]));
        expect(order(0, keyword).map((id) => bm25Of.get(id))).toEqual(inOrder(keyword).map((id) => bm25Of.get(id)));
      }),
    );
  });
});

describe('one leg', () => {
  it('scores vectors by (1 + cosine)/2', () => {
    expect(rankByVector([vectors(['a', 1], ['b', 0], ['c', -1])]).map((hit) => hit.score)).toEqual([1, 0.5, 0]);
  });

  it('scores keywords by their share of the best', () => {
    expect(
      rankByKeyword([keywords(['a', 8], ['b', 2])]).map((hit) => [hit.objectId, hit.score, hit.keywordRank]),
    ).toEqual([
      ['a', 1, 0],
      ['b', 0.25, 1],
    ]);
    expect(rankByKeyword([])).toEqual([]);
  });
});

describe('several spaces', () => {
  /** Cosines as CLIP gives between texts and images, and as a model of texts gives between texts. */
  const low = fc.array(fc.double({ min: 0.15, max: 0.32, noNaN: true }), { minLength: 2, maxLength: 10 });
  const high = fc.array(fc.double({ min: 0.3, max: 0.85, noNaN: true }), { minLength: 40, maxLength: 100 });
  const leg = (space: string, scores: readonly number[]): Leg => ({ kind: 'vector', space, hits: scores.map((score, i) => ({ objectId: `${space}-${String(i).padStart(3, '0')}`, score })) });

  it('do not drown each other, however many objects or how high the cosines one has', () => {
    fc.assert(
      fc.property(low, high, (pictures, texts) => {
        const ranked = rankByVector([leg('texts', texts), leg('pictures', pictures)]);
        const best = ranked.find(({ objectId }) => objectId.startsWith('pictures'))!;
        expect([best.score, best.vectorScore, best.space]).toEqual([1, Math.max(...pictures), 'pictures']);
        // Whatever stands before it is the best of its own space, or as good as that to the last digit.
        expect(ranked.slice(0, ranked.indexOf(best)).filter(({ score }) => score < 1)).toEqual([]);
      }),
    );
  });

  it('are scaled in the same way in any mode, so that what multiplies one space changes nothing', () => {
    fc.assert(
      fc.property(low, high, (pictures, texts) => {
        const order = (factor: number) => rankByVector([leg('texts', texts), leg('pictures', pictures.map((score) => score * factor))]).map(({ objectId, score }) => [objectId, score.toFixed(6)]);
        expect(new Map(order(1) as [string, string][])).toEqual(new Map(order(0.5) as [string, string][]));
      }),
    );
  });

  it('of which only one has found anything are one: its score is (1 + cosine)/2', () => {
    expect(rankByVector([leg('texts', [0.5, 0]), leg('pictures', [])]).map(({ score }) => score)).toEqual([0.75, 0.5]);
  });
});
