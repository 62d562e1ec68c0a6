import { describe, expect, it } from 'vitest';
import type { Embedder, TextSpan } from '../../../../src/ports/embedder.port.js';
import { countLonger, embedWhole } from '../../../../src/services/models/embed-whole.js';

/** Reads four words at once, and knows the direction of each part by its first word. */
const DIRECTIONS: Record<string, readonly number[]> = { east: [1, 0], north: [0, 1], west: [-1, 0] };
const read: string[][] = [];
const embedder: Pick<Embedder, 'embedTexts' | 'splitPassages'> = {
  embedTexts(_model, texts) {
    read.push([...texts]);
    return Promise.resolve(texts.map((text) => Float32Array.from(DIRECTIONS[text.split(' ')[0]!]!)));
  },
  splitPassages(_model, texts, options) {
    expect(options).toMatchObject({ target: Number.MAX_SAFE_INTEGER, overlap: 0, priority: 'ingest' });
    return Promise.resolve(texts.map(({ text }) => [...text.matchAll(/\S+(?: \S+){0,3}/g)].map(({ 0: part, index }): TextSpan => ({ start: index, end: index + part.length, tokens: part.split(' ').length }))));
  },
};

describe('a text of which a model reads a part at once', () => {
  it('has the mean of its parts, by their tokens; others are read as they are, all in one call', async () => {
    const [short, long, last] = await embedWhole(embedder, 'm', ['north', 'east one two three north', 'west'], { priority: 'ingest' });
    expect(read).toEqual([['north', 'east one two three', 'north', 'west']]);
    expect([...short!]).toEqual([0, 1]);
    expect(long![0]).toBeCloseTo(4 / Math.hypot(4, 1), 6);
    expect(long![1]).toBeCloseTo(1 / Math.hypot(4, 1), 6);
    expect([...last!]).toEqual([-1, 0]);
  });

  it('has that of its first part where they cancel out', async () => {
    const [vector] = await embedWhole(embedder, 'm', ['east one two three west one two three'], { priority: 'ingest' });
    expect([...vector!]).toEqual([1, 0]);
  });

  it('is counted', async () => {
    expect(await countLonger(embedder, 'm', ['east one two three', 'east one two three four', ''], { priority: 'ingest' })).toBe(1);
  });
});
