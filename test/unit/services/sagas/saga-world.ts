import { expect, onTestFinished, vi } from 'vitest';

import { badInput, dependencyUnavailable } from '../../../../src/domain/errors.js';
import type { JsonObject } from '../../../../src/domain/model.js';
import type { Database, Transaction } from '../../../../src/ports/database.port.js';
import type { Logger } from '../../../../src/ports/logger.port.js';
import type { Metrics } from '../../../../src/ports/metrics.port.js';
import type { SagaRecord, SagaRepository } from '../../../../src/ports/repositories/ledger.repository.port.js';
import { SagaRunner, type SagaCheckpoint } from '../../../../src/services/sagas/saga-runner.js';
import type { SagaDefinition } from '../../../../src/services/sagas/saga.js';

/** How often a step is tried in one round. */
export const ONE_ROUND = 4;

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
export type Payload = JsonObject & { trail: string[] };

function step(world: World, name: string): void {
  const left = world.faults.get(name) ?? 0;
  world.log.push(name);
  if (left === 0) return;
  world.faults.set(name, left - 1);
  throw badInput(`${name} failed`);
}

/** Two compensatable steps, the pivot, two retriable ones; each leaves its name in the payload. */
export function definition(world: World, kind = 'test'): SagaDefinition<Payload, null> {
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

export function setUp(faults: Record<string, number> = {}, sagas = new Sagas()) {
  const world: World = { log: [], faults: new Map(Object.entries(faults)) };
  const failures = vi.fn();
  const make = (checkpoint?: SagaCheckpoint) => {
    const database = { sagas, transaction: <T>(work: (tx: Transaction) => Promise<T>) => sagas.transaction(work) } as unknown as Database;
    const runner = new SagaRunner({ database, logger: silent, metrics: { countSagaFailure: failures } as unknown as Metrics }, checkpoint, { retries: ONE_ROUND - 1, minTimeout: 1, randomize: false });
    runner.register(definition(world));
    onTestFinished(() => runner.close());
    return runner;
  };
  return { world, sagas, failures, make, saga: definition(world) };
}
export const start: Payload = { trail: [] };
