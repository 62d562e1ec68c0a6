import { describe, expect, it, vi } from 'vitest';
import { withApp } from '../../support/app.js';
import { captionsIndexed, violations } from '../../support/invariants.js';
import { operator, untilPhase } from '../../support/model-changes.js';
import { openOutside } from '../../support/outside-stores.js';
import { SECOND, withSecondModels, type SecondModels } from '../../support/second-model.js';

vi.setConfig({ testTimeout: 120_000 });

/**
 * A store outside the database that keeps a passage and its vectors in one record replaces the whole of it: two processes that write one
 * passage at once would lose what one of them had.
 */
describe('the backfill of a model change, over stores outside the database', () => {
  const held: SecondModels = {};
  const home = withApp({ openEmbedder: withSecondModels(held), openIndexes: openOutside });

  it('waits with a caption that another process is telling the store of', async () => {
    const { engine, deps, services } = home.app;
    const { object, ingestion } = await home.ingestText(operator, 'A page about nothing.');
    await home.ended(operator, ingestion.id);
    await services.annotations.create(operator, [{ objectId: object.id, type: 'CAPTION', content: { text: 'A pelican with a fish.' } }]);
    await captionsIndexed(home.app);
    await vi.waitFor(async () => expect(await deps.database.indexChanges.count()).toBe(0), { timeout: 10_000, interval: 20 });
    const own = 'FROM passages WHERE object_id = $1 AND annotation_id IS NOT NULL';
    // As another process notes it, which is at it for longer than the periodic work here waits.
    await engine.sql.query(
      `INSERT INTO index_changes (tenant_id, id, object_id, kind, operation, ordinal, changed_at) SELECT tenant_id, id, object_id, 'PASSAGE', 'PUT', ordinal, now() + interval '1 hour' ${own}`,
      [object.id],
    );

    const embedded: string[] = [];
    held.before = (texts) => void embedded.push(...texts);
    const { indexChanges } = deps.database;
    const asked = vi.spyOn(indexChanges, 'arePassagesPending');
    const { id } = await services.modelChanges.start(operator, { to: SECOND });
    await vi.waitFor(() => expect(asked.mock.calls.length).toBeGreaterThan(3), { timeout: 60_000, interval: 20 });
    const isEmbedded = () => embedded.some((text) => text.includes('pelican'));
    expect(isEmbedded()).toBe(false);

    await engine.sql.query("DELETE FROM index_changes WHERE kind = 'PASSAGE'");
    await untilPhase(home.app, id, 'READY');
    expect(isEmbedded()).toBe(true);
    expect(await engine.sql.query(`SELECT FROM embeddings e WHERE e.model_name = $2 AND e.passage_id IN (SELECT id ${own})`, [object.id, SECOND])).toHaveLength(1);
    expect(await violations(home.app)).toEqual([]);
  });
});
