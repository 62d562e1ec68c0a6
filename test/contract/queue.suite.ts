import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { Logger } from '../../src/ports/logger.port.js';
import type { Job, Queue } from '../../src/ports/queue.port.js';
import type { SqlClient } from '../../src/ports/sql.port.js';

export const QUEUES = [{ name: 'one', retryDelaySeconds: 0 }, { name: 'two', retryDelaySeconds: 0 }, { name: 'slow', retryDelaySeconds: 0 }];

/** What the suite needs of an adapter, and of the database beneath it. */
export interface QueueFixture {
  /** A queue over the same storage each time, with `QUEUES`. */
  create(logger: Logger): Queue;
  transaction<T>(work: (sql: SqlClient) => Promise<T>): Promise<T>;
  /** How many statements `work` sends. */
  statements(work: () => Promise<unknown>): Promise<number>;
  /** Leaves the storage as a process would that died with a job under way. */
  abandonJob(name: string): Promise<void>;
  clear(): Promise<void>;
}

/** A promise and its ends, for waiting on what a handler does. */
function event<T = void>(): { promise: Promise<T>; happen: (value: T) => void } {
  let happen!: (value: T) => void;
  const promise = new Promise<T>((resolve) => {
    happen = resolve;
  });
  return { promise, happen };
}

/** Resolves with the seen values once there are so many. */
function collector<T>(count: number): { add(...values: T[]): void; all: Promise<T[]>; seen: T[] } {
  const seen: T[] = [];
  const { promise, happen } = event<T[]>();
  return {
    seen,
    all: promise,
    add(...values) {
      seen.push(...values);
      if (seen.length >= count) happen(seen);
    },
  };
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

export function queueContract(name: string, fixture: () => QueueFixture): void {
  describe(`the queue over ${name}`, () => {
    let queue: Queue;
    let others: Queue[] = [];
    beforeAll(async () => {
      // Tables and queues are made once; each test then begins with a start that finds them.
      const first = fixture().create(silent);
      await first.start();
      await first.stop(1000);
    });
    const start = async (logger: Logger = silent): Promise<Queue> => {
      const started = fixture().create(logger);
      others.push(started);
      await started.start();
      return started;
    };
    afterEach(async () => {
      await Promise.all(others.map((other) => other.stop(1000)));
      others = [];
      await fixture().clear();
    });
    afterAll(() => {
      others = [];
    });

    it('hands out what was enqueued, with its data', async () => {
      queue = await start();
      const got = event<Job<{ text: string }>[]>();
      await queue.work<{ text: string }>('one', { batchSize: 1, concurrency: 1 }, async (jobs) => got.happen(jobs));
      await queue.enqueue([{ name: 'one', data: { text: 'Ωmega' } }]);
      queue.wake('one');
      expect(await got.promise).toEqual([{ id: expect.any(String) as string, data: { text: 'Ωmega' } }]);
    });

    it('finds work that nobody announced', async () => {
      queue = await start();
      const got = event();
      await queue.work('one', { batchSize: 1, concurrency: 1 }, async () => got.happen());
      await queue.enqueue([{ name: 'one', data: {} }]);
      await got.promise;
    });

    it('is woken in far less than its pause', async () => {
      queue = await start();
      const idle = event();
      let got = event();
      await queue.work('one', { batchSize: 1, concurrency: 1 }, async () => got.happen());
      await queue.enqueue([{ name: 'one', data: {} }]);
      queue.wake('one');
      await got.promise;
      idle.happen();
      const begun = performance.now();
      for (let round = 0; round < 20; round += 1) {
        got = event();
        await queue.enqueue([{ name: 'one', data: {} }]);
        queue.wake('one');
        await got.promise;
      }
      // Twenty looks by the clock would be forty seconds.
      expect(performance.now() - begun).toBeLessThan(20_000);
    });

    it('enqueues a thousand jobs in one statement and hands them out in batches, several at once', async () => {
      queue = await start();
      const seen = collector<number>(1000);
      const sizes: number[] = [];
      let together = 0;
      let most = 0;
      const jobs = Array.from({ length: 1000 }, (_value, index) => ({ name: 'one', data: { index } }));
      expect(await fixture().statements(() => queue.enqueue(jobs))).toBe(1);
      expect(await queue.depth()).toMatchObject({ one: 1000, two: 0 });
      await queue.work<{ index: number }>('one', { batchSize: 100, concurrency: 3 }, async (batch) => {
        together += 1;
        most = Math.max(most, together);
        sizes.push(batch.length);
        await new Promise((resolve) => setImmediate(resolve));
        seen.add(...batch.map((job) => job.data.index));
        together -= 1;
      });
      queue.wake('one');
      expect(new Set(await seen.all).size).toBe(1000);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
      expect(most).toBeLessThanOrEqual(3);
    });

    it('keeps as many batches under way as it was told, and no more', async () => {
      queue = await start();
      const three = collector<string>(3);
      const open = event();
      await queue.work('one', { batchSize: 1, concurrency: 3 }, async (jobs) => {
        three.add(...jobs.map((job) => job.id));
        await open.promise;
      });
      await queue.enqueue(Array.from({ length: 5 }, () => ({ name: 'one', data: {} })));
      queue.wake('one');
      await three.all;
      expect(await queue.depth()).toMatchObject({ one: 2 });
      open.happen();
    });

    it('has no job of a transaction that was rolled back', async () => {
      queue = await start();
      await expect(
        fixture().transaction(async (sql) => {
          await queue.enqueue([{ name: 'one', data: {} }, { name: 'two', data: {} }], sql);
          throw new Error('changed my mind');
        }),
      ).rejects.toThrow('changed my mind');
      expect(await queue.depth()).toMatchObject({ one: 0, two: 0 });
    });

    it('has the jobs of a transaction once it has committed', async () => {
      queue = await start();
      await fixture().transaction((sql) => queue.enqueue([{ name: 'one', data: {} }, { name: 'two', data: {} }], sql));
      expect(await queue.depth()).toMatchObject({ one: 1, two: 1 });
    });

    it('holds one waiting job a key, and any number without', async () => {
      queue = await start();
      await queue.enqueue([{ name: 'one', data: { n: 1 }, singletonKey: 'k' }, { name: 'one', data: { n: 2 }, singletonKey: 'k' }]);
      await queue.enqueue([{ name: 'one', data: { n: 3 }, singletonKey: 'k' }, { name: 'two', data: {}, singletonKey: 'k' }]);
      await queue.enqueue([{ name: 'one', data: {} }, { name: 'one', data: {} }]);
      expect(await queue.depth()).toMatchObject({ one: 3, two: 1 });
    });

    it('takes another job of a key while one is under way', async () => {
      queue = await start();
      const under = event();
      const open = event();
      const both = collector<string>(2);
      await queue.work('one', { batchSize: 1, concurrency: 1 }, async (jobs) => {
        under.happen();
        await open.promise;
        both.add(...jobs.map((job) => job.id));
      });
      await queue.enqueue([{ name: 'one', data: {}, singletonKey: 'k' }]);
      queue.wake('one');
      await under.promise;
      await queue.enqueue([{ name: 'one', data: {}, singletonKey: 'k' }]);
      open.happen();
      await both.all;
    });

    it('keeps a job back until its time, and prefers the urgent', async () => {
      queue = await start();
      await queue.enqueue([
        { name: 'one', data: { n: 'later' }, startAfterSeconds: 3600 },
        { name: 'one', data: { n: 'plain' } },
        { name: 'one', data: { n: 'urgent' }, priority: 10 },
      ]);
      const two = collector<string>(2);
      await queue.work<{ n: string }>('one', { batchSize: 1, concurrency: 1 }, async (jobs) => two.add(...jobs.map((job) => job.data.n)));
      queue.wake('one');
      expect(await two.all).toEqual(['urgent', 'plain']);
      expect(await queue.depth()).toMatchObject({ one: 1 });
    });

    it('hands the batch out again after the handler threw', async () => {
      queue = await start();
      const attempts = collector<number>(3);
      await queue.work<{ n: number }>('one', { batchSize: 2, concurrency: 1 }, async (jobs) => {
        attempts.add(jobs.length);
        if (attempts.seen.length < 3) throw new Error('not yet');
      });
      await queue.enqueue([{ name: 'one', data: { n: 1 } }]);
      queue.wake('one');
      expect(await attempts.all).toEqual([1, 1, 1]);
    });

    it('hands out the job of a process that died', async () => {
      queue = await start();
      await queue.enqueue([{ name: 'one', data: { survives: true } }]);
      await fixture().abandonJob('one');
      const successor = await start();
      const got = event<object>();
      await successor.work('one', { batchSize: 1, concurrency: 1 }, async (jobs) => got.happen(jobs[0]!.data));
      successor.wake('one');
      expect(await got.promise).toEqual({ survives: true });
    });

    it('stops: nothing more is taken, what runs may finish', async () => {
      queue = await start();
      const under = event();
      const open = event();
      let finished = 0;
      await queue.work('one', { batchSize: 1, concurrency: 1 }, async () => {
        under.happen();
        await open.promise;
        finished += 1;
      });
      await queue.enqueue([{ name: 'one', data: {} }, { name: 'one', data: {} }]);
      queue.wake('one');
      await under.promise;
      const stopped = queue.stop(10_000);
      open.happen();
      await stopped;
      expect(finished).toBe(1);
      expect(await queue.depth()).toMatchObject({ one: 1 });
      await expect(queue.check()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'queue' } });
    });

    it('stops: a handler that takes too long is told, and its job goes back', async () => {
      queue = await start();
      const under = event();
      const told = event();
      await queue.work('slow', { batchSize: 1, concurrency: 1 }, async (_jobs, signal) => {
        under.happen();
        await new Promise<void>((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            told.happen();
            reject(new Error('told to end'));
          });
        });
      });
      await queue.enqueue([{ name: 'slow', data: {} }]);
      queue.wake('slow');
      await under.promise;
      await queue.stop(1000);
      await told.promise;
      expect(await queue.depth()).toMatchObject({ slow: 1 });
    });

    it('does periodic work, one turn after the other, until it stops', async () => {
      queue = await start();
      const turns = collector<number>(3);
      let together = 0;
      await queue.every(`tick-${randomUUID()}`, 0.02, async () => {
        together += 1;
        expect(together).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        together -= 1;
        turns.add(1);
        if (turns.seen.length === 1) throw new Error('one failure is no end');
      });
      await turns.all;
      await queue.stop(1000);
      const afterwards = turns.seen.length;
      await queue.depth();
      expect(turns.seen.length).toBe(afterwards);
    });

    it('refuses queues that nobody defined', async () => {
      queue = await start();
      await expect(queue.enqueue([{ name: 'unknown', data: {} }])).rejects.toThrow('There is no queue "unknown"');
      await expect(queue.work('unknown', { batchSize: 1, concurrency: 1 }, async () => undefined)).rejects.toThrow('There is no queue');
    });

    it('says that it is well', async () => {
      queue = await start();
      await queue.check();
    });
  });
}
