import { describe, expect, it } from 'vitest';
import { indexesOver, type IndexParts } from '../../../src/app/stores.js';
import type { KeywordIndex } from '../../../src/ports/keyword-index.port.js';
import type { VectorStore } from '../../../src/ports/vector-store.port.js';
import { DeferredKeywords } from '../../../src/services/indexing/deferred-keywords.js';
import { DeferredVectors } from '../../../src/services/indexing/deferred-vectors.js';

const parts = { engine: {}, database: {}, logger: {} } as unknown as IndexParts;
const vectorsThat = (transactional: boolean) => ({ capabilities: { filters: 'ids', transactional, lagSeconds: 0 } }) as VectorStore;
const wordsThat = (transactional: boolean) => ({ capabilities: { filters: 'ids', transactional } }) as KeywordIndex;

describe('indexes', () => {
  it('that take part in transactions are written to within them, and nothing waits', () => {
    const [vectors, keywords] = [vectorsThat(true), wordsThat(true)];
    const opened = indexesOver({ vectors, keywords, hybrid: null }, parts);
    expect(opened.indexSync).toBeNull();
    expect(opened.vectors).toBe(vectors);
    expect(opened.keywords).toBe(keywords);
  });

  it.each([
    [true, false],
    [false, true],
    [false, false],
  ])('are told behind the commit where they do not (vectors within: %s, words within: %s), and are transactional for the services', (within, wordsWithin) => {
    const [vectors, keywords] = [vectorsThat(within), wordsThat(wordsWithin)];
    const opened = indexesOver({ vectors, keywords, hybrid: null }, parts);
    expect([opened.vectors instanceof DeferredVectors, opened.keywords instanceof DeferredKeywords]).toEqual([!within, !wordsWithin]);
    expect([opened.vectors.capabilities.transactional, opened.keywords.capabilities.transactional]).toEqual([true, true]);
    expect(opened.indexSync).not.toBeNull();
  });

  it('by words are the database\'s where the store has none', () => {
    const opened = indexesOver({ vectors: vectorsThat(true), keywords: null, hybrid: null }, parts);
    expect([opened.keywords.capabilities, opened.indexSync]).toEqual([{ filters: 'query', transactional: true }, null]);
  });
});
