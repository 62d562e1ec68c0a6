import { describe, expect, it } from 'vitest';
import { StrataError } from '../../../src/domain/errors.js';
import type { DataObjectFilterInput } from '../../../src/graphql/filters/filter.inputs.js';
import { toAnnotationFilter, toObjectFilter } from '../../../src/graphql/filters/filter.mapping.js';
import { encodeId } from '../../../src/graphql/ids.js';

const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';

function refusal(filter: DataObjectFilterInput): StrataError {
  try {
    toObjectFilter(filter, ['filter']);
  } catch (error) {
    if (error instanceof StrataError) return error;
    throw error;
  }
  throw new Error('Nothing was refused');
}

describe('object filters', () => {
  it('are absent where nothing is given', () => {
    expect(toObjectFilter(undefined, ['filter'])).toBeUndefined();
    expect(toObjectFilter(null, ['filter'])).toBeUndefined();
    expect(toObjectFilter({}, ['filter'])).toEqual({});
  });

  it('lose nulls at every depth, and keep empty lists, which match nothing', () => {
    const input: DataObjectFilterInput = {
      types: null, status: [], or: [], and: [{ mimeTypes: null, fileSize: { gte: null, lte: 5 } }], not: { contentHash: null, includeDeleted: false },
      createdAt: { gte: new Date(0), lt: null }, annotation: { label: null, minConfidence: 0, objectIds: [encodeId('obj', UUID)] },
    };
    const filter = toObjectFilter(input, ['filter']);
    expect(filter).toEqual({
      status: [], or: [], and: [{ fileSize: { lte: 5 } }], not: { includeDeleted: false }, createdAt: { gte: new Date(0) },
      annotation: { minConfidence: 0, objectIds: [UUID] },
    });
    expect(Object.keys(filter!)).not.toContain('types');
    expect(toAnnotationFilter(null, ['filter'])).toBeUndefined();
  });

  it('split metadata paths', () => {
    const filter = toObjectFilter({ metadata: [{ path: 'a\\.b.0.c', equals: false }, { path: "a'; drop table x", exists: true }] }, ['filter']);
    expect(filter?.metadata).toEqual([{ path: ['a.b', '0', 'c'], equals: false }, { path: ["a'; drop table x"], exists: true }]);
  });

  it('take a null for JSON null only where it stands alone', () => {
    const condition = (input: object) => toObjectFilter({ metadata: [{ path: 'a', ...input }] }, ['filter'])?.metadata?.[0];
    expect(condition({ equals: null })).toEqual({ path: ['a'], equals: null });
    expect(condition({ equals: null, gt: null })).toEqual({ path: ['a'], equals: null });
    expect(condition({ equals: null, gt: 3, contains: null })).toEqual({ path: ['a'], gt: 3 });
    expect(condition({ notEquals: null })).toEqual({ path: ['a'], notEquals: null });
    expect(condition({ in: [null] })).toEqual({ path: ['a'], in: [null] });
    expect(condition({ equals: false })).toEqual({ path: ['a'], equals: false });
  });

  it('name the place of what is wrong', () => {
    expect(refusal({ and: [{}, { not: { metadata: [{ path: 'a', equals: 1 }, { path: 'b', gt: null }] } }] }).path).toEqual([
      'filter', 'and', '1', 'not', 'metadata', '1',
    ]);
  });

  it('have bounds of depth and size', () => {
    let deep: DataObjectFilterInput = {};
    for (let i = 0; i < 15; i++) deep = { not: deep };
    expect(() => toObjectFilter(deep, ['filter'])).not.toThrow();
    expect(refusal({ not: deep }).code).toBe('BAD_USER_INPUT');
    expect(refusal({ or: Array.from({ length: 501 }, () => ({})) }).code).toBe('BAD_USER_INPUT');
  });
});
