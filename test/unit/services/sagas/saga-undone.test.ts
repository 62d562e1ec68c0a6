import { describe, expect, it } from 'vitest';

import { dependencyUnavailable } from '../../../../src/domain/errors.js';
import { definition, ONE_ROUND, setUp, start } from './saga-world.js';

describe('a saga that fails before its pivot', () => {
  it('is undone in reverse, the step that failed first, and throws what that threw', async () => {
    const { world, sagas, make, saga } = setUp({ two: 1 });
    await expect(make().run(saga, 'tenant', start, null)).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: 'two failed' });
    expect(world.log).toEqual(['one', 'two', 'undo two', 'undo one']);
    expect(sagas.only.saga).toMatchObject({ status: 'COMPENSATED', lastError: 'two failed', steps: [{ name: 'one', state: 'COMPENSATED' }, { name: 'two', state: 'COMPENSATED' }] });
  });

  it('is undone where the pivot failed', async () => {
    const { world, make, saga, sagas } = setUp({ pivot: 1 });
    await expect(make().run(saga, 'tenant', start, null)).rejects.toThrow('pivot failed');
    expect(world.log).toEqual(['one', 'two', 'pivot', 'undo two', 'undo one']);
    expect(sagas.only.saga.status).toBe('COMPENSATED');
  });

  it('tries a compensation again that fails', async () => {
    const { world, sagas, make, saga } = setUp({ pivot: 1, 'undo two': 2 });
    await expect(make().run(saga, 'tenant', start, null)).rejects.toThrow('pivot failed');
    expect(world.log.filter((entry) => entry.startsWith('undo'))).toEqual(['undo two', 'undo two', 'undo two', 'undo one']);
    expect(sagas.only.saga.status).toBe('COMPENSATED');
  });

  it('leaves no trace where it failed before anything was intended', async () => {
    const { world, sagas, make, saga } = setUp();
    sagas.onWrite = () => {
      throw dependencyUnavailable('database', new Error('down'));
    };
    await expect(make().run(saga, 'tenant', start, null)).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
    expect(world.log.filter((entry) => !entry.startsWith('undo'))).toEqual([]);
    expect(sagas.rows.size).toBe(0);
  });
});

describe('a compensation that takes long', () => {
  it('is not waited for by whoever asked for the saga, and goes on', async () => {
    const { world, sagas, make } = setUp({ two: 1 });
    const saga = definition(world);
    const gate = Promise.withResolvers<void>();
    const one = saga.steps[0] as unknown as { compensate(): Promise<void> };
    const undo = one.compensate;
    one.compensate = async () => {
      await gate.promise;
      await undo();
    };
    const runner = make();
    const begun = performance.now();
    await expect(runner.run(saga, 'tenant', start, null)).rejects.toThrow('two failed');
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(sagas.only.saga.status).toBe('COMPENSATING');
    // It is still this one's: nobody takes it over from a process that is at it.
    sagas.now += 1_000_000;
    await runner.recover({ everyOwner: false });
    expect(world.log).toEqual(['one', 'two', 'undo two']);
    gate.resolve();
    await expect.poll(() => sagas.only.saga.status).toBe('COMPENSATED');
    expect(world.log).toEqual(['one', 'two', 'undo two', 'undo one']);
  });
});

describe('a compensation that cannot be done', () => {
  it('waits for the next round, goes on where it was, and undoes nothing twice', async () => {
    const { world, sagas, make, saga, failures } = setUp({ pivot: 1, 'undo one': ONE_ROUND });
    const runner = make();
    await expect(runner.run(saga, 'tenant', start, null)).rejects.toThrow('pivot failed');
    expect(failures).toHaveBeenCalledExactlyOnceWith('test');
    expect(sagas.only.saga).toMatchObject({ status: 'COMPENSATING', attempts: 1, lastError: 'undo one failed' });
    // Its own process takes it up, once the pause is over.
    expect(await runner.recover({ everyOwner: false })).toBe(0);
    sagas.now += 61;
    world.log.length = 0;
    expect(await runner.recover({ everyOwner: false })).toBe(1);
    expect(world.log).toEqual(['undo one']);
    expect(sagas.only.saga.status).toBe('COMPENSATED');
  });

  it('ends as STUCK, which is seen, and gets another chance at the next start', async () => {
    const { world, sagas, make, saga, failures } = setUp({ pivot: 1, 'undo two': Number.MAX_SAFE_INTEGER });
    const runner = make();
    await expect(runner.run(saga, 'tenant', start, null)).rejects.toThrow('pivot failed');
    for (let round = 0; round < 20 && sagas.only.saga.status !== 'STUCK'; round += 1) {
      sagas.now += 61;
      await runner.recover({ everyOwner: false });
    }
    expect(await sagas.findStuck()).toMatchObject([{ kind: 'test', lastError: 'undo two failed', attempts: 8 }]);
    expect(failures).toHaveBeenCalledTimes(8);
    sagas.now += 3_600;
    expect(await runner.recover({ everyOwner: false })).toBe(0);

    world.faults.clear();
    world.log.length = 0;
    expect(await make().recover({ everyOwner: true })).toBe(1);
    expect(world.log).toEqual(['undo two', 'undo one']);
    expect(sagas.only.saga.status).toBe('COMPENSATED');
  });
});
