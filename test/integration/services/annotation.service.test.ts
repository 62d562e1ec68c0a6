import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { isStrataError } from '../../../src/domain/errors.js';
import type { Annotation } from '../../../src/domain/model.js';
import type { CreateAnnotation } from '../../../src/domain/operations.js';
import type { Page } from '../../../src/domain/paging.js';
import type { Settled } from '../../../src/graphql/services.js';
import { withDatabase } from '../../support/database.js';
import { benchOver, failure, type Bench } from './crud-services.js';

const test = withDatabase();
const NOWHERE = '0190a000-0000-7000-8000-000000000000';

const caption = (objectId: string, text: string, more: Partial<CreateAnnotation> = {}): CreateAnnotation => ({ objectId, type: 'CAPTION', content: { text }, ...more });
const made = (answers: readonly Settled<Annotation>[]) => answers.map((answer) => {
  if (isStrataError(answer)) throw answer;
  return answer;
});
const codes = (answers: readonly Settled<Annotation>[]) => answers.map((answer) => (isStrataError(answer) ? `${answer.code} ${answer.path.join('.')}` : 'made'));

/** A system annotator's word, as the worker writes it. */
async function say(bench: Bench, objectId: string): Promise<Annotation> {
  const id = uuidv7();
  await bench.database.annotations.upsertSystem([
    { id, tenantId: bench.tenantId, objectId, annotatorId: 'system:summary@1', type: 'SUMMARY', content: { text: 'said' }, confidence: null },
  ]);
  return (await bench.database.annotations.findByIds(bench.tenantId, [id]))[0]!;
}

describe('AnnotationService: create', () => {
  it('answers item by item; a bad one spoils no other', async () => {
    const bench = benchOver(test);
    const annotator = bench.viewer('annotator', 'ann');
    const [object, binned] = await bench.have({}, {});
    await bench.objects.delete(bench.viewer('editor'), binned!.id);
    const { id } = object!;
    const answers = await bench.annotations.create(annotator, [
      caption(id, 'a heron', { confidence: 1 }),
      caption(id, ''),
      caption(id, 'x', { confidence: 1.01 }),
      caption(NOWHERE, 'x'),
      caption(binned!.id, 'x'),
      caption(id, 'x', { annotatorId: 'bob' }),
      caption(id, 'x', { annotatorId: 'system:me' }),
      { objectId: id, type: 'CLASSIFICATION', content: { labels: [{ label: 'bird', score: 2 }] } },
      caption(id, 'a curlew', { annotatorId: 'ann' }),
    ]);
    expect(codes(answers)).toEqual([
      'made', 'BAD_USER_INPUT content.text', 'BAD_USER_INPUT confidence', 'NOT_FOUND objectId', 'CONFLICT objectId', 'FORBIDDEN annotatorId',
      'BAD_USER_INPUT annotatorId', 'BAD_USER_INPUT content.labels.0.score', 'made',
    ]);
    expect(answers[0]).toMatchObject({ annotatorId: 'ann', content: { text: 'a heron' }, confidence: 1, version: 1, isDeleted: false });
    const { items } = await bench.annotations.page(annotator, {});
    expect(items.map((item) => item.node)).toEqual([answers[8], answers[0]]);
    expect(await bench.wordsFind('herons')).toEqual([id]);
  });

  it('lets an admin write in another’s name', async () => {
    const bench = benchOver(test);
    const [object] = await bench.have({});
    const [annotation] = made(await bench.annotations.create(bench.viewer('admin'), [caption(object!.id, 'x', { annotatorId: 'bob' })]));
    expect(annotation!.annotatorId).toBe('bob');
  });

  it('takes as many statements for a thousand as for one', async () => {
    const bench = benchOver(test);
    const annotator = bench.viewer('annotator');
    const objects = await bench.have(...Array.from({ length: 200 }, () => ({})));
    const one = await bench.statementsOf(async () => made(await bench.annotations.create(annotator, [caption(objects[0]!.id, 'x', { idempotencyKey: 'k' })])));
    const inputs = Array.from({ length: 1_000 }, (_, i) => caption(objects[i % 200]!.id, `caption ${i}`, { idempotencyKey: `k${i}` }));
    let answers: Annotation[] = [];
    const thousand = await bench.statementsOf(async () => { answers = made(await bench.annotations.create(annotator, inputs)); });
    expect(answers.map((answer) => answer.content.text)).toEqual(inputs.map((_, i) => `caption ${i}`));
    expect(thousand).toBeLessThanOrEqual(one + 4); // what the first had no passages to take away
    const again = await bench.statementsOf(async () => expect(made(await bench.annotations.create(annotator, inputs))).toEqual(answers));
    expect(again).toBe(2);
    await expect(bench.annotations.create(annotator, [...inputs, inputs[0]!])).rejects.toEqual(failure('BAD_USER_INPUT', 'input'));
  });

  it('tells of each object once, without a new version of it', async () => {
    const bench = benchOver(test);
    const [first, second] = await bench.have({}, {});
    const events = await bench.changesOf(() =>
      bench.annotations.create(bench.viewer('annotator'), [caption(first!.id, 'a'), caption(second!.id, 'b'), caption(first!.id, 'c')]));
    expect(events.map((event) => [event.kind, event.objectId, event.version]).sort()).toEqual([['UPDATED', first!.id, 1], ['UPDATED', second!.id, 1]].sort());
    expect((await bench.objects.byIds(bench.viewer('reader'), [first!.id]))[0]).toEqual(first);
  });

  it('answers a key again as the first time, within a call and later; other input is a conflict for that item alone', async () => {
    const bench = benchOver(test);
    const annotator = bench.viewer('annotator');
    const [object] = await bench.have({});
    const { id } = object!;
    const answers = await bench.annotations.create(annotator, [
      caption(id, 'a', { idempotencyKey: 'k' }), caption(id, 'a', { idempotencyKey: 'k' }), caption(id, 'b', { idempotencyKey: 'k' }), caption(id, 'c'),
    ]);
    expect(codes(answers)).toEqual(['made', 'made', 'CONFLICT idempotencyKey', 'made']);
    expect(answers[1]).toEqual(answers[0]);
    await bench.objects.delete(bench.viewer('editor'), id);
    const again = await bench.annotations.create(annotator, [caption(id, 'a', { idempotencyKey: 'k' }), caption(id, 'd', { idempotencyKey: 'k' })]);
    expect(again[0]).toEqual(answers[0]);
    expect(codes(again)).toEqual(['made', 'CONFLICT idempotencyKey']);
    expect(codes(await bench.annotations.create(annotator, [caption(id, 'd', { idempotencyKey: 'k' })]))).toEqual(['CONFLICT idempotencyKey']);
    // Whatever comes first in a call, the key is the one's that made something with it.
    const behind = await bench.annotations.create(annotator, [caption(id, 'd', { idempotencyKey: 'k' }), caption(id, 'a', { idempotencyKey: 'k' })]);
    expect(codes(behind)).toEqual(['CONFLICT idempotencyKey', 'made']);
    expect(await (await bench.annotations.page(annotator, {})).totalCount()).toBe(2);
  });

  it('makes one annotation of requests with one key that race', async () => {
    const bench = benchOver(test);
    const [object] = await bench.have({});
    const race = await Promise.all(
      Array.from({ length: 6 }, (_, i) => bench.annotations.create(bench.viewer('annotator'), [caption(object!.id, 'a', { idempotencyKey: 'k' }), caption(object!.id, `own ${i}`)])),
    );
    expect(new Set(race.map((answers) => made(answers)[0]!.id)).size).toBe(1);
    expect(await (await bench.annotations.page(bench.viewer('reader'), {})).totalCount()).toBe(7);
  });

  it('needs an annotator', async () => {
    const bench = benchOver(test);
    await expect(bench.annotations.create(bench.viewer('reader'), [])).rejects.toEqual(failure('FORBIDDEN'));
  });
});

describe('AnnotationService: change', () => {
  it('updates, counts versions, and searches by the new words', async () => {
    const bench = benchOver(test);
    const annotator = bench.viewer('annotator');
    const [object] = await bench.have({});
    const [{ id }] = made(await bench.annotations.create(annotator, [caption(object!.id, 'heron', { confidence: 0.5 })])) as [Annotation];
    const updated = await bench.annotations.update(annotator, { id, expectedVersion: 1, content: { text: 'curlew' }, confidence: null });
    expect(updated).toMatchObject({ version: 2, content: { text: 'curlew' }, confidence: null });
    expect([await bench.wordsFind('heron'), await bench.wordsFind('curlew')]).toEqual([[], [object!.id]]);
    expect(await bench.annotations.update(annotator, { id, content: { text: 'curlew' } })).toEqual(updated);
    await expect(bench.annotations.update(annotator, { id, expectedVersion: 1, confidence: 1 })).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/2.*1/) });
    await expect(bench.annotations.update(annotator, { id, content: { text: 3 } })).rejects.toEqual(failure('BAD_USER_INPUT', 'input.content.text'));
    await expect(bench.annotations.update(annotator, { id, confidence: -1 })).rejects.toEqual(failure('BAD_USER_INPUT', 'input.confidence'));
    await expect(bench.annotations.update(annotator, { id: NOWHERE })).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('ann_') });
  });

  it('goes to the bin and back, twice alike', async () => {
    const bench = benchOver(test);
    const annotator = bench.viewer('annotator');
    const [object] = await bench.have({});
    const [{ id }] = made(await bench.annotations.create(annotator, [caption(object!.id, 'heron')])) as [Annotation];
    const deleted = await bench.annotations.delete(annotator, id);
    expect(deleted).toMatchObject({ isDeleted: true, version: 1 });
    expect(await bench.annotations.delete(annotator, id)).toEqual(deleted);
    expect(await bench.wordsFind('heron')).toEqual([]);
    expect((await bench.annotations.page(annotator, {})).items).toEqual([]);
    expect(await bench.annotations.byIds(annotator, [NOWHERE, id])).toEqual([null, deleted]);
    await expect(bench.annotations.update(annotator, { id, confidence: 1 })).rejects.toEqual(failure('CONFLICT'));
    const back = await bench.annotations.undelete(annotator, id);
    expect(await bench.annotations.undelete(annotator, id)).toEqual(back);
    expect(await bench.wordsFind('heron')).toEqual([object!.id]);
  });

  it('is the annotator’s or an admin’s; what the system says is deleted by editors and changed by nobody', async () => {
    const bench = benchOver(test);
    const [object] = await bench.have({});
    const [{ id }] = made(await bench.annotations.create(bench.viewer('annotator', 'ann'), [caption(object!.id, 'x')])) as [Annotation];
    await expect(bench.annotations.update(bench.viewer('editor', 'ed'), { id, confidence: 1 })).rejects.toEqual(failure('FORBIDDEN', 'input.id'));
    await expect(bench.annotations.delete(bench.viewer('editor', 'ed'), id)).rejects.toEqual(failure('FORBIDDEN', 'id'));
    expect((await bench.annotations.update(bench.viewer('admin'), { id, confidence: 1 })).confidence).toBe(1);

    const said = await say(bench, object!.id);
    await expect(bench.annotations.update(bench.viewer('admin'), { id: said.id, confidence: 1 })).rejects.toEqual(failure('FORBIDDEN', 'input.id'));
    await expect(bench.annotations.delete(bench.viewer('annotator'), said.id)).rejects.toEqual(failure('FORBIDDEN'));
    await bench.annotations.delete(bench.viewer('editor'), said.id);
    const anew = await say(bench, object!.id);
    await expect(bench.annotations.undelete(bench.viewer('editor'), said.id)).rejects.toEqual(failure('CONFLICT', 'id'));
    await bench.annotations.delete(bench.viewer('editor'), anew.id);
    expect((await bench.annotations.undelete(bench.viewer('editor'), said.id)).isDeleted).toBe(false);
  });

  it('waits while the object is in the bin', async () => {
    const bench = benchOver(test);
    const annotator = bench.viewer('annotator');
    const [object] = await bench.have({});
    const [{ id }] = made(await bench.annotations.create(annotator, [caption(object!.id, 'x')])) as [Annotation];
    await bench.objects.delete(bench.viewer('editor'), object!.id);
    await expect(bench.annotations.update(annotator, { id, confidence: 1 })).rejects.toEqual(failure('CONFLICT'));
    await bench.annotations.delete(annotator, id);
    await expect(bench.annotations.undelete(annotator, id)).rejects.toEqual(failure('CONFLICT'));
  });
});

describe('AnnotationService: pages', () => {
  const pageOf = (settled: Settled<Page<Annotation>> | undefined) => {
    if (settled === undefined || isStrataError(settled)) throw settled;
    return settled;
  };

  it('reads a page of each object’s in one statement, and their counts in as few', async () => {
    const bench = benchOver(test);
    const annotator = bench.viewer('annotator');
    const objects = await bench.have(...Array.from({ length: 20 }, () => ({})));
    await bench.annotations.create(annotator, objects.slice(1).flatMap((object, i) => Array.from({ length: i % 4 }, (_, n) => caption(object.id, `${i}.${n}`))));
    const ids = objects.map((object) => object.id);
    let pages: Settled<Page<Annotation>>[] = [];
    expect(await bench.statementsOf(async () => { pages = await bench.annotations.pagesForObjects(annotator, ids, { first: 2 }); })).toBe(1);
    expect(pages.map((page) => pageOf(page).items.map((item) => item.node.content.text))).toEqual(
      objects.map((_, i) => (i === 0 ? [] : Array.from({ length: (i - 1) % 4 }, (_n, n) => `${i - 1}.${n}`).reverse().slice(0, 2))),
    );
    let counts: (number | null)[] = [];
    const statements = await bench.statementsOf(async () => { counts = await Promise.all(pages.map((page) => pageOf(page).totalCount())); });
    expect(counts).toEqual(objects.map((_, i) => (i === 0 ? 0 : (i - 1) % 4)));
    expect(statements).toBeLessThanOrEqual(4); // one, with its time limit, in a transaction
  });

  it('fails for the other objects alone where a cursor is of one object’s list', async () => {
    const bench = benchOver(test);
    const annotator = bench.viewer('annotator');
    const [first, second] = await bench.have({}, {});
    await bench.annotations.create(annotator, ['a', 'b', 'c'].map((text) => caption(first!.id, text)));
    const args = { first: 1, filter: { types: ['CAPTION' as const] } };
    const [page] = await bench.annotations.pagesForObjects(annotator, [first!.id], args);
    const after = pageOf(page).items[0]!.cursor;
    const pages = await bench.annotations.pagesForObjects(annotator, [second!.id, first!.id], { ...args, after });
    expect(pages[0]).toEqual(failure('BAD_USER_INPUT', 'after'));
    expect(pageOf(pages[1]).items.map((item) => item.node.content.text)).toEqual(['b']);
    await expect(bench.annotations.pagesForObjects(annotator, [first!.id], { first: -1 })).rejects.toEqual(failure('BAD_USER_INPUT', 'first'));
  });

  it('filters', async () => {
    const bench = benchOver(test);
    const annotator = bench.viewer('annotator');
    const [object, other] = await bench.have({}, {});
    await bench.annotations.create(annotator, [
      { objectId: object!.id, type: 'CLASSIFICATION', content: { labels: [{ label: 'bird' }] }, confidence: 0.9 },
      { objectId: other!.id, type: 'CLASSIFICATION', content: { labels: [{ label: 'bird' }] }, confidence: 0.1 },
      caption(object!.id, 'bird'),
    ]);
    const found = async (filter: Parameters<Bench['annotations']['page']>[1]['filter']) => (await bench.annotations.page(annotator, { filter })).items.length;
    expect([await found({ label: 'bird' }), await found({ minConfidence: 0.5 }), await found({ objectIds: [object!.id] }), await found({ types: [] })]).toEqual([2, 1, 2, 0]);
    await expect(bench.annotations.page(annotator, { filter: { objectIds: Array.from({ length: 501 }, () => NOWHERE) } })).rejects.toEqual(
      failure('BAD_USER_INPUT', 'filter.objectIds'),
    );
  });
});
