import { describe, expect, it } from 'vitest';

import { isStrataError } from '../../../../src/domain/errors.js';
import type { SearchPageArgs, SearchRequest } from '../../../../src/domain/operations.js';
import { checkSearch } from '../../../../src/services/search/search-request.js';
import { ABSENT_MODEL, hybrid, IMAGE_MODEL, TEXT_MODEL } from './search-world.js';

const MODELS = [TEXT_MODEL, IMAGE_MODEL, ABSENT_MODEL];
const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const check = (request: Partial<SearchRequest>, page: SearchPageArgs = { first: 10 }, models = MODELS) =>
  checkSearch(hybrid(request), page, models, { maxQueryLength: 20 });

function refusal(work: () => unknown): { code: string; path: readonly string[]; message: string } {
  try {
    work();
  } catch (error) {
    if (isStrataError(error)) return { code: error.code, path: error.path, message: error.message };
    throw error;
  }
  throw new Error('it was not refused');
}

describe('what a search is asked with', () => {
  it.each<[string, Partial<SearchRequest>, string[]]>([
    ['nothing', {}, ['input']],
    ['words and an object', { query: 'a', objectId: ID }, ['input']],
    ['an object and a vector', { objectId: ID, vector: [1, 0, 0] }, ['input']],
    ['all three', { query: 'a', objectId: ID, vector: [1, 0, 0] }, ['input']],
    ['words and a vector in VECTOR', { query: 'a', vector: [1, 0, 0], mode: 'VECTOR' }, ['input']],
    ['words and a vector in KEYWORD', { query: 'a', vector: [1, 0, 0], mode: 'KEYWORD' }, ['input']],
    ['KEYWORD with an object', { objectId: ID, mode: 'KEYWORD' }, ['input', 'query']],
    ['KEYWORD with a vector', { vector: [1, 0, 0], mode: 'KEYWORD' }, ['input', 'query']],
    ['empty words', { query: '' }, ['input', 'query']],
    ['nothing but space', { query: ' \n\t' }, ['input', 'query']],
    ['too many words', { query: 'x'.repeat(21) }, ['input', 'query']],
    ['alpha below 0', { query: 'a', alpha: -0.01 }, ['input', 'alpha']],
    ['alpha above 1', { query: 'a', alpha: 1.01 }, ['input', 'alpha']],
    ['alpha that is no number', { query: 'a', alpha: NaN }, ['input', 'alpha']],
    ['a short vector', { vector: [1, 0], model: TEXT_MODEL.name }, ['input', 'vector']],
    ['a vector of no model’s length', { vector: [1, 0] }, ['input', 'vector']],
    ['an infinite vector', { vector: [1, Infinity, 0] }, ['input', 'vector', '1']],
    ['a vector without direction', { vector: [0, 0, 0] }, ['input', 'vector']],
    ['an unknown model', { query: 'a', model: 'nope' }, ['input', 'model']],
    ['an unknown model by words alone', { query: 'a', model: 'nope', mode: 'KEYWORD' }, ['input', 'model']],
    ['words for a model that reads none', { query: 'a', model: IMAGE_MODEL.name }, ['input', 'model']],
    ['an unknown facet', { query: 'a', facets: [{ field: 'type', limit: 1 }, { field: 'size', limit: 1 }] }, ['input', 'facets', '1', 'field']],
    ['a facet without a path', { query: 'a', facets: [{ field: 'metadata.', limit: 1 }] }, ['input', 'facets', '0', 'field']],
    ['no buckets', { query: 'a', facets: [{ field: 'type', limit: 0 }] }, ['input', 'facets', '0', 'limit']],
    ['101 buckets', { query: 'a', facets: [{ field: 'type', limit: 101 }] }, ['input', 'facets', '0', 'limit']],
  ])('refuses %s', (_, request, path) => {
    expect(refusal(() => check(request))).toMatchObject({ code: 'BAD_USER_INPUT', path });
  });

  it.each([-1, 501, 1.5])('refuses a page of %d', (first) => {
    expect(refusal(() => check({ query: 'a' }, { first }))).toMatchObject({ code: 'BAD_USER_INPUT', path: ['first'] });
  });

  it('names the models it knows', () => {
    expect(refusal(() => check({ query: 'a', model: 'nope' })).message).toContain('"words-3", "looks-4", "absent"');
  });

  it('says what brings a model that is not there', () => {
    const refused = refusal(() => check({ query: 'a', model: 'absent' }));
    expect(refused).toMatchObject({ code: 'NOT_CONFIGURED', path: ['input', 'model'] });
    expect(refused.message).toContain('embedding.models');
    expect(check({ query: 'a', model: 'absent', mode: 'KEYWORD' }).vectors).toEqual({ from: 'nothing' });
  });

  it('needs a model that reads words for VECTOR and for alpha 1, not for HYBRID', () => {
    const page = { first: 10 };
    expect(refusal(() => check({ query: 'a', mode: 'VECTOR' }, page, [IMAGE_MODEL])).code).toBe('NOT_CONFIGURED');
    expect(refusal(() => check({ query: 'a', alpha: 1 }, page, [IMAGE_MODEL])).code).toBe('NOT_CONFIGURED');
    expect(check({ query: 'a' }, page, [IMAGE_MODEL])).toMatchObject({ wordless: true, vectors: { mayBeNone: true } });
  });

  it('takes a vector for the only active model of its length, one that reads words first', () => {
    expect(check({ vector: [1, 0, 0, 0] }).vectors).toMatchObject({ terms: [{ from: 'vector', model: IMAGE_MODEL }] });
    const twin = { ...IMAGE_MODEL, name: 'twin', dimensions: 3 };
    expect(check({ vector: [1, 0, 0] }, { first: 1 }, [twin, TEXT_MODEL]).vectors).toMatchObject({ terms: [{ model: TEXT_MODEL }] });
    const rival = { ...TEXT_MODEL, name: 'rival' };
    expect(refusal(() => check({ vector: [1, 0, 0] }, { first: 1 }, [rival, TEXT_MODEL]))).toMatchObject({ code: 'BAD_USER_INPUT', path: ['input', 'model'] });
  });

  it('runs the vector leg for an object or a vector alone, whatever the mode', () => {
    expect(check({ objectId: ID }).mode).toBe('VECTOR');
    expect(check({ vector: [1, 0, 0] }).mode).toBe('VECTOR');
    expect(check({ query: 'a', vector: [1, 0, 0] }).mode).toBe('HYBRID');
  });

  it('never reaches into the bin', () => {
    expect(check({ query: 'a', filter: { includeDeleted: true } }).filter).toBeNull();
    expect(check({ query: 'a', filter: { includeDeleted: true, types: ['TEXT'] } }).filter).toEqual({ types: ['TEXT'] });
  });

  it('reads paths of facets as filters do', () => {
    const { facets } = check({ query: 'a', facets: [{ field: 'metadata.a\\.b.c', limit: 100 }, { field: 'facts.image.format', limit: 1 }] });
    expect(facets.map(({ request }) => request.field)).toEqual([{ kind: 'metadata', path: ['a.b', 'c'] }, { kind: 'facts', path: ['image', 'format'] }]);
  });

  it('marks the input, not the page', () => {
    const mark = (request: Partial<SearchRequest>, first = 10) => check(request, { first }).fingerprint;
    expect(mark({ query: 'a' }, 5)).toBe(mark({ query: 'a' }, 50));
    expect(mark({ query: 'a' })).not.toBe(mark({ query: 'b' }));
    expect(mark({ query: 'a' })).not.toBe(mark({ query: 'a', minScore: 0.1 }));
    expect(mark({ query: 'a' })).not.toBe(mark({ query: 'a', filter: { createdAt: { gte: new Date(0) } } }));
  });
});
