import { afterEach, describe, expect, it, vi } from 'vitest';

import { badInput, dependencyUnavailable } from '../../../../src/domain/errors.js';
import type { JsonObject } from '../../../../src/domain/model.js';
import type { Database, Transaction } from '../../../../src/ports/database.port.js';
import type { Logger } from '../../../../src/ports/logger.port.js';
import type { Metrics } from '../../../../src/ports/metrics.port.js';
import type { SagaRecord, SagaRepository } from '../../../../src/ports/repositories/ledger.repository.port.js';
import { SagaRunner, type SagaCheckpoint } from '../../../../src/services/sagas/saga-runner.js';
import type { SagaDefinition } from '../../../../src/services/sagas/saga.js';

/** How often a step is tried in one round. */
const ONE_ROUND = 4;

interface Row {
  saga: SagaRecord;
  owner: string;
  ownedUntil: number;
}

/** The table, with transactions that can be told to fail before or behind their commit, and a clock. */
class Sagas implements SagaRepository {
  rows = new Map<string, Row>();
  now = 0;
  /** Called before every write. */
  onWrite: (what: string) => void = () => undefined;
  commit: 'works' | 'fails' | 'answer lost' = 'works';

  async insert(saga: SagaRecord, owner: string, seconds: number): Promise<void> {
    this.onWrite('insert');
    this.rows.set(saga.id, { saga: structuredClone(saga), owner, ownedUntil: this.now + seconds });
  }
  async save(saga: SagaRecord, owner: string, seconds: number): Promise<boolean> {
    this.onWrite('save');
    const row = this.rows.get(saga.id);
    if (row?.owner !== owner || row.saga.steps.length > saga.steps.length) return false;
    this.rows.set(saga.id, { saga: structuredClone(saga), owner, ownedUntil: this.now + seconds });
    return true;
  }
  async find(id: string): Promise<SagaRecord | null> {
    return structuredClone(this.rows.get(id)?.saga ?? null);
  }
  async claimAbandoned(owner: string, seconds: number, limit: number, { everyOwner }: { everyOwner: boolean }): Promise<SagaRecord[]> {
    const claimed = [...this.rows.values()]
      .filter((row) => {
        const isOpen = row.saga.status === 'RUNNING' || row.saga.status === 'COMPENSATING';
        return (isOpen && row.ownedUntil < this.now) || ((isOpen || row.saga.status === 'STUCK') && everyOwner && row.owner !== owner);
      })
      .slice(0, limit);
    for (const row of claimed) Object.assign(row, { owner, ownedUntil: this.now + seconds });
    return claimed.map((row) => structuredClone(row.saga));
  }
  async extend(ids: readonly string[], owner: string, seconds: number): Promise<void> {
    for (const row of this.rows.values()) if (ids.includes(row.saga.id) && row.owner === owner) row.ownedUntil = this.now + seconds;
  }
  async findStuck(): Promise<(SagaRecord & { updatedAt: Date })[]> {
    return [...this.rows.values()].filter((row) => row.saga.status === 'STUCK').map((row) => ({ ...row.saga, updatedAt: new Date(0) }));
  }
  async prune(): Promise<number> {
    return 0;
  }

  async transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    const before = structuredClone(this.rows);
    try {
      const result = await work({ sagas: this } as unknown as Transaction);
      if (this.commit === 'fails') throw dependencyUnavailable('database', new Error('gone before the commit'));
      if (this.commit === 'answer lost') {
        this.commit = 'works';
        throw new AnswerLost();
      }
      return result;
    } catch (error) {
      if (error instanceof AnswerLost) throw dependencyUnavailable('database', error);
      this.rows = before;
      throw error;
    }
  }
  get only(): Row {
    expect(this.rows.size).toBe(1);
    return [...this.rows.values()][0]!;
  }
}
class AnswerLost extends Error {}

const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => silent };

interface World {
  /** What happened, in order. */
  log: string[];
  /** A step's name, or `undo <name>`: fails so many times. */
  faults: Map<string, number>;
}
type Payload = JsonObject & { trail: string[] };

function step(world: World, name: string): void {
  const left = world.faults.get(name) ?? 0;
  world.log.push(name);
  if (left === 0) return;
  world.faults.set(name, left - 1);
  throw badInput(`${name} failed`);
}

/** Two compensatable steps, the pivot, two retriable ones; each leaves its name in the payload. */
function definition(world: World, kind = 'test'): SagaDefinition<Payload, null> {
  const effect = (name: string) => async (payload: Payload) => {
    step(world, name);
    return { trail: [...payload.trail, name] };
  };
  const compensatable = (name: string) => ({ kind: 'compensatable' as const, name, effect: effect(name), compensate: async () => step(world, `undo ${name}`) });
  return {
    kind,
    steps: [
      compensatable('one'), compensatable('two'), { kind: 'pivot', name: 'pivot', effect: effect('pivot') },
      { kind: 'retriable', name: 'three', effect: effect('three') }, { kind: 'retriable', name: 'four', effect: effect('four') },
    ],
  };
}

const runners: SagaRunner[] = [];
afterEach(() => {
  for (const runner of runners.splice(0)) runner.close();
});

function setUp(faults: Record<string, number> = {}, sagas = new Sagas()) {
  const world: World = { log: [], faults: new Map(Object.entries(faults)) };
  const failures = vi.fn();
  const make = (checkpoint?: SagaCheckpoint) => {
    const database = { sagas, transaction: <T>(work: (tx: Transaction) => Promise<T>) => sagas.transaction(work) } as unknown as Database;
    const runner = new SagaRunner({ database, logger: silent, metrics: { countSagaFailure: failures } as unknown as Metrics }, checkpoint, { retries: ONE_ROUND - 1, minTimeout: 1, randomize: false });
    runner.register(definition(world));
    runners.push(runner);
    return runner;
  };
  return { world, sagas, failures, make, saga: definition(world) };
}
const start: Payload = { trail: [] };
/** A process that is killed at a place: nothing of it runs any more. */
const killedAt = (place: string): SagaCheckpoint => ({ step, moment }) => (`${moment} ${step}` === place ? new Promise<void>(() => undefined) : undefined);

describe('a saga that goes well', () => {
  it('runs its steps in order and is done', async () => {
    const { world, sagas, make, saga } = setUp();
    expect(await make().run(saga, 'tenant', start, null)).toEqual({ trail: ['one', 'two', 'pivot', 'three', 'four'] });
    expect(world.log).toEqual(['one', 'two', 'pivot', 'three', 'four']);
    expect(sagas.only.saga).toMatchObject({ status: 'DONE', tenantId: 'tenant', kind: 'test', attempts: 0 });
    expect(start.trail).toEqual([]);
  });

  it('records each intent before its effect', async () => {
    const { world, sagas, make, saga } = setUp();
    sagas.onWrite = (what) => world.log.push(what);
    await make().run(saga, 'tenant', start, null);
    expect(world.log).toEqual(['insert', 'one', 'save', 'two', 'pivot', 'save', 'three', 'four', 'save']);
  });

  it('says where it is between every two steps', async () => {
    const { make, saga } = setUp();
    const places: string[] = [];
    await make(({ step: name, moment }) => void places.push(`${moment} ${name}`)).run(saga, 'tenant', start, null);
    expect(places).toEqual(['one', 'two', 'pivot', 'three', 'four'].flatMap((name) => [`before ${name}`, `after ${name}`]));
  });
});

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

describe('a step behind the pivot that fails', () => {
  it('is repeated, and the caller hears nothing of it', async () => {
    const { world, sagas, make, saga } = setUp({ three: 2 });
    expect((await make().run(saga, 'tenant', start, null)).trail).toContain('four');
    expect(world.log).toEqual(['one', 'two', 'pivot', 'three', 'three', 'three', 'four']);
    expect(sagas.only.saga.status).toBe('DONE');
  });

  it('is completed by the next round, which does not repeat what was done', async () => {
    const { world, sagas, make, saga } = setUp({ four: ONE_ROUND });
    const runner = make();
    await runner.run(saga, 'tenant', start, null);
    expect(sagas.only.saga).toMatchObject({ status: 'RUNNING', attempts: 1, lastError: 'four failed' });
    sagas.now += 61;
    world.log.length = 0;
    await runner.recover({ everyOwner: false });
    expect(world.log).toEqual(['four']);
    expect(sagas.only.saga).toMatchObject({ status: 'DONE', payload: { trail: ['one', 'two', 'pivot', 'three', 'four'] } });
  });
});

describe('a commit whose answer is lost', () => {
  it('counts as what is recorded: the saga goes on, and nothing is undone', async () => {
    const { world, sagas, make, saga } = setUp();
    sagas.commit = 'answer lost';
    expect((await make().run(saga, 'tenant', start, null)).trail).toEqual(['one', 'two', 'pivot', 'three', 'four']);
    expect(world.log).not.toContain('undo two');
    expect(sagas.only.saga.status).toBe('DONE');
  });

  it('counts so for a saga that begins with its pivot, too', async () => {
    const { world, sagas, make } = setUp();
    const short = { ...definition(world, 'short'), steps: definition(world).steps.slice(2) };
    const runner = make();
    runner.register(short);
    sagas.commit = 'answer lost';
    expect((await runner.run(short, 'tenant', start, null)).trail).toEqual(['pivot', 'three', 'four']);
    expect(sagas.only.saga.status).toBe('DONE');
  });

  it('is undone where the commit did fail', async () => {
    const { world, sagas, make, saga } = setUp();
    sagas.commit = 'fails';
    await expect(make().run(saga, 'tenant', start, null)).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
    expect(world.log).toEqual(['one', 'two', 'pivot', 'undo two', 'undo one']);
    expect(sagas.only.saga.status).toBe('COMPENSATED');
  });
});

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
