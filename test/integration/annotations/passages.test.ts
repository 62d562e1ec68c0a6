import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';

import { isStrataError } from '../../../src/domain/errors.js';
import type { Annotation, AnnotationType, Json, Viewer } from '../../../src/domain/model.js';
import type { SearchHit } from '../../../src/domain/operations.js';
import { AnnotationPassagesWorker } from '../../../src/services/annotation-passages/annotation-passages.worker.js';
import { withApp } from '../../support/app.js';
import { makeWav } from '../../support/hostile-files.js';
import { captionsIndexed, violations } from '../../support/invariants.js';

const test = withApp();
const services = () => test.app.services;

afterEach(async () => {
  await allIndexed();
  expect(await violations(test.app)).toEqual([]);
});

const allIndexed = () => captionsIndexed(test.app);

async function annotate(viewer: Viewer, objectId: string, type: AnnotationType, content: Json): Promise<Annotation> {
  const [answer] = await services().annotations.create(viewer, [{ objectId, type, content }]);
  if (isStrataError(answer)) throw answer;
  return answer!;
}

/** A sound of a few tones; each of its own. */
let pitch = 200;
async function sound(viewer: Viewer): Promise<string> {
  pitch += 17;
  const { object, ingestion } = await test.upload(viewer, makeWav([Float32Array.from({ length: 3_200 }, (_, i) => Math.sin((2 * Math.PI * pitch * i) / 16_000) / 2)], 16_000), { filename: 'sound.wav' });
  await test.ended(viewer, ingestion!.id);
  return object.id;
}

async function find(viewer: Viewer, query: string, mode: 'VECTOR' | 'KEYWORD' | 'HYBRID'): Promise<SearchHit[]> {
  return (await services().search.search(viewer, { query, mode, fusion: 'RELATIVE_SCORE' }, { first: 5, matches: true })).hits;
}
const SEGMENTS = [
  { start: 0, end: 4, text: 'Good evening and welcome to the harbour.' },
  { start: 4, end: 9, text: 'Tonight the lighthouse keeper tells us about storms.' },
  { start: 75.5, end: 80, text: 'The bread was baked in a wood oven.' },
];

describe('captions and transcripts', () => {
  it('are found by words at once, and then by words and by meaning with the time at which it is said', async () => {
    const viewer = test.viewer();
    const id = await sound(viewer);
    await annotate(viewer, id, 'TRANSCRIPTION', { segments: SEGMENTS });
    expect((await find(viewer, 'lighthouse', 'KEYWORD')).map(({ object }) => object.id)).toEqual([id]);
    await allIndexed();
    const [spoken] = await find(viewer, 'oven', 'KEYWORD');
    expect(spoken!.matches[0]).toMatchObject({ text: SEGMENTS[2]!.text, startSeconds: 75.5, start: null, end: null });
    const [meant] = await find(viewer, 'loaves from a bakery', 'VECTOR');
    expect(meant!.object.id).toBe(id);
    expect(meant!.matches[0]).toMatchObject({ startSeconds: 75.5 });
    expect((await find(viewer, 'lighthouse', 'KEYWORD'))[0]!.matches[0]).toMatchObject({ startSeconds: 0 });
  });

  it('follow the annotation: what it said is not found any more once it says something else, or lies in the bin', async () => {
    const viewer = test.viewer();
    const id = await sound(viewer);
    const caption = await annotate(viewer, id, 'CAPTION', { text: 'A heron beside the weir.' });
    await allIndexed();
    expect(await find(viewer, 'heron', 'KEYWORD')).toHaveLength(1);
    await services().annotations.update(viewer, { id: caption.id, content: { text: 'An owl in the barn.' } });
    expect(await find(viewer, 'heron', 'KEYWORD')).toHaveLength(0);
    expect(await find(viewer, 'owl', 'KEYWORD')).toHaveLength(1);
    await allIndexed();
    expect((await find(viewer, 'a bird of the night', 'VECTOR'))[0]!.matches[0]!.text).toBe('An owl in the barn.');
    await services().annotations.delete(viewer, caption.id);
    expect(await find(viewer, 'owl', 'HYBRID')).toHaveLength(0);
    await services().annotations.undelete(viewer, caption.id);
    await allIndexed();
    expect(await find(viewer, 'owl', 'HYBRID')).toHaveLength(1);
  });

  it('stay when the content is replaced, and go with the object', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'Barley grows here.');
    await test.ended(viewer, ingestion!.id);
    await annotate(viewer, object.id, 'CAPTION', { text: 'A field in summer.' });
    await allIndexed();
    const replaced = await test.upload(viewer, Buffer.from('Oats grow there.'), { filename: 'oats.txt', replaces: object.id } as never);
    await test.ended(viewer, replaced.ingestion!.id);
    expect((await find(viewer, 'summer', 'KEYWORD'))[0]!.matches[0]!.text).toBe('A field in summer.');
    expect((await find(viewer, 'warm season', 'VECTOR')).flatMap(({ matches }) => matches.map(({ text }) => text))).toContain('A field in summer.');
    await services().objects.purge(viewer, object.id);
    expect(await find(viewer, 'summer', 'HYBRID')).toEqual([]);
    expect(await test.app.engine.sql.query('SELECT id FROM passages WHERE tenant_id = $1', [viewer.tenantId])).toEqual([]);
  });

  it('are right whoever changes them while several workers are at it', async () => {
    const viewer = test.viewer();
    const ids = [await sound(viewer), await sound(viewer)];
    const others = [new AnnotationPassagesWorker(test.app.deps), new AnnotationPassagesWorker(test.app.deps)];
    const never = new AbortController().signal;
    const changes = async (objectId: string, writer: number) => {
      for (let round = 0; round < 5; round += 1) {
        const made = await annotate(viewer, objectId, round % 2 === 0 ? 'CAPTION' : 'TRANSCRIPTION', round % 2 === 0 ? { text: `Caption ${writer} of round ${round}.` } : { segments: SEGMENTS });
        if (round % 2 === 0) await services().annotations.update(viewer, { id: made.id, content: { text: `The second caption ${writer} of round ${round}.` } });
        if (round % 3 !== 0) await services().annotations.delete(viewer, made.id);
        if (round === 4) await services().annotations.undelete(viewer, made.id);
      }
    };
    const work = async (worker: AnnotationPassagesWorker) => {
      for (let round = 0; round < 12; round += 1) await worker.run(viewer.tenantId, ids, never);
    };
    await Promise.all([...ids.flatMap((id) => [changes(id, 1), changes(id, 2)]), ...others.map(work)]);
    await allIndexed();
    const passages = await test.app.engine.sql.query<{ text: string }>(`SELECT text FROM passages WHERE tenant_id = $1 AND kind = 'caption' ORDER BY text`, [viewer.tenantId]);
    // Rounds 0 and 4 are left of each writer, on both objects.
    expect(passages.map(({ text }) => text)).toEqual([1, 2].flatMap((writer) => [0, 4].flatMap((round) => Array<string>(2).fill(`The second caption ${writer} of round ${round}.`))));
  });

  it('are of the object that the annotation belongs to, though it moved there while they were made', async () => {
    const viewer = test.viewer();
    const [keep, other] = [await sound(viewer), await sound(viewer)];
    const { embedder } = test.app.deps;
    const split = embedder.splitPassages.bind(embedder);
    const making = vi.spyOn(embedder, 'splitPassages').mockImplementationOnce(async (...asked) => {
      await services().duplicates.merge(viewer, { keep, merge: [other] });
      return split(...asked);
    });
    onTestFinished(() => making.mockRestore());
    // Both at once, so that one worker has both objects in hand.
    await services().annotations.create(viewer, [keep, other].map((objectId, i) => ({ objectId, type: 'TRANSCRIPTION', content: { segments: [{ start: 0, end: 1, text: `The keeper of harbour ${i}.` }] } })));
    await allIndexed();
    expect(making).toHaveBeenCalled();
    const rows = await test.app.engine.sql.query('SELECT DISTINCT object_id FROM passages WHERE annotation_id IS NOT NULL AND object_id = ANY($1::uuid[])', [[keep, other]]);
    expect(rows).toEqual([{ object_id: keep }]);
  });

  it('are taken up again when a process began with them and vanished', async () => {
    const viewer = test.viewer();
    const id = await sound(viewer);
    const forever = new Promise<never>(() => undefined);
    const vanished = new AnnotationPassagesWorker({ ...test.app.deps, embedder: { ...test.app.deps.embedder, models: () => test.app.deps.embedder.models(), splitPassages: () => forever } });
    await test.app.deps.database.transaction(async (tx) => {
      await tx.annotations.insert([{ id: '01890000-0000-7000-8000-000000000001', tenantId: viewer.tenantId, objectId: id, annotatorId: 'ann', type: 'CAPTION', content: { text: 'Waves against a pier.' }, confidence: null }]);
      await tx.annotationChanges.note(viewer.tenantId, [id]);
    });
    void vanished.run(viewer.tenantId, [id], new AbortController().signal);
    await vi.waitFor(async () => expect(await test.app.engine.sql.query('SELECT 1 AS held FROM annotation_changes WHERE claimed_until IS NOT NULL')).toHaveLength(1));
    // Nobody else touches it meanwhile.
    await new AnnotationPassagesWorker(test.app.deps).run(viewer.tenantId, [id], new AbortController().signal);
    expect(await test.app.engine.sql.query('SELECT object_id FROM annotation_changes')).toHaveLength(1);
    await test.app.engine.sql.query(`UPDATE annotation_changes SET changed_at = now() - interval '2 minutes'`);
    await test.restart();
    await allIndexed();
    expect((await find(viewer, 'sea', 'VECTOR'))[0]!.matches[0]!.text).toBe('Waves against a pier.');
  });
});
