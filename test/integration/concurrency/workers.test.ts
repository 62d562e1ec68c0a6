import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';

import { withApp } from '../../support/app.js';
import { gate } from '../../support/gate.js';
import { violations } from '../../support/invariants.js';
import { never, withWorkers } from '../../support/workers.js';

const test = withApp();
const workers = withWorkers(test);

const everything = (objectId: string) =>
  test.app.engine.sql.query(
    `SELECT i.*, o.status AS object_status, o.updated_at AS object_updated_at, (SELECT jsonb_agg(p.id ORDER BY p.id) FROM passages p WHERE p.object_id = o.id) AS passages,
            (SELECT jsonb_agg(e.id ORDER BY e.id) FROM embeddings e WHERE e.object_id = o.id) AS embeddings, (SELECT count(*) FROM events v WHERE v.object_id = o.id) AS events,
            (SELECT generation FROM tenant_generations g WHERE g.tenant_id = o.tenant_id) AS generation
       FROM data_objects o JOIN ingestions i ON i.object_id = o.id WHERE o.id = $1::uuid`,
    [objectId],
  );

describe('two workers on one job', () => {
  it('do the work once', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'One job, delivered twice.');
    const { media, read } = workers.countedMedia();
    await Promise.all([1, 2, 3].map(() => workers.worker({ media }).run([ingestion.id, ingestion.id], never)));
    expect(read).toHaveLength(1);
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({ attempts: 1, stage: 'ANNOTATE' });
    expect((await test.app.services.objects.byIds(viewer, [object.id]))[0]!.status).toBe('READY');
    // Delivered again after all was done.
    const before = await everything(object.id);
    await workers.worker().run([ingestion.id], never);
    await Promise.all([1, 2].map(() => workers.annotator().run([ingestion.id], never)));
    await workers.annotator().run([ingestion.id], never);
    const [after] = await everything(object.id);
    expect(after).toMatchObject({ status: 'SUCCEEDED', attempts: 1, passages: before[0]!.passages });
  });
});

describe('a worker that stalled and woke up', () => {
  /** One that was held while its lease ran out. */
  async function stalled(words: string) {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, words);
    const held = gate();
    const run = workers.worker({ embedder: workers.embedder({ before: held.pass }) }).run([ingestion.id], never);
    await held.reached;
    await workers.expireLease(ingestion.id);
    return { viewer, object, ingestion, held, run };
  }

  it('changes nothing of what another has done since', async () => {
    const { object, ingestion, held, run, viewer } = await stalled('Written by the second worker alone.');
    await workers.worker().run([ingestion.id], never);
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({ attempts: 2, stage: 'ANNOTATE' });
    const before = await everything(object.id);
    held.open();
    await run;
    expect(await everything(object.id)).toEqual(before);
  });

  it('cannot fail what another is at', async () => {
    const { object, ingestion, held, run, viewer } = await stalled('Failed by the first worker, which is not asked any more.');
    const second = gate();
    const other = workers.worker({ embedder: workers.embedder({ before: second.pass }) }).run([ingestion.id], never);
    await second.reached;
    held.open(new Error('the first worker broke'));
    await run;
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({ status: 'RUNNING', error: null });
    second.open();
    await other;
    expect((await test.app.services.objects.byIds(viewer, [object.id]))[0]!.status).toBe('READY');
  });

  it('goes on where nobody took over', async () => {
    const { object, held, run, viewer } = await stalled('Late, and still the only one.');
    held.open();
    await run;
    expect((await test.app.services.objects.byIds(viewer, [object.id]))[0]!.status).toBe('READY');
  });

  it('brings nothing back of an object that was purged', async () => {
    const { object, held, run, viewer } = await stalled('Purged in the meantime.');
    await test.app.services.objects.purge(viewer, object.id);
    held.open();
    await run;
    expect(await everything(object.id)).toEqual([]);
    expect(await test.app.services.ingestions.page(viewer, {})).toMatchObject({ items: [] });
  });

  it('writes nothing of a content that was replaced', async () => {
    const { object, ingestion, held, run, viewer } = await stalled('The old content.');
    const body = Buffer.from('The new content.');
    const { upload } = await test.app.services.uploads.create(viewer, { filename: 'new.txt', fileSize: body.length, replaces: object.id });
    await test.app.objectStore.put(upload!.stagingKey, Readable.from([body]));
    const done = await test.app.services.uploads.complete(viewer, { id: upload!.id });
    expect(done.object).toMatchObject({ id: object.id, version: 2, status: 'PROCESSING' });
    held.open();
    await run;
    expect(await workers.state(viewer, ingestion.id)).toMatchObject({ status: 'FAILED', error: { code: 'NO_CONTENT' } });
    await expect(test.app.services.ingestions.retry(viewer, ingestion.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await test.app.services.objects.byIds(viewer, [object.id]))[0]!.status).toBe('PROCESSING');
    await workers.worker().run([done.ingestion.id], never);
    expect((await test.app.services.objects.byIds(viewer, [object.id]))[0]).toMatchObject({ status: 'READY', filename: 'new.txt' });
    expect(await test.app.services.objects.texts(viewer, [object.id])).toEqual(['The new content.']);
    expect(await violations(test.app)).toEqual([]);
  });

  it('does not take a lease again that it has given back', async () => {
    const { ingestion, held, run } = await stalled('Given back, then said to be alive.');
    held.open();
    await run;
    const { epoch } = (await test.app.engine.sql.query<{ epoch: number }>('SELECT lease_epoch AS epoch FROM ingestions WHERE id = $1::uuid', [ingestion.id]))[0]!;
    const lease = { ingestionId: ingestion.id, epoch };
    const { ingestions } = test.app.deps.database;
    expect(await ingestions.extendLeases([lease], 30)).toEqual([]);
    expect(await ingestions.advance([lease], { stage: 'EMBED', progress: 1 })).toEqual([]);
    expect(await ingestions.lockLeases([lease])).toEqual([]);
  });
});

describe('what no living worker holds', () => {
  it('is handed out again, once a while', async () => {
    const { ingestion } = await test.ingestText(test.viewer(), 'Nobody holds this.');
    const { ingestions } = test.app.deps.database;
    const [claimed] = await ingestions.claim([ingestion.id], 'ingest', '01890000-0000-7000-8000-000000000001', 30);
    expect(claimed).toMatchObject({ attempts: 1, takenOver: false });
    const taken = async () => (await ingestions.takeAbandoned(100)).map(({ id }) => id);
    expect(await taken()).not.toContain(ingestion.id);
    await test.app.engine.sql.query(`UPDATE ingestions SET lease_until = now() - interval '1 second', updated_at = now() - interval '20 seconds' WHERE id = $1::uuid`, [ingestion.id]);
    expect(await taken()).toContain(ingestion.id);
    expect(await taken()).not.toContain(ingestion.id);
    await test.app.engine.sql.query(`UPDATE ingestions SET updated_at = now() - interval '2 minutes' WHERE id = $1::uuid`, [ingestion.id]);
    expect(await taken()).toContain(ingestion.id);
    expect((await ingestions.claim([ingestion.id], 'ingest', '01890000-0000-7000-8000-000000000002', 30))[0]).toMatchObject({ attempts: 2, takenOver: true });
  });
});
