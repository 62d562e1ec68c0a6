import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { withApp, type TestApp } from '../../support/app.js';
import { unlike } from '../../support/both-models.js';
import { violations } from '../../support/invariants.js';
import { operator, untilPhase } from '../../support/model-changes.js';
import { FIRST, SECOND, SECOND_PICTURES, withSecondModels, type SecondModels } from '../../support/second-model.js';

vi.setConfig({ testTimeout: 180_000 });


const take = async (home: TestApp, text: string) => {
  const { object, ingestion } = await home.ingestText(operator, text);
  await home.ended(operator, ingestion.id);
  return object.id;
};

describe('a backfill beside whatever people do', () => {
  const held: SecondModels = {};
  const home = withApp({ openEmbedder: withSecondModels(held) });

  it('leaves no hole and no stray where objects are purged, deleted, replaced, undeleted and added under its hands', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) ids.push(await take(home, `Object ${n} tells of ${randomUUID()} and of the sea.`));
    const { objects } = home.app.services;
    const said: Promise<unknown>[] = [];
    const bytes = (text: string) => Buffer.from(text);
    let batches = 0;
    // Between the look at what is lacking and the writing of it.
    held.before = async (texts) => {
      if (!texts.some((text) => text.startsWith('Object'))) return;
      batches += 1;
      if (batches > 1) return;
      await objects.purge(operator, ids[0]!);
      await objects.delete(operator, ids[1]!);
      await objects.delete(operator, ids[2]!);
      await objects.undelete(operator, ids[2]!);
      await home.app.services.annotations.create(operator, [{ objectId: ids[3]!, type: 'CAPTION', content: { text: 'A caption of the third.' } }]);
      said.push(home.upload(operator, bytes('Replaced content, of other words and more of them.'), { filename: 'new.txt', replaces: ids[4]! }));
      said.push(take(home, 'Object 13 came while the others were embedded.'));
    };
    const begun = await home.app.services.modelChanges.start(operator, { to: SECOND });
    await untilPhase(home.app, begun.id, 'READY');
    for (const each of await Promise.all(said)) if (typeof each === 'object' && each !== null && 'ingestion' in each) await home.ended(operator, (each as { ingestion: { id: string } }).ingestion.id);
    expect(batches).toBeGreaterThan(0);
    await home.app.services.modelChanges.cutOver(operator, begun.id, { acceptFailures: false });
    expect(await unlike(home.app)).toEqual([]);
    expect(await violations(home.app)).toEqual([]);
  });

  it('gives those that somebody wrote with one model alone the other, before and after the cut-over', async () => {
    held.before = undefined;
    const [change] = await home.app.services.modelChanges.list(operator, 1);
    const lonely = await take(home, 'This one loses a vector.');
    for (const [phase, lost] of [['CUT_OVER', FIRST], ['ROLLED_BACK', SECOND]] as const) {
      if (phase === 'ROLLED_BACK') await home.app.services.modelChanges.rollBack(operator, change!.id);
      const [row] = await home.app.engine.sql.query<{ id: string }>('SELECT id FROM embeddings WHERE object_id = $1 AND model_name = $2', [lonely, lost]);
      await home.app.deps.vectors.remove(operator.tenantId, [row!.id], null);
      await home.app.engine.sql.query('DELETE FROM embeddings WHERE id = $1', [row!.id]);
      // As a writer of one model alone leaves it.
      await home.app.engine.sql.query('INSERT INTO model_change_notes (tenant_id, object_id) VALUES ($1, $2)', [operator.tenantId, lonely]);
      await vi.waitFor(async () => expect(await unlike(home.app)).toEqual([]), { timeout: 60_000, interval: 200 });
    }
    await home.app.services.modelChanges.cleanUp(operator, change!.id);
    await untilPhase(home.app, change!.id, 'ABORTED');
    const left = await home.app.engine.sql.query('SELECT DISTINCT model_name FROM embeddings');
    expect(left).toEqual([{ model_name: FIRST }]);
    expect(await violations(home.app)).toEqual([]);
  });

  it('puts aside what cannot be embedded, says so, and waits with the cut-over', async () => {
    const { ExtractionError } = await import('../../../src/ports/media.port.js');
    const bad = await take(home, 'Poison in the well.');
    held.before = (texts) => {
      if (texts.some((text) => text.includes('Poison'))) throw new ExtractionError('NO_CONTENT', 'The new model cannot read this.');
    };
    const begun = await home.app.services.modelChanges.start(operator, { to: SECOND });
    expect(await untilPhase(home.app, begun.id, 'READY')).toMatchObject({ failed: 1 });
    expect(await home.app.services.modelChanges.failures(operator, begun.id, 10)).toEqual([{ objectId: bad, tenantId: 'default', reason: 'The new model cannot read this.' }]);
    await expect(home.app.services.modelChanges.cutOver(operator, begun.id, { acceptFailures: false })).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('1 objects could not') as string });
    held.before = undefined;
    expect(await home.app.services.modelChanges.start(operator, { to: SECOND })).toMatchObject({ id: begun.id, failed: 0 });
    await vi.waitFor(async () => expect(await home.app.services.modelChanges.waiting(operator, begun)).toBe(0), { timeout: 60_000, interval: 100 });
    expect(await unlike(home.app)).toEqual([]);
    await home.app.services.modelChanges.abort(operator, begun.id);
    await untilPhase(home.app, begun.id, 'ABORTED');
  });
});

describe('a change of the model of pictures', () => {
  const home = withApp({ openEmbedder: withSecondModels() });

  it('is the same, though vectors are shorter', async () => {
    const picture = async (red: number) => {
      const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: { r: red, g: 80, b: 120 } } }).png().toBuffer();
      const { object, ingestion } = await home.upload(operator, bytes, { filename: `${red}.png` });
      await home.ended(operator, ingestion.id);
      return object.id;
    };
    const [first, second] = [await picture(10), await picture(200)];
    const text = await take(home, 'A text beside the pictures.');
    const estimate = await home.app.services.modelChanges.estimate(operator, { to: SECOND_PICTURES }, new AbortController().signal);
    expect(estimate).toMatchObject({ from: 'image-descriptor', total: { objects: 2, passages: 0, vectors: 2 } });
    const begun = await home.app.services.modelChanges.start(operator, { to: SECOND_PICTURES });
    expect(await untilPhase(home.app, begun.id, 'READY')).toMatchObject({ done: 2, vectors: 2 });
    await home.app.services.modelChanges.cutOver(operator, begun.id, { acceptFailures: false });
    const [like] = await home.app.services.search.similarTo(operator, [first], { first: 5, model: null });
    expect(like).toMatchObject({ hits: [{ object: { id: second }, explanation: { model: SECOND_PICTURES } }] });
    await home.app.services.modelChanges.cleanUp(operator, begun.id);
    await untilPhase(home.app, begun.id, 'CLEANED');
    const rows = await home.app.engine.sql.query<{ object_id: string; model_name: string }>('SELECT object_id, model_name FROM embeddings ORDER BY object_id');
    expect(rows).toEqual([first, second].map((id) => ({ object_id: id, model_name: SECOND_PICTURES })).concat([{ object_id: text, model_name: FIRST }]));
    expect(await violations(home.app)).toEqual([]);
  });
});
