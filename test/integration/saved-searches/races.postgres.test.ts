import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { recordChanges } from '../../../src/services/shared/changes.js';
import type { TestDatabase } from '../../support/database.js';
import { gate } from '../../support/gate.js';
import { withMigratedPostgres } from '../../support/migrated-postgres.js';
import { postgresPrograms } from '../../support/postgres.js';
import { benchOver } from '../services/crud-services.js';

/** Transactions of the embedded database follow each other; here they truly run beside each other. */
describe.skipIf(postgresPrograms === null)('saved searches over a PostgreSQL server', () => {
  const postgres = withMigratedPostgres();
  const test: TestDatabase = {
    get engine() {
      return postgres.engine;
    },
    dataDir: '',
    indexes: null,
    freshTenant: () => postgres.freshTenant(),
    statementsOf: () => Promise.reject(new Error('not counted here')),
  };

  async function savedSearch() {
    const { database, tenantId, have } = benchOver(test);
    const [object] = await have({});
    const id = uuidv7();
    const request = { query: 'gulls', vector: [0.1, -1e-7, 1e21] };
    await database.transaction((tx) => tx.savedSearches.insert({ id, tenantId, name: 'gulls', input: {}, request, owner: 'x' }, 100));
    const match = { savedSearchId: id, request, objectId: object!.id, objectVersion: 1, score: 1 };
    const matches = () => postgres.engine.sql.query('SELECT object_version FROM saved_search_matches WHERE saved_search_id = $1', [id]);
    return { database, tenantId, id, match, matches };
  }
  /** Until a transaction waits for a lock that another one has. */
  const untilOneWaits = () =>
    expect.poll(() => postgres.engine.sql.query(`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`), { timeout: 30_000 }).toHaveLength(1);

  it('that are deleted or changed while they fire tell nothing, and hold nobody up', async () => {
    for (const way of ['delete', 'update'] as const) {
      const { database, tenantId, id, match, matches } = await savedSearch();
      const held = gate();
      const changing = database.transaction(async (tx) => {
        if (way === 'delete') await tx.savedSearches.delete(tenantId, id);
        else await tx.savedSearches.update(tenantId, id, { request: { query: 'terns' } });
        await held.pass();
      });
      await held.reached;
      const recording = database.transaction((tx) => tx.savedSearches.record(tenantId, [match]));
      await untilOneWaits();
      held.open();
      await changing;
      expect([await recording, await matches()]).toEqual([[], []]);
    }
  });

  it('that are given another name while they fire tell what they found', async () => {
    const { database, tenantId, id, match, matches } = await savedSearch();
    const held = gate();
    const renaming = database.transaction(async (tx) => {
      await tx.savedSearches.update(tenantId, id, { name: 'sea gulls' });
      await held.pass();
    });
    await held.reached;
    const recording = database.transaction((tx) => tx.savedSearches.record(tenantId, [match]));
    await untilOneWaits();
    held.open();
    await renaming;
    expect([await recording, await matches()]).toEqual([[match], [{ object_version: 1 }]]);
  });

  it('stay as they are while what they found is written, and take it along when they go', async () => {
    const { database, tenantId, id, match, matches } = await savedSearch();
    const held = gate();
    const recording = database.transaction(async (tx) => {
      const recorded = await tx.savedSearches.record(tenantId, [match]);
      await held.pass();
      return recorded;
    });
    await held.reached;
    const deleting = database.transaction((tx) => tx.savedSearches.delete(tenantId, id));
    await untilOneWaits();
    held.open();
    expect([await recording, await deleting, await matches()]).toEqual([[match], true, []]);
  });

  it('are not held against an object that is put off, until its time has come or it changes', async () => {
    const { database, tenantId, match } = await savedSearch();
    const mine = async () => (await database.savedSearches.due(1_000, 0)).filter((note) => note.objectId === match.objectId);
    const change = () => database.transaction(async (tx) => {
      const object = (await tx.objects.lockByIds(tenantId, [match.objectId]))[0]!;
      await recordChanges(tx, [{ kind: 'UPDATED', before: object, after: object }]);
    });
    await change();
    const [first] = await mine();
    expect(first).toMatchObject({ tenantId, attempts: 0 });
    await database.savedSearches.postpone([{ ...first!, seconds: 0 }]);
    const [second] = await mine();
    expect(second).toEqual({ ...first, attempts: 1 });
    await database.savedSearches.postpone([{ ...second!, seconds: 600 }]);
    expect(await mine()).toEqual([]);
    await change();
    const [third] = await mine();
    expect(third).toMatchObject({ attempts: 0 });
    // Whoever read the note before it was made again neither puts it off nor takes it away.
    await database.savedSearches.postpone([{ ...second!, seconds: 600 }]);
    await database.savedSearches.settle([second!]);
    expect(await mine()).toEqual([third]);
    await database.savedSearches.settle([third!]);
  });

  it('wait for an object until a store outside has heard of its vectors, and are not told of what is in the bin', async () => {
    const { database, tenantId, match: { objectId } } = await savedSearch();
    const mine = async () => (await database.savedSearches.due(1_000, 0)).filter((note) => note.objectId === objectId);
    const { sql } = postgres.engine;
    await sql.query(`UPDATE data_objects SET status = 'READY' WHERE id = $1`, [objectId]);
    await sql.query(`INSERT INTO index_changes (tenant_id, id, object_id, kind, operation) VALUES ($1, gen_random_uuid(), $2, 'VECTOR', 'PUT')`, [tenantId, objectId]);
    await database.savedSearches.note(tenantId, [objectId]);
    expect(await mine()).toEqual([]);
    await sql.query('DELETE FROM index_changes WHERE tenant_id = $1', [tenantId]);
    const [note] = await mine();
    await database.savedSearches.settle([note!]);
    await sql.query('UPDATE data_objects SET is_deleted = true WHERE id = $1', [objectId]);
    await database.savedSearches.note(tenantId, [objectId]);
    expect(await mine()).toEqual([]);
  });

  it('are recorded once by many that found the same', async () => {
    const { database, tenantId, match } = await savedSearch();
    const all = await Promise.all(Array.from({ length: 8 }, () => database.transaction((tx) => tx.savedSearches.record(tenantId, [match]))));
    expect(all.flat()).toEqual([match]);
  });
});
