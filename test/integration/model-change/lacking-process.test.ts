import { describe, expect, it, vi } from 'vitest';
import type { ModelChange } from '../../../src/domain/model-change.js';
import { ExtractionError } from '../../../src/ports/media.port.js';
import { withApp } from '../../support/app.js';
import { unlike } from '../../support/both-models.js';
import { violations } from '../../support/invariants.js';
import { operator, untilPhase } from '../../support/model-changes.js';
import { FIRST, SECOND, withSecondModels, type SecondModels } from '../../support/second-model.js';

vi.setConfig({ testTimeout: 120_000 });

/** A worker that lacks the model writes vectors of the other alone, is stopped as the refusal advises, and leaves what it could not do to others. */
describe('a process that does jobs and lacks a model of the change', () => {
  const held: SecondModels = {};
  const openEmbedder = withSecondModels(held);
  const home = withApp({ openEmbedder });
  const changes = () => home.app.services.modelChanges;

  const take = async (text: string) => {
    const { object, ingestion } = await home.ingestText(operator, text);
    expect(await home.ended(operator, ingestion.id)).toMatchObject({ status: 'SUCCEEDED' });
    return object.id;
  };
  const models = async (objectId: string) =>
    (await home.app.engine.sql.query<{ model: string }>('SELECT model_name AS model FROM embeddings WHERE object_id = $1 ORDER BY 1', [objectId])).map(({ model }) => model);
  const change = async (to: string): Promise<ModelChange> => untilPhase(home.app, (await changes().start(operator, { to })).id, 'READY');
  /** A turn of this process has come by. */
  const saysWhatItLacks = () => vi.waitFor(async () => expect((await changes().current(operator))?.problem).toContain(`has "${SECOND}" in the revision second-1`), { timeout: 60_000, interval: 100 });
  /** As a process leaves it that settled the note, and had nothing to fill it with. */
  const lose = async (objectId: string, model: string) => {
    const { sql } = home.app.engine;
    const rows = await sql.query<{ id: string }>('SELECT id FROM embeddings WHERE object_id = $1 AND model_name = $2', [objectId, model]);
    await home.app.deps.vectors.remove(operator.tenantId, rows.map(({ id }) => id), null);
    await sql.query('DELETE FROM embeddings WHERE object_id = $1 AND model_name = $2', [objectId, model]);
    expect(await sql.query('SELECT FROM model_change_notes')).toEqual([]);
  };

  it('settles nothing before the cut-over, and forgets no failure', async () => {
    await take('Poison in the well.');
    held.before = (texts) => {
      if (texts.some((text) => text.includes('Poison'))) throw new ExtractionError('NO_CONTENT', 'The new model cannot read this.');
    };
    const { id } = await change(SECOND);
    await home.restart({ openEmbedder: withSecondModels({ missing: true }) });
    const alone = await take('A heron stands in the shallow water.');
    await home.app.engine.sql.query('INSERT INTO model_change_notes (tenant_id, object_id) SELECT tenant_id, object_id FROM model_change_gaps');
    await saysWhatItLacks();
    expect(await models(alone)).toEqual([FIRST]);
    expect(await changes().current(operator)).toMatchObject({ failed: 1 });
    await expect(changes().cutOver(operator, id, { acceptFailures: true })).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('Not every process has the model') as string });

    held.before = undefined;
    await home.restart({ openEmbedder });
    await changes().cutOver(operator, id, { acceptFailures: true });
    expect(await models(alone)).toEqual([FIRST, SECOND]);
    expect(await unlike(home.app)).toEqual([]);
    await vi.waitFor(async () => expect(await changes().current(operator)).toMatchObject({ problem: null, failed: 0 }), { timeout: 60_000, interval: 100 });
  });

  it('is no way around a look at all rows, at the cut-over as at the roll-back', async () => {
    const { id } = (await changes().current(operator))!;
    const lonely = await take('The kingfisher dives.');
    await vi.waitFor(async () => expect(await home.app.deps.database.modelChanges.notes(1)).toEqual([]), { timeout: 60_000, interval: 100 });
    await lose(lonely, FIRST);
    await changes().rollBack(operator, id);
    expect(await unlike(home.app)).toEqual([]);
    await lose(lonely, SECOND);
    await changes().cutOver(operator, id, { acceptFailures: false });
    expect(await unlike(home.app)).toEqual([]);
    await changes().cleanUp(operator, id);
    await untilPhase(home.app, id, 'CLEANED');
  });

  it('settles nothing before the roll-back either', async () => {
    const { id } = await change(FIRST);
    await changes().cutOver(operator, id, { acceptFailures: false });
    await home.restart({ openEmbedder: withSecondModels({ missing: true }) });
    const alone = await take('A stork nests on the chimney.');
    await saysWhatItLacks();
    expect(await models(alone)).toEqual([FIRST]);
    expect((await home.app.deps.database.modelChanges.notes(100)).map(({ objectId }) => objectId)).toContain(alone);
    await expect(changes().rollBack(operator, id)).rejects.toMatchObject({ code: 'CONFLICT' });

    await home.restart({ openEmbedder });
    await changes().rollBack(operator, id);
    expect(await unlike(home.app)).toEqual([]);
    expect(await violations(home.app)).toEqual([]);
  });
});
