import { describe, expect, it } from 'vitest';
import { explained } from '../../../../../src/adapters/vectors/weaviate/explain-score.js';

const id = '129bb426-fe35-40c1-be0a-40a9f21cc4f1';

describe('what Weaviate explains', () => {
  it('of a fusion by scores: both legs, one, and numbers of any size', () => {
    const vector = `\nHybrid (Result Set vector,hybridVector) Document ${id}: original score -0.25, normalized score: 0.5`;
    const keyword = `Hybrid (Result Set keyword,bm25) Document ${id}: original score 1.5e-07, normalized score: 0.3`;
    expect([...explained(`${vector} - \n${keyword}`)]).toEqual([
      ['vector', -0.25],
      ['keyword', 1.5e-7],
    ]);
    expect([...explained(keyword)]).toEqual([['keyword', 1.5e-7]]);
  });

  it('of a fusion by ranks: who found it, and no scores', () => {
    const lines = ['vector,hybridVector', 'keyword,bm25'].map(
      (set) => `\nHybrid (Result Set ${set}) Document ${id} contributed 0.008 to the score`,
    );
    expect([...explained(lines.join(''))]).toEqual([
      ['vector', null],
      ['keyword', null],
    ]);
    expect(explained('').size).toBe(0);
  });
});
