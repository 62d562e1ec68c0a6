import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';

import { SqlIngestionRepository } from '../../../src/adapters/db/repositories/ingestion.repository.js';
import { otherDimensions } from '../../../src/adapters/vectors/space-errors.js';
import { dependencyUnavailable } from '../../../src/domain/errors.js';
import type { Viewer } from '../../../src/domain/model.js';
import type { Embedder } from '../../../src/ports/embedder.port.js';
import { ExtractionError, type MediaReader } from '../../../src/ports/media.port.js';
import { withApp } from '../../support/app.js';
import { gate } from '../../support/gate.js';
import { violations } from '../../support/invariants.js';
import { never, withWorkers } from '../../support/workers.js';

const MAX_ATTEMPTS = 3;
const test = withApp({ limits: { jobs: { concurrency: 2, batchSize: 16, maxAttempts: MAX_ATTEMPTS } } });
const workers = withWorkers(test);
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');
const statusOf = async (viewer: Viewer, id: string) => (await test.app.services.objects.byIds(viewer, [id]))[0]!.status;

describe('an attempt that fails', () => {
  it('is followed by others with growing pauses, then by FAILED; a retry resumes at the failed stage under the same id', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'The models are down for a while.');
    const { media, read } = workers.countedMedia();
    const down = workers.worker({ media, embedder: workers.embedder({ before: () => Promise.reject(dependencyUnavailable('models', new Error('down'))) }) });
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      await down.run([ingestion.id], never);
      const state = await workers.state(viewer, ingestion.id);
      const isLast = attempt === MAX_ATTEMPTS;
      expect(state).toMatchObject({ status: isLast ? 'FAILED' : 'QUEUED', stage: 'EMBED', attempts: attempt, error: { code: 'DEPENDENCY_UNAVAILABLE', retryable: true } });
      expect(state.finishedAt === null).toBe(!isLast);
      expect(await statusOf(viewer, object.id)).toBe(isLast ? 'FAILED' : 'PROCESSING');
      if (isLast) break;
      const [row] = await test.app.engine.sql.query<{ pause: number }>('SELECT extract(epoch FROM retry_at - now())::float8 AS pause FROM ingestions WHERE id = $1::uuid', [ingestion.id]);
      pauses.push(row!.pause);
      // A job that is delivered before its time does nothing.
      await workers.worker().run([ingestion.id], never);
      expect((await workers.state(viewer, ingestion.id)).attempts).toBe(attempt);
      await workers.makeDue(ingestion.id);
    }
    expect(pauses[0]).toBeGreaterThan(0);
    expect(pauses[1]).toBeGreaterThan(pauses[0]!);
    expect(read).toHaveLength(1);
    expect(await violations(test.app)).toEqual([]);

    const retried = await test.app.services.ingestions.retry(viewer, ingestion.id);
    expect(retried).toMatchObject({ id: ingestion.id, status: 'QUEUED', stage: 'EMBED', error: null, progress: 0 });
    expect(await statusOf(viewer, object.id)).toBe('PROCESSING');
    await expect(test.app.services.ingestions.retry(viewer, ingestion.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await workers.worker({ media }).run([ingestion.id], never);
    expect(await statusOf(viewer, object.id)).toBe('READY');
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({ stage: 'ANNOTATE', attempts: MAX_ATTEMPTS + 1, error: null });
    expect(read).toHaveLength(1);
  });

  it('has a new round of attempts after each retry', async () => {
    const viewer = test.viewer();
    const { ingestion } = await test.ingestText(viewer, 'The models are down for longer.');
    const down = workers.worker({ embedder: workers.embedder({ before: () => Promise.reject(dependencyUnavailable('models', new Error('down'))) }) });
    for (let round = 1; round <= 2; round += 1) {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
        await workers.makeDue(ingestion.id);
        await down.run([ingestion.id], never);
      }
      expect(await workers.state(viewer, ingestion.id)).toMatchObject({ status: 'FAILED', attempts: round * MAX_ATTEMPTS, error: { code: 'DEPENDENCY_UNAVAILABLE' } });
      await test.app.services.ingestions.retry(viewer, ingestion.id);
    }
  });

  it('is followed by the next though its job comes a moment early, as clocks go', async () => {
    const { ingestion } = await test.ingestText(test.viewer(), 'Early by a blink.');
    const claim = async (early: string) => {
      const claimed = await test.app.engine.transaction(async ({ sql }) => {
        // Within a transaction the clock stands still.
        await sql.query(`UPDATE ingestions SET retry_at = now() + $2::interval, lease_until = NULL, lease_owner = NULL, status = 'QUEUED' WHERE id = $1::uuid`, [ingestion.id, early]);
        return new SqlIngestionRepository(sql, (work) => work(sql)).claim([ingestion.id], 'ingest', randomUUID(), 30);
      });
      return claimed.length;
    };
    expect([await claim('50 milliseconds'), await claim('1 second')]).toEqual([1, 0]);
  });

  it('is final at once where trying again would not help', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'Said to be damaged.');
    const damaged: MediaReader = { ...workers.countedMedia().media, extract: () => Promise.reject(new ExtractionError('DAMAGED', 'It cannot be read.')) };
    await workers.worker({ media: damaged }).run([ingestion.id], never);
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({ status: 'FAILED', stage: 'EXTRACT', attempts: 1, error: { code: 'DAMAGED', message: 'It cannot be read.', retryable: false } });
    expect(await statusOf(viewer, object.id)).toBe('FAILED');
    await test.app.services.ingestions.retry(viewer, ingestion.id);
    await workers.worker().run([ingestion.id], never);
    expect(await statusOf(viewer, object.id)).toBe('READY');
  });

  it('is final at once where the vector store refuses what it is set up for, in its words; others\' content is none the worse', async () => {
    const viewer = test.viewer();
    const { vectors } = test.app.deps;
    const refusal = otherDimensions({ model: 'all-MiniLM-L6-v2', dimensions: 384 }, 3);
    const ensureSpace: typeof vectors.ensureSpace = (space) => (space.dimensions === 384 ? Promise.reject(refusal) : vectors.ensureSpace(space));
    const refusing = Object.create(vectors, { ensureSpace: { value: ensureSpace } }) as typeof vectors;
    const { object, ingestion } = await test.ingestText(viewer, 'The store holds shorter vectors.');
    const picture = await test.upload(viewer, PIXEL, { filename: 'pixel.png' });
    await workers.worker({ vectors: refusing }).run([ingestion.id, picture.ingestion!.id], never);
    expect(await statusOf(viewer, picture.object.id)).toBe('READY');
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({
      status: 'FAILED', stage: 'INDEX', attempts: 1, error: { code: 'INTERNAL', message: refusal.message, retryable: false },
    });
    expect(await statusOf(viewer, object.id)).toBe('FAILED');
    await test.app.services.ingestions.retry(viewer, ingestion.id);
    await workers.worker().run([ingestion.id], never);
    expect(await statusOf(viewer, object.id)).toBe('READY');
  });

  it('does not say what went wrong inside', async () => {
    const viewer = test.viewer();
    const { ingestion } = await test.ingestText(viewer, 'Something is wrong here.');
    await workers.worker({ embedder: workers.embedder({ before: () => Promise.reject(new Error('SELECT secret FROM /etc/passwd')) }) }).run([ingestion.id], never);
    const { error } = await workers.state(viewer, ingestion.id);
    expect(error).toMatchObject({ code: 'INTERNAL', retryable: true });
    expect(error!.message).not.toMatch(/secret|passwd/);
  });

  it.each([
    ['something unforeseen', new Error('it chokes'), 'INTERNAL'],
    ['what the models say of every failure', dependencyUnavailable('models', new Error('it chokes')), 'DEPENDENCY_UNAVAILABLE'],
  ])('is one content\'s alone, where it may be that content\'s fault: %s', async (_what, failure, code) => {
    const viewer = test.viewer();
    const answers = await Promise.all(['fine', 'poison', 'fine as well'].map((words) => test.ingestText(viewer, `A batch with something ${words}.`)));
    const embedder = workers.embedder({ before: (texts) => (texts.some((text) => text.includes('poison')) ? Promise.reject(failure) : undefined) });
    await workers.worker({ embedder }).run(answers.map((answer) => answer.ingestion.id), never);
    const states = await Promise.all(answers.map((answer) => workers.state(viewer, answer.ingestion.id)));
    expect(states.map((state) => state.stage)).toEqual(['ANNOTATE', 'EMBED', 'ANNOTATE']);
    expect(states.map((state) => state.error?.code)).toEqual([undefined, code, undefined]);
  });
});

describe('a worker that dies', () => {
  /** The worker dies each time: it has claimed, and its lease runs out. */
  async function deaths(ids: readonly string[]): Promise<void> {
    const claim = () => test.app.deps.database.ingestions.claim(ids, 'ingest', randomUUID(), 30);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      expect((await claim())[0]).toMatchObject({ attempts: attempt, takenOver: attempt > 1, runsAlone: 0 });
      expect(await claim()).toEqual([]);
      for (const id of ids) await workers.expireLease(id);
    }
  }

  it('again and again over a batch fails none of it that can be done', async () => {
    const viewer = test.viewer();
    const many = await Promise.all(['One of many.', 'Another of many.', 'The third of many.'].map((text) => test.ingestText(viewer, text)));
    await deaths(many.map(({ ingestion }) => ingestion!.id));
    await workers.worker({}).run(many.map(({ ingestion }) => ingestion!.id), never);
    for (const { object } of many) expect(await statusOf(viewer, object.id)).toBe('READY');
  });

  it('again and again over one content that it has alone in hand ends it as WORKER_DIED, which a retry can follow', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'It kills whoever touches it.');
    await deaths([ingestion.id]);
    const { ingestions } = test.app.deps.database;
    for (const runsAlone of [0, 1]) {
      const [held] = await ingestions.claim([ingestion.id], 'ingest', randomUUID(), 30);
      expect(held).toMatchObject({ takenOver: true, runsAlone });
      await ingestions.beginAlone({ ingestionId: ingestion.id, epoch: held!.epoch });
      await workers.expireLease(ingestion.id);
    }
    const { media, read } = workers.countedMedia();
    await workers.worker({ media }).run([ingestion.id], never);
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({ status: 'FAILED', error: { code: 'WORKER_DIED', retryable: false } });
    expect(await statusOf(viewer, object.id)).toBe('FAILED');
    expect(read).toEqual([]);
    await test.app.services.ingestions.retry(viewer, ingestion.id);
    await workers.worker({ media }).run([ingestion.id], never);
    expect(await statusOf(viewer, object.id)).toBe('READY');
  });

  it('because the process goes down hands its work back, uncounted', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'Handed back and taken up.');
    const held = gate();
    const ending = new AbortController();
    const run = workers.worker({ embedder: workers.embedder({ before: held.pass }) }).run([ingestion.id], ending.signal);
    await held.reached;
    ending.abort();
    held.open(new Error('told to end'));
    await expect(run).rejects.toMatchObject({ name: 'ShuttingDown' });
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({ status: 'RUNNING', attempts: 1, error: null });
    // The next process ends the leases of dead ones; this one has none any more.
    await test.app.deps.database.ingestions.endLeases();
    await workers.worker().run([ingestion.id], never);
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({ stage: 'ANNOTATE', attempts: 1 });
    expect(await statusOf(viewer, object.id)).toBe('READY');
  });
});

describe('progress and warnings', () => {
  it('progress never falls within an attempt, and stages come in their order', async () => {
    const viewer = test.viewer();
    const { ingestion } = await test.ingestText(viewer, 'Watched on its way.');
    const told: { stage: string; progress: number; status: string }[] = [];
    const ending = new AbortController();
    const watching = (async () => {
      for await (const { stage, progress, status } of await test.app.services.events.ingestionProgress(viewer, [ingestion.id], ending.signal)) told.push({ stage, progress, status });
    })();
    await workers.worker().run([ingestion.id], never);
    await workers.annotator().run([ingestion.id], never);
    await watching;
    const order = ['STORE', 'EXTRACT', 'EMBED', 'INDEX', 'ANNOTATE', 'DONE'];
    expect(told.at(-1)).toEqual({ stage: 'DONE', progress: 1, status: 'SUCCEEDED' });
    for (const [index, state] of told.entries()) {
      if (index === 0) continue;
      expect(state.progress).toBeGreaterThanOrEqual(told[index - 1]!.progress);
      expect(order.indexOf(state.stage)).toBeGreaterThanOrEqual(order.indexOf(told[index - 1]!.stage));
    }
  });

  it('progress that is written late does not lower it', async () => {
    const { ingestion } = await test.ingestText(test.viewer(), 'Late words.');
    const { ingestions } = test.app.deps.database;
    const [lease] = (await ingestions.claim([ingestion.id], 'ingest', randomUUID(), 30)).map(({ epoch }) => ({ ingestionId: ingestion.id, epoch }));
    await ingestions.advance([lease!], { stage: 'INDEX', progress: 0.8 });
    expect((await ingestions.advance([lease!], { stage: 'INDEX', progress: 0.5 }))[0]).toMatchObject({ progress: 0.8 });
    await ingestions.release([lease!]);
  });

  it('a warning is kept by an attempt that fails after it, and stands once', async () => {
    const viewer = test.viewer();
    const bytes = Buffer.from('Caf\u00e9 cr\u00e8me \u00e0 la carte, d\u00e9j\u00e0 vu, gar\u00e7on, na\u00efvet\u00e9.', 'latin1');
    const { upload } = await test.app.services.uploads.create(viewer, { filename: 'menu.txt', fileSize: bytes.length });
    await test.app.objectStore.put(upload!.stagingKey, Readable.from([bytes]));
    const { ingestion, object } = await test.app.services.uploads.complete(viewer, { id: upload!.id });
    await workers.worker({ embedder: workers.embedder({ before: () => Promise.reject(dependencyUnavailable('models', new Error('down'))) }) }).run([ingestion.id], never);
    const { warnings } = await workers.state(viewer, ingestion.id);
    expect(warnings).toHaveLength(1);
    await workers.makeDue(ingestion.id);
    await workers.worker().run([ingestion.id], never);
    expect((await workers.state(viewer, ingestion.id)).warnings).toEqual(warnings);
    expect(await test.app.services.objects.texts(viewer, [object.id])).toEqual([bytes.toString('latin1')]);
  });
});

describe('annotations', () => {
  it('follow READY, and their failure is a warning', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'The annotator does not like this text about lighthouses.');
    await workers.worker().run([ingestion.id], never);
    expect(await statusOf(viewer, object.id)).toBe('READY');
    expect((await test.app.services.annotations.page(viewer, {})).items).toEqual([]);
    const broken = { name: 'broken', version: 7, type: 'OTHER' as const, annotate: () => { throw new Error('no'); } };
    const sound = { name: 'sound', version: 1, type: 'SUMMARY' as const, annotate: () => ({ content: { text: 'lighthouses' }, confidence: null }) };
    await workers.annotator([broken, sound]).run([ingestion.id], never);
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({ status: 'SUCCEEDED', error: null, warnings: [expect.stringContaining('system:broken@7')] });
    const { items } = await test.app.services.annotations.page(viewer, {});
    expect(items.map(({ node }) => node.annotatorId)).toEqual(['system:sound@1']);
  });

  it('are given up where the worker died over them again and again', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'It kills the annotators.');
    await workers.worker().run([ingestion.id], never);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      expect(await test.app.deps.database.ingestions.claim([ingestion.id], 'annotate', randomUUID(), 30)).toHaveLength(1);
      await workers.expireLease(ingestion.id);
    }
    let asked = 0;
    await workers.annotator([{ name: 'deadly', version: 1, type: 'OTHER', annotate: () => ((asked += 1), null) }]).run([ingestion.id], never);
    expect(asked).toBe(0);
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({ status: 'SUCCEEDED', error: null, warnings: [expect.stringContaining('annotators')] });
    expect(await statusOf(viewer, object.id)).toBe('READY');
  });

  it('are handed back, uncounted, when the process goes down', async () => {
    const viewer = test.viewer();
    const { ingestion } = await test.ingestText(viewer, 'Annotated by the next process.');
    await workers.worker().run([ingestion.id], never);
    await expect(workers.annotator().run([ingestion.id], AbortSignal.abort())).rejects.toThrow();
    await workers.annotator().run([ingestion.id], never);
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({ status: 'SUCCEEDED', attempts: 1, warnings: [] });
  });
});

describe('a text of more passages than one transaction takes', () => {
  const PASSAGES = 1_100;
  /** One word a passage, and vectors that cost nothing. */
  const cheap = (): Embedder => ({
    ...workers.embedder({ before: () => undefined }),
    models: () => test.app.deps.embedder.models(),
    splitPassages: (_model, texts) => Promise.resolve(texts.map(({ text }) => [...text.matchAll(/\S+/g)].map((match) => ({ start: match.index, end: match.index + match[0].length, tokens: 1 })))),
    embedTexts: (_model, texts) => Promise.resolve(texts.map((_, index) => Float32Array.from({ length: 384 }, (_unused, at) => (at === index % 384 ? 1 : 0)))),
  });

  it('is never half there, however its indexing ends', async () => {
    const viewer = test.viewer();
    const words = Array.from({ length: PASSAGES }, (_, index) => `word${index}`).join(' ');
    const { object, ingestion } = await test.ingestText(viewer, words);
    const { vectors } = test.app.deps;
    let writes = 0;
    const failing: typeof vectors = Object.assign(Object.create(vectors) as typeof vectors, {
      capabilities: vectors.capabilities,
      upsert: (...args: Parameters<typeof vectors.upsert>) => ((writes += 1) % 2 === 0 ? Promise.reject(new Error('the second half fails')) : vectors.upsert(...args)),
    });
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      await workers.worker({ embedder: cheap(), vectors: failing }).run([ingestion.id], never);
      await workers.makeDue(ingestion.id);
    }
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({ status: 'FAILED', stage: 'INDEX', attempts: MAX_ATTEMPTS });
    expect(await violations(test.app)).toEqual([]);
    const search = () => test.app.services.search.search(viewer, { query: 'word7', mode: 'KEYWORD', fusion: 'RELATIVE_SCORE' }, { first: 5 });
    expect((await search()).hits).toEqual([]);

    await test.app.services.ingestions.retry(viewer, ingestion.id);
    await workers.worker({ embedder: cheap() }).run([ingestion.id], never);
    expect(await statusOf(viewer, object.id)).toBe('READY');
    const [row] = await test.app.engine.sql.query<{ passages: number }>(`SELECT count(*)::int AS passages FROM passages WHERE object_id = $1::uuid AND kind = 'content'`, [object.id]);
    expect(row!.passages).toBe(PASSAGES);
    expect((await search()).hits.map((hit) => hit.object.id)).toEqual([object.id]);
    expect(await violations(test.app)).toEqual([]);
  });
});
