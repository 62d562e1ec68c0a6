import { describe, expect, it, vi } from 'vitest';

import type { SagaCheckpoint } from '../../../../src/services/sagas/saga-runner.js';
import { setUp, start } from './saga-world.js';

/** A process that is killed at a place: nothing of it runs any more. */
const killedAt = (place: string): SagaCheckpoint => ({ step, moment }) => (`${moment} ${step}` === place ? new Promise<void>(() => undefined) : undefined);

describe('what a dead process left', () => {
  it.each([
    ['before one', [], undefined],
    ['after one', ['undo one'], 'COMPENSATED'],
    ['before two', ['undo one'], 'COMPENSATED'],
    ['after two', ['undo two', 'undo one'], 'COMPENSATED'],
    ['before pivot', ['undo two', 'undo one'], 'COMPENSATED'],
    ['after pivot', ['three', 'four'], 'DONE'],
    // What was done behind the last record is done again: these steps are idempotent.
    ['before four', ['three', 'four'], 'DONE'],
    ['after four', ['three', 'four'], 'DONE'],
  ])('%s is finished by another', async (place, expected, status) => {
    const { world, sagas, make, saga } = setUp();
    const reached = Promise.withResolvers<void>();
    void make((here) => {
      const held = killedAt(place)(here);
      if (held !== undefined) reached.resolve();
      return held;
    }).run(saga, 'tenant', start, null);
    await reached.promise;
    world.log.length = 0;
    const other = make();
    expect(await other.recover({ everyOwner: false })).toBe(0);
    expect(await other.recover({ everyOwner: true })).toBe(status === undefined ? 0 : 1);
    expect(world.log).toEqual(expected);
    if (status !== undefined) expect(sagas.only.saga.status).toBe(status);
    expect(await other.recover({ everyOwner: true })).toBe(0);
  });

  it('is left alone where its kind is unknown', async () => {
    const { world, sagas, make } = setUp();
    await sagas.insert({ id: 'x', tenantId: 'tenant', kind: 'newer', status: 'RUNNING', payload: {}, steps: [{ name: 'one', state: 'INTENDED' }], attempts: 0, lastError: null }, 'other', 0);
    await make().recover({ everyOwner: true });
    expect(world.log).toEqual([]);
    expect(sagas.only.saga.status).toBe('RUNNING');
  });
});

describe('a process that stalled', () => {
  it('whose saga was taken over meanwhile commits nothing, and undoes what it did late', async () => {
    const { world, sagas, make, saga } = setUp();
    const stalled = Promise.withResolvers<void>();
    const there = Promise.withResolvers<void>();
    const first = make(async ({ step: name, moment }) => {
      if (`${moment} ${name}` !== 'after one') return;
      there.resolve();
      await stalled.promise;
    });
    const run = first.run(saga, 'tenant', start, null);
    await there.promise;
    sagas.now += 61;
    expect(await make().recover({ everyOwner: false })).toBe(1);
    expect(sagas.only.saga.status).toBe('COMPENSATED');
    stalled.resolve();
    await expect(run).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(world.log).not.toContain('pivot');
    // The other one's compensation, then its own.
    expect(world.log.filter((entry) => entry === 'undo one')).toHaveLength(2);
    expect(sagas.only.saga.status).toBe('COMPENSATED');
  });

  it('is not robbed by its own recovery', async () => {
    const { world, sagas, make, saga } = setUp();
    const stalled = Promise.withResolvers<void>();
    const there = Promise.withResolvers<void>();
    const runner = make(async ({ step: name, moment }) => {
      if (`${moment} ${name}` !== 'after two') return;
      there.resolve();
      await stalled.promise;
    });
    const run = runner.run(saga, 'tenant', start, null);
    await there.promise;
    sagas.now += 61;
    await runner.recover({ everyOwner: false });
    stalled.resolve();
    await run;
    expect(world.log).toEqual(['one', 'two', 'pivot', 'three', 'four']);
    expect(sagas.only.saga.status).toBe('DONE');
  });

  it('keeps its sagas by a heartbeat while it lives', async () => {
    vi.useFakeTimers();
    try {
      const { sagas, make, saga } = setUp();
      const held = Promise.withResolvers<void>();
      const run = make(({ step: name, moment }) => (`${moment} ${name}` === 'after one' ? held.promise : undefined)).run(saga, 'tenant', start, null);
      for (let quarter = 0; quarter < 12; quarter += 1) {
        await vi.advanceTimersByTimeAsync(15_000);
        sagas.now += 15;
      }
      expect(await make().recover({ everyOwner: false })).toBe(0);
      held.resolve();
      await run;
    } finally {
      vi.useRealTimers();
    }
  });
});
