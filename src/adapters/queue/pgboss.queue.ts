import { randomUUID } from 'node:crypto';

import { PgBoss } from 'pg-boss';

import { dependencyUnavailable, internal, isStrataError } from '../../domain/errors.js';
import type { Logger } from '../../ports/logger.port.js';
import type { Job, JobRequest, Queue, WorkOptions } from '../../ports/queue.port.js';
import type { SqlClient } from '../../ports/sql.port.js';
import { PeriodicTasks } from './periodic-tasks.js';
import { QUEUE_SCHEMA, bossOptions, queueOptions, type QueueDefinition } from './pgboss.options.js';
import type { QueueDatabase } from './queue-database.js';
import { WorkerGroup } from './worker-group.js';

export interface PgBossQueueOptions {
  database: QueueDatabase;
  /** Every queue that jobs are put into or taken from. They are created, or brought up to date, at the start. */
  queues: readonly QueueDefinition[];
  logger: Logger;
}

/**
 * Durable jobs in the database itself, by pg-boss: what is enqueued within a transaction exists only if it commits.
 *
 * Nobody listens for notifications, since the embedded database has none: services wake the workers of their own process
 * after they committed, and a worker of each queue looks every two seconds for what others enqueued or what has become due.
 */
export class PgBossQueue implements Queue {
  private readonly boss: PgBoss;
  private readonly database: QueueDatabase;
  private readonly definitions: ReadonlyMap<string, QueueDefinition>;
  private readonly logger: Logger;
  private readonly groups = new Map<string, WorkerGroup>();
  private readonly periodic: PeriodicTasks;
  /** Told to handlers when the stop has used up its grace. */
  private readonly ending = new AbortController();
  private started = false;

  constructor({ database, queues, logger }: PgBossQueueOptions) {
    this.database = database;
    this.definitions = new Map(queues.map((queue) => [queue.name, queue]));
    this.logger = logger;
    this.periodic = new PeriodicTasks(database, logger);
    this.boss = new PgBoss({
      ...bossOptions(database.kind),
      db: { executeSql: async (text, values) => database.pool.query(text, values) },
    });
    this.boss.on('error', (error) => {
      if (!this.ending.signal.aborted) this.logger.error({ err: error }, 'The job queue met an error and goes on');
    });
    this.boss.on('warning', (warning) => this.logger.warn({ warning }, 'The job queue has a warning'));
  }

  async start(): Promise<void> {
    try {
      await this.startBoss();
      if (this.database.kind === 'embedded') await this.reclaimOrphans();
      await this.provideQueues();
      this.started = true;
    } catch (error) {
      // Its timers would keep a process alive whose start has failed.
      await this.boss.stop({ graceful: false, close: false }).catch((stopError: unknown) => this.logger.warn({ err: stopError }, 'The job queue did not stop after its start had failed'));
      throw isStrataError(error) ? error : dependencyUnavailable('queue', error);
    }
  }

  async enqueue(jobs: readonly JobRequest[], within?: SqlClient): Promise<void> {
    if (jobs.length === 0) return;
    const client = within ?? this.database.sql;
    const db = { executeSql: async (text: string, values?: unknown[]) => ({ rows: await client.query(text, values) }) };
    // One statement a queue, however many jobs.
    for (const [name, requests] of Map.groupBy(jobs, (job) => job.name)) {
      this.definition(name);
      await this.boss.insert(
        name,
        requests.map((request) => ({
          data: request.data,
          // The queue holds one waiting job a key; a job without a key must not keep others out.
          singletonKey: request.singletonKey ?? randomUUID(),
          ...(request.startAfterSeconds === undefined ? {} : { startAfter: request.startAfterSeconds }),
          ...(request.priority === undefined ? {} : { priority: request.priority }),
        })),
        { db },
      );
    }
  }

  async work<Payload extends object>(
    name: string,
    options: WorkOptions,
    handler: (jobs: Job<Payload>[], signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    this.definition(name);
    if (this.groups.has(name)) throw internal(`The queue "${name}" has its workers already.`);
    const group = new WorkerGroup(this.boss, name, options.batchSize);
    this.groups.set(name, group);
    await group.start(options.concurrency, async (jobs) => {
      await withOneSignal([this.ending.signal, ...jobs.map((job) => job.signal)], (signal) =>
        handler(jobs.map((job) => ({ id: job.id, data: job.data as Payload })), signal),
      );
    });
  }

  every(name: string, seconds: number, handler: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.periodic.add(name, seconds, handler);
    return Promise.resolve();
  }

  wake(name: string): void {
    this.groups.get(name)?.wake();
  }

  /**
   * Half of the time is grace: handlers finish what they are at. Then they are told to end, and what is still not settled
   * when the time is up goes back into the queue.
   */
  async stop(timeoutMs: number): Promise<void> {
    for (const group of this.groups.values()) group.stop();
    const grace = setTimeout(() => this.ending.abort(), timeoutMs / 2);
    try {
      await Promise.all([
        this.periodic.stop(timeoutMs),
        // pg-boss takes a second at least.
        this.boss.stop({ graceful: true, close: false, timeout: Math.max(timeoutMs, 1000) }),
      ]);
    } finally {
      clearTimeout(grace);
      this.ending.abort();
      this.started = false;
    }
  }

  async check(): Promise<void> {
    if (!this.started) throw dependencyUnavailable('queue', new Error('the job queue is not running'));
    await this.database.sql.query(`SELECT version FROM ${QUEUE_SCHEMA}.version`);
  }

  async depth(): Promise<Record<string, number>> {
    const rows = await this.database.sql.query<{ name: string; waiting: number }>(
      `SELECT name, count(*)::int AS waiting FROM ${QUEUE_SCHEMA}.job WHERE state < 'active' GROUP BY name`,
    );
    const depths = Object.fromEntries([...this.definitions.keys()].map((name) => [name, 0]));
    for (const { name, waiting } of rows) if (name in depths) depths[name] = waiting;
    return depths;
  }

  /** Only one process has the embedded database open, and it begins now: whatever counts as running belongs to a dead one. */
  private async reclaimOrphans(): Promise<void> {
    const rows = await this.database.sql.query(
      `UPDATE ${QUEUE_SCHEMA}.job SET state = 'retry', start_after = now(), heartbeat_on = NULL WHERE state = 'active' RETURNING id`,
    );
    if (rows.length > 0) this.logger.info({ jobs: rows.length }, 'Jobs of a process that died are handed out again');
  }

  /**
   * Of processes that start at once over an empty database one makes pg-boss's tables. Another that looked for its schema before
   * may remember that there is none, and is refused: it finds all there when it looks again.
   */
  private async startBoss(): Promise<void> {
    try {
      await this.boss.start();
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      await this.boss.start();
    }
  }

  private async provideQueues(): Promise<void> {
    const existing = new Map((await this.boss.getQueues()).map((queue) => [queue.name, queue]));
    for (const definition of this.definitions.values()) {
      const wanted = queueOptions(definition, this.database.kind);
      const found = existing.get(definition.name) as Record<string, unknown> | undefined;
      if (found === undefined) {
        await this.boss.createQueue(definition.name, { ...wanted, policy: 'short' });
      } else if (Object.entries(wanted).some(([key, value]) => (found[key] ?? null) !== value)) {
        await this.boss.updateQueue(definition.name, wanted);
      }
    }
  }

  private definition(name: string): QueueDefinition {
    const definition = this.definitions.get(name);
    if (definition === undefined) throw internal(`There is no queue "${name}". Name it where the queues are defined.`);
    return definition;
  }
}

const isUniqueViolation = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '23505';

/** Not AbortSignal.any: each signal that is derived from that one follows all its sources, and a batch derives hundreds. */
async function withOneSignal(sources: readonly AbortSignal[], work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const abort = ({ target }: { target: unknown }) => controller.abort((target as AbortSignal).reason);
  for (const source of sources) {
    if (source.aborted) abort({ target: source });
    else source.addEventListener('abort', abort, { once: true });
  }
  try {
    await work(controller.signal);
  } finally {
    for (const source of sources) source.removeEventListener('abort', abort);
  }
}
