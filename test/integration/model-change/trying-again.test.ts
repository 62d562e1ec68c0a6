import { afterAll, describe, expect, it, vi } from 'vitest';
import { dependencyUnavailable } from '../../../src/domain/errors.js';
import { ExtractionError } from '../../../src/ports/media.port.js';
import { withApp } from '../../support/app.js';
import { unlike } from '../../support/both-models.js';
import { violations } from '../../support/invariants.js';
import { operator, untilPhase } from '../../support/model-changes.js';
import { FIRST, SECOND, withSecondModels, type SecondModels } from '../../support/second-model.js';

vi.setConfig({ testTimeout: 120_000 });

describe('failures of a change that are tried again', () => {
  const held: SecondModels = {};
  const home = withApp({ openEmbedder: withSecondModels(held) });
  const changes = () => home.app.services.modelChanges;
  /** What the second model does with a text of poison. */
  const atPoison = (error: Error) => {
    held.before = (texts) => {
      if (texts.some((text) => text.includes('Poison'))) throw error;
    };
  };
  const unreadable = new ExtractionError('NO_CONTENT', 'The new model cannot read this.');
  const current = async () => (await changes().current(operator))!;
  const untilNoneWaits = () => vi.waitFor(async () => expect(await changes().waiting(operator, await current())).toBe(0), { timeout: 60_000, interval: 100 });
  afterAll(async () => {
    expect(await violations(home.app)).toEqual([]);
  });

  it('are known all the time: where trying comes to nothing, a cut-over does not pass over them', async () => {
    for (const text of ['Poison in the well.', 'Poison in the cup.', 'Water in the well.']) {
      const { ingestion } = await home.ingestText(operator, text);
      await home.ended(operator, ingestion.id);
    }
    atPoison(unreadable);
    const { id } = await changes().start(operator, { to: SECOND });
    expect(await untilPhase(home.app, id, 'READY')).toMatchObject({ failed: 2 });

    // As if the process ended in the midst.
    atPoison(dependencyUnavailable('objects', new Error('It is away.')));
    expect(await changes().start(operator, { to: SECOND })).toMatchObject({ id, failed: 0 });
    expect(await changes().waiting(operator, await current())).toBe(2);
    await expect(changes().cutOver(operator, id, { acceptFailures: true })).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
    await home.restart();
    expect(await changes().waiting(operator, await current())).toBe(2);

    atPoison(unreadable);
    await expect(changes().cutOver(operator, id, { acceptFailures: false })).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('2 objects could not') as string });
    expect((await changes().failures(operator, id, 10)).map(({ reason }) => reason)).toEqual([unreadable.message, unreadable.message]);
    expect(await changes().cutOver(operator, id, { acceptFailures: true })).toMatchObject({ phase: 'CUT_OVER' });
  });

  it('are tried again after a cut-over and a roll-back, too, as its refusal says', async () => {
    const { id } = await current();
    await changes().rollBack(operator, id);
    await expect(changes().cutOver(operator, id, { acceptFailures: false })).rejects.toMatchObject({ message: expect.stringContaining('start the change again') as string });
    held.before = undefined;
    await changes().start(operator, { to: SECOND, from: FIRST });
    await changes().cutOver(operator, id, { acceptFailures: false });
    expect(await unlike(home.app)).toEqual([]);
    await changes().rollBack(operator, id);
    await changes().abort(operator, id);
    await untilPhase(home.app, id, 'ABORTED');
  });

  it('are all tried, however many', async () => {
    atPoison(unreadable);
    const { id } = await changes().start(operator, { to: SECOND });
    expect(await untilPhase(home.app, id, 'READY')).toMatchObject({ failed: 2 });
    const { sql } = home.app.engine;
    // Of ids before all others, in the bin, with nothing to embed.
    await sql.query(
      `INSERT INTO data_objects (id, tenant_id, object_type, status, content_hash, storage_location, mime_type, file_size_bytes, is_deleted)
       SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'default', 'TEXT', 'FAILED', repeat('0', 64), 'nowhere', 'text/plain', 1, true FROM generate_series(1, 10000) n`,
    );
    await sql.query(`INSERT INTO model_change_gaps SELECT $1::uuid, tenant_id, id, 'It was so.' FROM data_objects WHERE storage_location = 'nowhere'`, [id]);
    expect((await current()).failed).toBe(10_002);
    held.before = undefined;
    expect(await changes().start(operator, { to: SECOND })).toMatchObject({ failed: 0 });
    await untilNoneWaits();
    expect(await current()).toMatchObject({ phase: 'READY', failed: 0 });
    expect(await unlike(home.app)).toEqual([]);
    await sql.query(`DELETE FROM data_objects WHERE storage_location = 'nowhere'`);
  });
});
