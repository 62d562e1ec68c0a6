import { v7 as uuidv7 } from 'uuid';
import { afterEach, describe, expect, it } from 'vitest';
import { Reindexer } from '../../../src/services/moving/reindexer.js';
import { withApp } from '../../support/app.js';

const test = withApp();
const PLACE = 'where it was moved to';
const never = new AbortController().signal;

/** A move whose store has been answered from for so many hours. */
async function switchedSince(hours: number, phase: 'PASSAGES' | 'FOLLOWING' = 'FOLLOWING'): Promise<void> {
  const { database } = test.app.deps;
  const id = uuidv7();
  await database.transaction((tx) => tx.reindexes.begin({ id, target: 'pgvector', place: PLACE, models: null }));
  await database.reindexes.advance(id, { phase, cursor: '00000000-0000-0000-0000-000000000000', copied: 0 });
  await database.reindexes.switched(id);
  await test.app.engine.sql.query('UPDATE reindexes SET switched_at = now() - make_interval(hours => $1::int)', [hours]);
}

async function write(): Promise<void> {
  const viewer = test.viewer();
  const { ingestion } = await test.ingestText(viewer, 'Written after the move.');
  await test.ended(viewer, ingestion.id);
  expect(await test.app.deps.database.reindexes.changes(1)).toHaveLength(1);
}

describe('a move back into the database', () => {
  afterEach(() => test.app.deps.database.reindexes.end());

  it('leaves nothing that another store was yet to be told: it would be told of what is gone', async () => {
    const { database } = test.app.deps;
    const viewer = test.viewer();
    await database.transaction((tx) => tx.indexChanges.add(viewer.tenantId, [{ kind: 'VECTOR', operation: 'REMOVE', id: uuidv7(), objectId: uuidv7() }]));
    expect(await database.indexChanges.count()).toBe(1);
    await switchedSince(0);
    await new Reindexer(test.app.deps).followUp(PLACE, never);
    expect(await database.indexChanges.count()).toBe(0);
  });
});

describe('a move that has been switched to', () => {
  afterEach(() => test.app.deps.database.reindexes.end());

  it.each([
    ['goes on while others may write to the old store', 0, false, false],
    ['ends an hour later, when nothing was written', 2, false, true],
    ['goes on where something was', 2, true, false],
    ['ends after a day, though somebody always writes', 25, true, true],
  ])('%s', async (_what, hours, isWrittenTo, ends) => {
    await switchedSince(hours);
    if (isWrittenTo) await write();
    await new Reindexer(test.app.deps).followUp(PLACE, never);
    expect(await test.app.deps.database.reindexes.changes(1)).toEqual([]);
    expect((await test.app.deps.database.reindexes.current()) === null).toBe(ends);
  });

  it('is completed a stretch at a time where it had not ended, and ends no sooner', async () => {
    await switchedSince(25, 'PASSAGES');
    await write();
    const phases: (string | undefined)[] = [];
    for (let times = 0; times < 4; times += 1) {
      await new Reindexer(test.app.deps).followUp(PLACE, never, 0);
      phases.push((await test.app.deps.database.reindexes.current())?.phase);
    }
    expect(phases).toEqual(['PASSAGES', 'MOMENTS', undefined, undefined]);
  });
});
