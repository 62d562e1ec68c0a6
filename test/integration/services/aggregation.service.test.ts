import { describe, expect, it } from 'vitest';
import { isStrataError } from '../../../src/domain/errors.js';
import type { Aggregation, DataObject, Json } from '../../../src/domain/model.js';
import type { CreateAggregation } from '../../../src/domain/operations.js';
import type { Settled } from '../../../src/graphql/services.js';
import type { Page } from '../../../src/domain/paging.js';
import { withDatabase } from '../../support/database.js';
import { benchOver, failure } from './crud-services.js';

const test = withDatabase();
const NOWHERE = '0190a000-0000-7000-8000-000000000000';
const ALL: Pick<CreateAggregation, 'filter'> = { filter: {} };

function pageOf<T>(settled: Settled<Page<T>> | undefined): Page<T> {
  if (settled === undefined || isStrataError(settled)) throw settled;
  return settled;
}
const idsOf = (page: Page<DataObject> | Page<Aggregation>) => page.items.map((item) => item.node.id);

describe('AggregationService: figures', () => {
  it('counts objects, bytes and annotations', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor', 'ed');
    const [text, image] = await bench.have({ fileSize: 10 }, { type: 'IMAGE', mimeType: 'image/png', fileSize: 7 }, { type: 'IMAGE', mimeType: 'image/png', fileSize: 5 });
    await bench.database.objects.setStatus(bench.tenantId, [text!.id], 'FAILED');
    const caption = { objectId: image!.id, type: 'CAPTION' as const, content: { text: 'x' } };
    await bench.annotations.create(editor, [caption, caption]);
    const made = await bench.aggregations.create(editor, { type: 'COUNT', ...ALL });
    expect(made).toMatchObject({ type: 'COUNT', sourceCount: 3, parameters: {}, createdBy: 'ed' });
    expect(made.result).toEqual({
      objects: 3, bytes: 22,
      types: [{ type: 'IMAGE', objects: 2, bytes: 12 }, { type: 'TEXT', objects: 1, bytes: 10 }],
      statuses: [{ status: 'READY', objects: 2, bytes: 12 }, { status: 'FAILED', objects: 1, bytes: 10 }],
      annotations: 2, annotationTypes: [{ type: 'CAPTION', annotations: 2, objects: 1 }],
    });
    expect(await bench.aggregations.byIds(editor, [NOWHERE, made.id])).toEqual([null, made]);
  });

  it('computes over exactly the objects that are named or match', async () => {
    const bench = benchOver(test);
    const other = benchOver(test);
    const editor = bench.viewer('editor');
    await other.have({});
    const [small, large, binned] = await bench.have({ fileSize: 1 }, { fileSize: 100 }, { fileSize: 50 });
    await bench.objects.delete(editor, binned!.id);
    const bytes = async (sources: Partial<CreateAggregation>) => ((await bench.aggregations.create(editor, { type: 'COUNT', ...sources })).result as { bytes: number }).bytes;
    expect(await bytes(ALL)).toBe(101);
    expect(await bytes({ filter: { includeDeleted: true } })).toBe(151);
    expect(await bytes({ filter: { fileSize: { gte: 2 } } })).toBe(100);
    expect(await bytes({ filter: { types: [] } })).toBe(0);
    expect(await bytes({ objectIds: [small!.id, binned!.id] })).toBe(51);
    expect(await bytes({ objectIds: [large!.id, large!.id] })).toBe(100);
  });

  it('counts labels of classifications and detections', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    const [first, second] = await bench.have({}, {});
    const box = { x: 0, y: 0, width: 1, height: 1 };
    const answers = await bench.annotations.create(editor, [
      { objectId: first!.id, type: 'CLASSIFICATION', content: { labels: [{ label: 'cat', score: 0.5 }, { label: 'dog' }] } },
      { objectId: first!.id, type: 'DETECTION', content: { boxes: [{ label: 'cat', score: 1, ...box }, { label: 'cat', ...box }] } },
      { objectId: second!.id, type: 'CLASSIFICATION', content: { labels: [{ label: 'owl' }] } },
      { objectId: second!.id, type: 'OTHER', content: { labels: [{ label: 'nobody' }] } },
      { objectId: second!.id, type: 'CLASSIFICATION', content: { labels: [{ label: 'deleted' }] } },
    ]);
    await bench.annotations.delete(editor, (answers[4] as { id: string }).id);
    const { result } = await bench.aggregations.create(editor, { type: 'LABEL_HISTOGRAM', ...ALL, parameters: { limit: 2 } });
    expect(result).toEqual({
      total: 5, distinct: 3,
      labels: [{ label: 'cat', count: 3, objects: 1, meanScore: 0.75 }, { label: 'dog', count: 1, objects: 1, meanScore: null }],
    });
    expect((await bench.aggregations.create(editor, { type: 'LABEL_HISTOGRAM', filter: { types: [] } })).result).toEqual({ total: 0, distinct: 0, labels: [] });
  });

  it('describes confidence, of all and by type', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    const [object] = await bench.have({});
    const caption = { objectId: object!.id, type: 'CAPTION' as const, content: { text: 'x' } };
    await bench.annotations.create(editor, [...[0, 0.25, 0.5, 0.75, 1].map((confidence) => ({ ...caption, confidence })), caption, { ...caption, type: 'SUMMARY' }]);
    const result = (await bench.aggregations.create(editor, { type: 'CONFIDENCE_STATISTICS', ...ALL })).result as Record<string, Json>;
    const figures = { count: 5, mean: 0.5, min: 0, max: 1, quantiles: { p05: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95 } };
    expect(result).toMatchObject({ ...figures, without: 2, quantiles: { p50: 0.5 }, types: [
      { type: 'CAPTION', count: 5, without: 1 },
      { type: 'SUMMARY', count: 0, without: 1, mean: null, standardDeviation: null, min: null, max: null, quantiles: null },
    ] });
    expect(result.standardDeviation).toBeCloseTo(Math.sqrt(0.125), 12);
    const none = (await bench.aggregations.create(editor, { type: 'CONFIDENCE_STATISTICS', filter: { types: [] } })).result;
    expect(none).toEqual({ count: 0, without: 0, mean: null, standardDeviation: null, min: null, max: null, quantiles: null, types: [] });
  });

  it('describes what is at a metadata path, type by type', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    const values: Json[] = [1, 2, 1e308, 'b', 'a', 'a', true, false, true, null, ['x', 'y', 'x', 3, { no: 1 }], { deep: 1 }];
    await bench.have(...values.map((value) => ({ metadata: { a: { 'b.c': value } } })), {});
    const result = (await bench.aggregations.create(editor, { type: 'METADATA_STATISTICS', ...ALL, parameters: { path: 'a.b\\.c', limit: 2 } })).result as Record<string, Json>;
    expect(result).toMatchObject({
      path: 'a.b\\.c', objects: 13, present: 12, missing: 1,
      types: { number: 3, string: 3, boolean: 3, null: 1, array: 1, object: 1 },
      numbers: { count: 3, min: 1, max: 1e308, quantiles: { p50: 2 } },
      strings: { count: 3, distinct: 2, values: [{ value: 'a', count: 2 }, { value: 'b', count: 1 }] },
      booleans: { count: 3, distinct: 2, values: [{ value: true, count: 2 }, { value: false, count: 1 }] },
      elements: { count: 4, distinct: 3, values: [{ value: 'x', count: 2 }, { value: 'y', count: 1 }] },
    });
    const nowhere = (await bench.aggregations.create(editor, { type: 'METADATA_STATISTICS', ...ALL, parameters: { path: "a'; drop table x" } })).result;
    expect(nowhere).toEqual({ path: "a'; drop table x", objects: 13, present: 0, missing: 13, types: {}, numbers: null, strings: null, booleans: null, elements: null });
  });

  it('lays objects out in time', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    const objects = await bench.have({ fileSize: 1 }, { fileSize: 2 }, { fileSize: 4 });
    const times = ['2026-03-01T23:59:59.999Z', '2026-03-02T00:00:00.000Z', '2026-04-01T12:00:00.000Z'];
    for (const [i, time] of times.entries()) await test.engine.sql.query('UPDATE data_objects SET created_at = $2 WHERE id = $1::uuid', [objects[i]!.id, time]);
    const buckets = async (parameters?: Json) => ((await bench.aggregations.create(editor, { type: 'TIMELINE', ...ALL, parameters })).result as { buckets: Json }).buckets;
    expect(await buckets()).toEqual([
      { start: '2026-03-01T00:00:00.000Z', objects: 1, bytes: 1 },
      { start: '2026-03-02T00:00:00.000Z', objects: 1, bytes: 2 },
      { start: '2026-04-01T00:00:00.000Z', objects: 1, bytes: 4 },
    ]);
    expect(await buckets({ interval: 'week' })).toMatchObject([{ start: '2026-02-23T00:00:00.000Z' }, { start: '2026-03-02T00:00:00.000Z' }, { start: '2026-03-30T00:00:00.000Z' }]);
    expect(await buckets({ interval: 'month' })).toMatchObject([{ objects: 2, bytes: 3 }, { objects: 1 }]);
    expect(await buckets({ interval: 'year', field: 'updatedAt' })).toHaveLength(1);
  });

  it('stores what the client computed', async () => {
    const bench = benchOver(test);
    await bench.have({});
    const made = await bench.aggregations.create(bench.viewer('editor'), { type: 'CUSTOM', ...ALL, parameters: { by: 'me' }, result: [1, { a: null }] });
    expect(made).toMatchObject({ sourceCount: 1, parameters: { by: 'me' }, result: [1, { a: null }] });
  });
});

describe('AggregationService: refusals', () => {
  it.each<[Partial<CreateAggregation>, string, string]>([
    [{ type: 'COUNT' }, 'BAD_USER_INPUT', 'input.objectIds'],
    [{ type: 'COUNT', filter: {}, objectIds: [NOWHERE] }, 'BAD_USER_INPUT', 'input.objectIds'],
    [{ type: 'COUNT', objectIds: [] }, 'BAD_USER_INPUT', 'input.objectIds'],
    [{ type: 'COUNT', objectIds: [NOWHERE] }, 'NOT_FOUND', 'input.objectIds.0'],
    [{ type: 'COUNT', objectIds: Array.from({ length: 501 }, () => NOWHERE) }, 'BAD_USER_INPUT', 'input.objectIds'],
    [{ type: 'COUNT', filter: {}, result: 1 }, 'BAD_USER_INPUT', 'input.result'],
    [{ type: 'CUSTOM', filter: {} }, 'BAD_USER_INPUT', 'input.result'],
    [{ type: 'CUSTOM', filter: {}, result: 'x\0' }, 'BAD_USER_INPUT', 'input.result'],
    [{ type: 'COUNT', filter: { metadata: [{ path: ['a'], equals: 'x\0' }] } }, 'BAD_USER_INPUT', 'input.filter.metadata.0.equals'],
    [{ type: 'METADATA_STATISTICS', filter: {}, parameters: { path: 'a..b' } }, 'BAD_USER_INPUT', 'input.parameters.path'],
    [{ type: 'CENTROID', filter: {} }, 'NOT_CONFIGURED', 'input.type'],
  ])('%j', async (input, code, path) => {
    const bench = benchOver(test);
    await expect(bench.aggregations.create(bench.viewer('editor'), input as CreateAggregation)).rejects.toEqual(failure(code, path));
    expect((await bench.aggregations.page(bench.viewer('reader'), {})).items).toEqual([]);
  });

  it('needs an editor, and another tenant’s objects are not there', async () => {
    const bench = benchOver(test);
    const other = benchOver(test);
    const [mine] = await bench.have({});
    const [theirs] = await other.have({});
    await expect(bench.aggregations.create(bench.viewer('annotator'), { type: 'COUNT', ...ALL })).rejects.toEqual(failure('FORBIDDEN'));
    await expect(bench.aggregations.create(bench.viewer('editor'), { type: 'COUNT', objectIds: [mine!.id, theirs!.id] })).rejects.toEqual(failure('NOT_FOUND', 'input.objectIds.1'));
  });
});

describe('AggregationService: the rest', () => {
  it('answers a key again as the first time', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    await bench.have({});
    const input: CreateAggregation = { type: 'COUNT', filter: { createdAt: { gte: new Date(0) } }, idempotencyKey: 'k' };
    const race = await Promise.all([1, 2, 3].map(() => bench.aggregations.create(editor, input)));
    expect(new Set(race.map((made) => made.id)).size).toBe(1);
    await bench.have({});
    expect(await bench.aggregations.create(editor, input)).toEqual(race[0]);
    await expect(bench.aggregations.create(editor, { ...input, filter: { createdAt: { gte: new Date(1) } } })).rejects.toEqual(failure('CONFLICT', 'input.idempotencyKey'));
  });

  it('pages by type, by object and by source in one statement each, and counts', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    const [first, second, third] = await bench.have({}, {}, {});
    const both = await bench.aggregations.create(editor, { type: 'COUNT', objectIds: [first!.id, second!.id] });
    const one = await bench.aggregations.create(editor, { type: 'TIMELINE', objectIds: [second!.id] });
    await bench.objects.delete(editor, first!.id);
    expect(idsOf(await bench.aggregations.page(editor, {}))).toEqual([one.id, both.id]);
    const counts = await bench.aggregations.page(editor, { type: 'COUNT' });
    expect([idsOf(counts), await counts.totalCount()]).toEqual([[both.id], 1]);

    let ofObjects: Settled<Page<Aggregation>>[] = [];
    expect(await bench.statementsOf(async () => { ofObjects = await bench.aggregations.pagesForObjects(editor, [third!.id, second!.id, first!.id], {}); })).toBe(1);
    expect(ofObjects.map((page) => idsOf(pageOf(page)))).toEqual([[], [one.id, both.id], [both.id]]);
    expect(await Promise.all(ofObjects.map((page) => pageOf(page).totalCount()))).toEqual([0, 2, 1]);

    let sources: Settled<Page<DataObject>>[] = [];
    expect(await bench.statementsOf(async () => { sources = await bench.aggregations.sourcePages(editor, [one.id, both.id], { first: 1 }); })).toBe(1);
    expect(sources.map((page) => idsOf(pageOf(page)))).toEqual([[second!.id], [second!.id]]);
    const rest = await bench.aggregations.sourcePages(editor, [one.id, both.id], { first: 5, after: pageOf(sources[1]).items[0]!.cursor });
    expect(rest[0]).toEqual(failure('BAD_USER_INPUT', 'after'));
    expect(pageOf(rest[1]).items.map((item) => [item.node.id, item.node.isDeleted])).toEqual([[first!.id, true]]);
    await bench.objects.purge(bench.viewer('admin'), first!.id);
    const [left] = await bench.aggregations.sourcePages(editor, [both.id], {});
    expect([idsOf(pageOf(left)), await pageOf(left).totalCount()]).toEqual([[second!.id], 1]);
    expect((await bench.aggregations.byIds(editor, [both.id]))[0]!.sourceCount).toBe(2);
  });

  it('deletes', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    const { id } = await bench.aggregations.create(editor, { type: 'COUNT', ...ALL });
    await expect(bench.aggregations.delete(bench.viewer('reader'), id)).rejects.toEqual(failure('FORBIDDEN'));
    await bench.aggregations.delete(editor, id);
    expect(await bench.aggregations.byIds(editor, [id])).toEqual([null]);
    await expect(bench.aggregations.delete(editor, id)).rejects.toEqual(failure('NOT_FOUND', 'id'));
  });
});
