import { describe, expect, it } from 'vitest';
import { TaskGate } from '../../../../src/adapters/media/task-gate.js';

describe('the gate', () => {
  it('lets so many in, queries before what is ingested', async () => {
    const gate = new TaskGate(1);
    const order: string[] = [];
    const pass = async (name: string, priority: 'query' | 'ingest') => {
      const leave = await gate.enter(priority);
      order.push(name);
      leave();
      leave();
    };
    const first = await gate.enter('ingest');
    const all = Promise.all([pass('a', 'ingest'), pass('b', 'ingest'), pass('c', 'query'), pass('d', 'query')]);
    first();
    await all;
    expect(order).toEqual(['c', 'd', 'a', 'b']);
    await pass('e', 'ingest');
    expect(order.at(-1)).toBe('e');
  });

  it('has one place more for queries, which what is ingested never gets', async () => {
    const gate = new TaskGate(1);
    const inside: string[] = [];
    const enter = async (name: string, priority: 'query' | 'ingest') => {
      const leave = await gate.enter(priority);
      inside.push(name);
      return leave;
    };
    const file = await enter('file', 'ingest');
    const query = await enter('query', 'query');
    const secondQuery = enter('second query', 'query');
    const secondFile = enter('second file', 'ingest');
    const thirdFile = enter('third file', 'ingest');
    query();
    const leaveSecond = await secondQuery;
    file();
    leaveSecond();
    const leaveFile = await secondFile;
    expect(inside).toEqual(['file', 'query', 'second query', 'second file']);
    leaveFile();
    await thirdFile;
  });

  it('lets go of who does not want to wait any longer', async () => {
    const gate = new TaskGate(1);
    const leave = await gate.enter('ingest');
    const stop = new AbortController();
    const waiting = gate.enter('ingest', stop.signal);
    const reason = new Error('no longer');
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    const next = gate.enter('ingest');
    leave();
    (await next)();
    await expect(gate.enter('ingest', stop.signal)).rejects.toBe(reason);
  });
});
