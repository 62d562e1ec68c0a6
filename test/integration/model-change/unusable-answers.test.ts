import { describe, expect, it, vi } from 'vitest';
import { unusableModel } from '../../../src/domain/errors.js';
import { withApp } from '../../support/app.js';
import { violations } from '../../support/invariants.js';
import { operator, untilPhase } from '../../support/model-changes.js';
import { SECOND, withSecondModels, type SecondModels } from '../../support/second-model.js';

vi.setConfig({ testTimeout: 120_000 });

/** As of a model whose numbers run over at some texts, or whose weights are damaged. */
describe('a model that answers what is no vector', () => {
  const held: SecondModels = {};
  const home = withApp({ openEmbedder: withSecondModels(held) });
  const changes = () => home.app.services.modelChanges;
  const unusable = unusableModel(SECOND, 'answered a vector with a value that is not a finite number');
  const unusableAt = (isBad: (text: string) => boolean) => {
    held.before = (texts) => {
      if (texts.some(isBad)) throw unusable;
    };
  };
  const take = async (text: string) => {
    const { object, ingestion } = await home.ingestText(operator, text);
    await home.ended(operator, ingestion.id);
    return object.id;
  };
  const gaps = async () => (await home.app.engine.sql.query('SELECT FROM model_change_gaps')).length;
  /** Until the change says what keeps it. */
  const stopped = () => vi.waitFor(async () => expect(await changes().current(operator)).toMatchObject({ phase: 'BACKFILLING', problem: unusable.message }), { timeout: 60_000, interval: 100 });
  const giveUp = async (id: string) => {
    await changes().abort(operator, id);
    await untilPhase(home.app, id, 'ABORTED');
    await home.app.engine.sql.query('DELETE FROM model_change_gaps');
    expect(await violations(home.app)).toEqual([]);
  };

  it('to one text alone is put aside with it, though that text is the first, and can be accepted', async () => {
    const bad = await take('A text of infinities.');
    const good = await take('A text of the usual kind.');
    unusableAt((text) => text.includes('infinities'));
    const { id } = await changes().start(operator, { to: SECOND });
    expect(await untilPhase(home.app, id, 'READY')).toMatchObject({ failed: 1, vectors: 1 });
    expect(await changes().failures(operator, id, 10)).toEqual([{ objectId: bad, tenantId: 'default', reason: unusable.message }]);
    await expect(changes().cutOver(operator, id, { acceptFailures: false })).rejects.toMatchObject({ code: 'CONFLICT' });
    await changes().cutOver(operator, id, { acceptFailures: true });
    const rows = await home.app.engine.sql.query('SELECT object_id FROM embeddings WHERE model_name = $1', [SECOND]);
    expect(rows).toEqual([{ object_id: good }]);
    await changes().rollBack(operator, id);
    await giveUp(id);
  });

  it('to anything stops the change in its own words, and nothing is put aside', async () => {
    unusableAt(() => true);
    const { id } = await changes().start(operator, { to: SECOND });
    await stopped();
    expect(await gaps()).toBe(0);
    await giveUp(id);
  });

  it('to all that is here, if not to its own name, stops it behind a few', async () => {
    for (let n = 0; n < 10; n += 1) await take(`One more text, of the number ${n}.`);
    unusableAt((text) => text !== SECOND);
    const { id } = await changes().start(operator, { to: SECOND });
    await stopped();
    expect(await gaps()).toBe(8);
    // Once it has answered anything, those are its texts' fault.
    unusableAt((text) => text.includes('infinities'));
    expect(await untilPhase(home.app, id, 'READY')).toMatchObject({ failed: 8, problem: null });
    await giveUp(id);
  });
});
