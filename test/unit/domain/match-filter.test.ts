import { describe, expect, it } from 'vitest';
import type { MetadataCondition, ObjectFilter } from '../../../src/domain/filters.js';
import {
  matchesAnnotationFilter,
  matchesCondition,
  matchesFilter,
  type FilterableAnnotation,
  type FilterableObject,
} from '../../../src/domain/match-filter.js';
import type { Json, JsonObject } from '../../../src/domain/model.js';

const object: FilterableObject = {
  type: 'IMAGE',
  status: 'READY',
  storageTier: 'STANDARD',
  mimeType: 'image/png',
  contentHash: 'ab'.repeat(32),
  fileSize: 1000,
  metadata: { tags: ['sea', 'sun'], camera: { model: 'X-T5', iso: 400 }, note: null, 'a.b': 1 },
  facts: { image: { width: 640 } },
  isDeleted: false,
  createdAt: new Date('2026-03-01T12:00:00Z'),
};
const matches = (filter: ObjectFilter | null, changes: Partial<FilterableObject> = {}, annotated = false) =>
  matchesFilter({ ...object, ...changes }, filter, () => annotated);
const holds = (path: string[], rest: Omit<MetadataCondition, 'path'>, document: JsonObject = object.metadata) =>
  matchesCondition(document, { path, ...rest });

describe('matchesFilter', () => {
  it('asks for every condition that is given', () => {
    expect(matches(null)).toBe(true);
    expect(matches({})).toBe(true);
    expect(
      matches({ types: ['IMAGE', 'TEXT'], status: ['READY'], tiers: ['STANDARD'], mimeTypes: ['image/png'] }),
    ).toBe(true);
    expect(matches({ types: ['IMAGE'], status: ['FAILED'] })).toBe(false);
    expect(matches({ contentHash: 'cd'.repeat(32) })).toBe(false);
    expect(matches({ facts: [{ path: ['image', 'width'], gte: 640 }] })).toBe(true);
  });

  it('matches nothing with an empty list of alternatives', () => {
    for (const filter of [
      { types: [] },
      { status: [] },
      { tiers: [] },
      { mimeTypes: [] },
      { or: [] },
      { metadata: [{ path: ['note'], in: [] }] },
    ] satisfies ObjectFilter[]) {
      expect(matches(filter)).toBe(false);
      expect(matches({ not: filter })).toBe(true);
    }
    expect(matches({ and: [] })).toBe(true);
  });

  it('takes dates from the first moment to before the last, sizes with both ends', () => {
    expect(matches({ createdAt: { gte: new Date('2026-03-01T12:00:00Z') } })).toBe(true);
    expect(matches({ createdAt: { lt: new Date('2026-03-01T12:00:00Z') } })).toBe(false);
    expect(
      matches({ createdAt: { lt: new Date('2026-03-01T12:00:00.001Z') } }, { createdAt: '2026-03-01T12:00:00.000Z' }),
    ).toBe(true);
    expect(matches({ fileSize: { gte: 1000, lte: 1000 } })).toBe(true);
    expect(matches({ fileSize: { gte: 1001 } })).toBe(false);
  });

  it('hides the bin unless the outermost filter asks for it', () => {
    expect(matches({}, { isDeleted: true })).toBe(false);
    expect(matches({ includeDeleted: true }, { isDeleted: true })).toBe(true);
    expect(matches({ and: [{ includeDeleted: true }] }, { isDeleted: true })).toBe(false);
  });

  it('asks about annotations only where the filter does', () => {
    expect(matches({ annotation: { types: ['CAPTION'] } }, {}, true)).toBe(true);
    expect(matches({ not: { annotation: {} } }, {}, true)).toBe(false);
    expect(matchesFilter(object, { types: ['IMAGE'] }, () => expect.unreachable())).toBe(true);
  });
});

describe('a metadata condition', () => {
  it('lets a path that leads nowhere match nothing but its absence', () => {
    for (const path of [
      ['nope'],
      ['camera', 'nope'],
      ['tags', '2'],
      ['tags', 'x'],
      ['camera', 'model', 'x'],
      ["a'; drop table x"],
      ['__proto__'],
      ['constructor'],
    ]) {
      expect(holds(path, { exists: false })).toBe(true);
      for (const rest of [
        { exists: true },
        { equals: null },
        { notEquals: 1 },
        { in: [null] },
        { gt: 0 },
        { lte: 'z' },
        { contains: 'sea' },
        {},
      ]) {
        expect(holds(path, rest)).toBe(false);
      }
    }
    expect(holds(['note'], { exists: true })).toBe(true);
    expect(holds(['note'], { equals: null })).toBe(true);
  });

  it('walks keys and indices, a negative one from the end', () => {
    expect(holds(['tags', '0'], { equals: 'sea' })).toBe(true);
    expect(holds(['tags', '-1'], { equals: 'sun' })).toBe(true);
    expect(holds(['tags', '-3'], { exists: false })).toBe(true);
    expect(holds(['a.b'], { equals: 1 })).toBe(true);
  });

  it('compares within one JSON type', () => {
    const value = (v: Json, rest: Omit<MetadataCondition, 'path'>) => holds(['v'], rest, { v });
    expect(value(4, { gt: 3 })).toBe(true);
    expect(value('4', { gt: 3 })).toBe(false);
    expect(value('4', { lte: 3 })).toBe(false);
    expect(value('4', { equals: 4 })).toBe(false);
    expect(value('4', { notEquals: 4 })).toBe(true);
    expect(value(true, { gt: false })).toBe(false);
    expect(value(null, { lte: null })).toBe(false);
    expect(value(1e21, { equals: 1e21, gte: 1e21, lt: 1e22 })).toBe(true);
    expect(value(0, { equals: -0 })).toBe(true);
  });

  it('orders strings by code point', () => {
    // U+1F600 stands above U+FFFD, though its first UTF-16 unit is below.
    expect(holds(['v'], { gt: '\u{fffd}' }, { v: '\u{1f600}' })).toBe(true);
    expect(holds(['v'], { lt: 'b' }, { v: 'B' })).toBe(true);
    expect(holds(['v'], { lt: 'ab' }, { v: 'a' })).toBe(true);
  });

  it('finds elements of arrays and parts of objects', () => {
    expect(holds(['tags'], { contains: 'sea' })).toBe(true);
    expect(holds(['tags'], { contains: ['sun', 'sea'] })).toBe(true);
    expect(holds(['tags'], { contains: 'se' })).toBe(false);
    expect(holds(['camera'], { contains: { iso: 400 } })).toBe(true);
    expect(holds(['camera'], { contains: { iso: '400' } })).toBe(false);
    expect(holds(['camera', 'model'], { contains: 'X-T5' })).toBe(false);
    expect(holds(['v'], { contains: { a: 1 } }, { v: [{ a: 1, b: 2 }] })).toBe(true);
  });

  it('equals whatever the order of keys', () => {
    expect(holds(['camera'], { equals: { iso: 400, model: 'X-T5' } })).toBe(true);
    expect(holds(['camera'], { equals: { iso: 400 } })).toBe(false);
    expect(holds(['tags'], { equals: ['sun', 'sea'] })).toBe(false);
  });
});

describe('matchesAnnotationFilter', () => {
  const annotation: FilterableAnnotation = {
    type: 'CLASSIFICATION',
    annotatorId: 'ann',
    objectId: 'o1',
    content: { labels: [{ label: 'cat', score: 0.9 }, { label: 'pet' }] },
    confidence: null,
    isDeleted: false,
    createdAt: new Date('2026-03-01T12:00:00Z'),
  };

  it('finds labels of classifications and of detections only', () => {
    expect(matchesAnnotationFilter(annotation, { label: 'pet' })).toBe(true);
    expect(matchesAnnotationFilter(annotation, { label: 'pe' })).toBe(false);
    const boxes = {
      ...annotation,
      type: 'DETECTION' as const,
      content: { boxes: [{ label: 'cat', x: 0, y: 0, width: 1, height: 1 }] },
    };
    expect(matchesAnnotationFilter(boxes, { label: 'cat' })).toBe(true);
    expect(matchesAnnotationFilter({ ...annotation, type: 'OTHER' }, { label: 'cat' })).toBe(false);
  });

  it('takes no confidence as below every least one, and hides the bin', () => {
    expect(matchesAnnotationFilter(annotation, { minConfidence: 0 })).toBe(false);
    expect(matchesAnnotationFilter({ ...annotation, confidence: 0.5 }, { minConfidence: 0.5 })).toBe(true);
    expect(matchesAnnotationFilter({ ...annotation, isDeleted: true }, {})).toBe(false);
    expect(matchesAnnotationFilter({ ...annotation, isDeleted: true }, { includeDeleted: true })).toBe(true);
    expect(matchesAnnotationFilter(annotation, { objectIds: [] })).toBe(false);
  });
});
