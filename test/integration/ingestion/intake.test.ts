import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { dependencyUnavailable, isStrataError } from '../../../src/domain/errors.js';
import type { Json, Viewer } from '../../../src/domain/model.js';
import type { Ingested, IngestText } from '../../../src/domain/operations.js';
import { portionsOf } from '../../../src/services/shared/portions.js';
import { withApp } from '../../support/app.js';
import { violations } from '../../support/invariants.js';
import { statementsOf } from '../../support/statements.js';
import { withWorkers } from '../../support/workers.js';

const MAX_TEXT = 4_096;
const test = withApp({ limits: { maxText: MAX_TEXT } });
// Nothing else is to send statements meanwhile.
withWorkers(test);

const ingest = (viewer: Viewer, inputs: readonly IngestText[]) => test.app.services.ingestions.ingestTexts(viewer, inputs);
const shape = (answers: Awaited<ReturnType<typeof ingest>>) => answers.map((answer) => (isStrataError(answer) ? `${answer.code} ${answer.path.join('.')}` : answer.deduplicated ? 'known' : 'new'));
const made = (answers: Awaited<ReturnType<typeof ingest>>) => answers as Ingested[];

describe('texts that come in together', () => {
  it('stand each alone', async () => {
    const viewer = test.viewer();
    await ingest(viewer, [{ text: 'Known already.', idempotencyKey: 'used' }]);
    const inputs: IngestText[] = [
      { text: 'Good.' },
      { text: '   \n ' },
      { text: 'x'.repeat(MAX_TEXT + 1) },
      { text: 'Metadata that is a list.', metadata: ['a'] as Json },
      { text: 'Metadata that is a word.', metadata: 'word' },
      { text: 'Metadata with half a character.', metadata: { half: '\ud800' } },
      { text: 'Metadata with U+0000.', metadata: { nothing: '\0' } },
      { text: 'A name without a name.', filename: 'folder/' },
      { text: 'Known already.' },
      { text: 'Good.' },
      { text: 'With a used key.', idempotencyKey: 'used' },
      { text: 'Known already.', idempotencyKey: 'used' },
      { text: 'One key, two texts: the first.', idempotencyKey: 'twice' },
      { text: 'One key, two texts: the second.', idempotencyKey: 'twice' },
      { text: 'One key, two texts: the first.', idempotencyKey: 'twice' },
      { text: 'ü'.repeat(MAX_TEXT / 2) },
    ];
    const answers = await ingest(viewer, inputs);
    expect(shape(answers)).toEqual([
      'new', 'BAD_USER_INPUT text', 'PAYLOAD_TOO_LARGE text', 'BAD_USER_INPUT metadata', 'BAD_USER_INPUT metadata', 'BAD_USER_INPUT metadata.half',
      'BAD_USER_INPUT metadata.nothing', 'BAD_USER_INPUT filename', 'known', 'known', 'CONFLICT idempotencyKey', 'new', 'new', 'CONFLICT idempotencyKey', 'new', 'new',
    ]);
    expect(made(answers)[9]!.object.id).toBe(made(answers)[0]!.object.id);
    expect(made(answers)[14]!.object.id).toBe(made(answers)[12]!.object.id);
    expect(await violations(test.app)).toEqual([]);
  });

  it('answer one by one where the store is out of reach, and leave nothing', async () => {
    const viewer = test.viewer();
    await ingest(viewer, [{ text: 'Here before.' }]);
    const { putMany } = test.app.objectStore;
    test.app.objectStore.putMany = () => Promise.reject(dependencyUnavailable('objects', new Error('no disk')));
    try {
      expect(shape(await ingest(viewer, [{ text: 'Here before.' }, { text: 'Not now.' }, { text: '' }]))).toEqual(['known', 'DEPENDENCY_UNAVAILABLE ', 'BAD_USER_INPUT text']);
    } finally {
      test.app.objectStore.putMany = putMany;
    }
    expect(await violations(test.app)).toEqual([]);
    expect(shape(await ingest(viewer, [{ text: 'Not now.' }]))).toEqual(['new']);
  });

  it('keep the first metadata and filename of a known content', async () => {
    const viewer = test.viewer();
    const [first] = made(await ingest(viewer, [{ text: 'Once and again.', filename: 'first.md', metadata: { n: 1 } }]));
    const [second] = made(await ingest(viewer, [{ text: 'Once and again.', filename: 'second.txt', metadata: { n: 2 } }]));
    expect(first!.object).toMatchObject({ type: 'DOCUMENT', mimeType: 'text/markdown' });
    expect(second).toMatchObject({ deduplicated: true, object: { id: first!.object.id, filename: 'first.md', metadata: { n: 1 }, type: 'DOCUMENT' } });
  });

  it('are another tenant\'s business only', async () => {
    const [mine] = made(await ingest(test.viewer(), [{ text: 'The same words.', idempotencyKey: 'the same key' }]));
    const [theirs] = made(await ingest(test.viewer(), [{ text: 'The same words.', idempotencyKey: 'the same key' }]));
    expect(theirs).toMatchObject({ deduplicated: false });
    expect(theirs!.object.id).not.toBe(mine!.object.id);
  });

  it.each(['temp', '..', 'a/b', 'ünï', 'a_b', '.tmp'])('find their place for the tenant %j too', async (name) => {
    const viewer = test.viewer({ tenant: name });
    const [answer] = made(await ingest(viewer, [{ text: `Of the tenant ${name}.` }]));
    await test.app.maintenance.housekeeping();
    expect(await test.app.objectStore.head(answer!.object.storageKey)).not.toBeNull();
    expect(answer!.object.storageKey.split('/')).toHaveLength(4);
  });

  it('are refused to readers and annotators', async () => {
    for (const role of ['reader', 'annotator'] as const) {
      await expect(ingest(test.viewer({ role }), [{ text: 'No.' }])).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await expect(test.app.services.uploads.create(test.viewer({ role }), { filename: 'a', fileSize: 1 })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
  });
});

describe('an idempotency key', () => {
  it('answers the same as the first time, whatever became of the content', async () => {
    const viewer = test.viewer();
    const input = { text: 'Said once.', metadata: { a: 1, b: 2 }, idempotencyKey: 'said' };
    const [first] = made(await ingest(viewer, [input]));
    const [again] = made(await ingest(viewer, [{ ...input, metadata: { b: 2, a: 1 } }]));
    expect(again).toMatchObject({ deduplicated: false, object: { id: first!.object.id }, ingestion: { id: first!.ingestion.id } });
    expect(shape(await ingest(viewer, [{ ...input, text: 'Said otherwise.' }]))).toEqual(['CONFLICT idempotencyKey']);
    await test.app.services.objects.delete(viewer, first!.object.id);
    expect(made(await ingest(viewer, [input]))[0]!.object.id).toBe(first!.object.id);
    await test.app.services.objects.purge(viewer, first!.object.id);
    expect(shape(await ingest(viewer, [input]))).toEqual(['CONFLICT idempotencyKey']);
  });

  it('that many use at once has one effect and one answer', async () => {
    const viewer = test.viewer();
    const input = { text: 'Ten at once with one key.', idempotencyKey: 'ten' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => ingest(viewer, [input, { text: 'And something beside it.' }])));
    expect(new Set(answers.map((each) => made(each)[0]!.object.id)).size).toBe(1);
    // All answer as the first time: none of them found it known.
    expect(new Set(answers.map((each) => made(each)[0]!.ingestion.id)).size).toBe(1);
    const different = await Promise.all(Array.from({ length: 6 }, (_, index) => ingest(viewer, [{ text: `One key, six texts: ${index}.`, idempotencyKey: 'six' }])));
    expect(different.map((each) => shape(each)[0]).toSorted()).toEqual([...Array<string>(5).fill('CONFLICT idempotencyKey'), 'new']);
    expect(await violations(test.app)).toEqual([]);
  });

  it('holds for uploads too', async () => {
    const viewer = test.viewer();
    const { uploads } = test.app.services;
    const input = { filename: 'a.txt', fileSize: 5, idempotencyKey: 'upload' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => uploads.create(viewer, input)));
    expect(new Set(answers.map((answer) => answer.upload!.id)).size).toBe(1);
    await expect(uploads.create(viewer, { ...input, fileSize: 6 })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await uploads.create(viewer, { ...input, idempotencyKey: undefined })).upload!.id).not.toBe(answers[0]!.upload!.id);
    // The key is the tenant's, whatever it is used for.
    expect(shape(await ingest(viewer, [{ text: 'With an upload\'s key.', idempotencyKey: 'upload' }]))).toEqual(['CONFLICT idempotencyKey']);
  });

  it('is free again after a day', async () => {
    const viewer = test.viewer();
    await ingest(viewer, [{ text: 'Yesterday.', idempotencyKey: 'daily' }]);
    await test.app.engine.sql.query(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE tenant_id = $1`, [viewer.tenantId]);
    expect(shape(await ingest(viewer, [{ text: 'Today.', idempotencyKey: 'daily' }]))).toEqual(['new']);
  });
});

// Last, since the others look at everything that is there.
describe('many texts', () => {
  it('cost as many statements as one: those known and repeated, and a portion of new ones', async () => {
    const viewer = test.viewer();
    const many = (count: number, name: string) => Array.from({ length: count }, (_, index) => ({ text: `Text ${index} of ${name}.`, idempotencyKey: `${name}-${index}` }));
    const counts: Record<string, number[]> = { fresh: [], recalled: [], known: [] };
    // Once before, so that nothing is done for the first time.
    await ingest(viewer, many(1, 'warm'));
    // As while someone reads: portions are small then, where there is one session.
    const endReading = test.app.engine.beginReading();
    onTestFinished(endReading);
    await vi.waitFor(() => expect(test.app.engine.readersWaiting()).not.toBe('searchers'), { timeout: 10_000, interval: 50 });
    const { admitted: portion } = portionsOf(test.app.deps.database);
    for (const count of [1, portion, 4 * portion]) {
      const inputs = many(count, `batch-of-${count}`);
      counts.fresh!.push((await statementsOf(test.app.engine, () => ingest(viewer, inputs))).length);
      counts.recalled!.push((await statementsOf(test.app.engine, () => ingest(viewer, inputs))).length);
      counts.known!.push((await statementsOf(test.app.engine, () => ingest(viewer, inputs.map(({ text }) => ({ text }))))).length);
    }
    const [one, some, many_] = counts.fresh as [number, number, number];
    expect(some).toBe(one);
    // What is looked up before them is looked up once.
    expect(many_).toBeLessThan(4 * one);
    for (const what of ['recalled', 'known']) expect(new Set(counts[what]).size, what).toBe(1);
    expect(counts.fresh![0]).toBeGreaterThan(5);
    expect(counts.fresh![0]).toBeLessThan(25);
  });
});
