import { describe, expect, it, vi } from 'vitest';
import type { Viewer } from '../../../src/domain/model.js';
import type { ObjectChange } from '../../../src/domain/operations.js';
import { withApp } from '../../support/app.js';
import { gate } from '../../support/gate.js';

describe('what saved searches find', () => {
  const test = withApp();
  const percolated = () => vi.waitFor(async () => expect(await test.app.engine.sql.query('SELECT object_id FROM saved_searches_due')).toEqual([]), { timeout: 60_000, interval: 50 });
  const ready = async (viewer: Viewer, text: string) => {
    const { object, ingestion } = await test.ingestText(viewer, text);
    expect(await test.ended(viewer, ingestion.id)).toMatchObject({ status: 'SUCCEEDED' });
    return object.id;
  };

  /** Of one saved search, from behind a cursor on to where an object is told of that is made now. */
  async function told(viewer: Viewer, after: string, savedSearch: string): Promise<ObjectChange[]> {
    await percolated();
    const last = await ready(viewer, `Gulls at the end, ${Math.random()}.`);
    const ending = new AbortController();
    const found: ObjectChange[] = [];
    for await (const change of await test.app.services.events.objectChanges(viewer, { after, savedSearch }, ending.signal)) {
      if (change.id === last) break;
      found.push(change);
    }
    ending.abort();
    return found;
  }

  it('is told once, though the program is stopped between the change and its evaluation, and is started again and again', async () => {
    const viewer = test.viewer();
    const { id: savedSearch } = await test.app.services.savedSearches.create(viewer, { name: 'gulls', input: {}, request: { query: 'gulls', mode: 'KEYWORD', fusion: 'RELATIVE_SCORE' } });
    // A cursor: that of the first that is told.
    const ending = new AbortController();
    const following = (await test.app.services.events.objectChanges(viewer, { savedSearch }, ending.signal))[Symbol.asyncIterator]();
    const first = following.next();
    const before = await ready(viewer, 'Gulls before all of it.');
    const { value } = (await first) as { value: ObjectChange };
    expect(value).toMatchObject({ kind: 'MATCHED', id: before, savedSearches: [{ id: savedSearch, score: 1 }] });
    ending.abort();

    // The program is stopped while it holds what is new against the search.
    const held = gate();
    const { savedSearches } = test.app.deps.database;
    const all = savedSearches.all.bind(savedSearches);
    savedSearches.all = async (tenantId) => {
      await held.pass();
      return all(tenantId);
    };
    const found = await ready(viewer, 'Gulls over the harbour.');
    await held.reached;
    const stopped = test.restart();
    held.open(new Error('stopped'));
    await stopped;
    expect((await told(viewer, value.cursor, savedSearch)).map(({ kind, id, version }) => [kind, id, version])).toEqual([['MATCHED', found, 1]]);

    // And once more, when all of it was told.
    await test.restart();
    const again = await told(viewer, value.cursor, savedSearch);
    expect(again.filter(({ id }) => id === found)).toHaveLength(1);
    expect(new Set(again.map(({ id }) => id)).size).toBe(again.length);
  });
});
