import { PgBossQueue, type PgBossQueueOptions } from '../adapters/queue/pgboss.queue.js';

/** What the program has jobs of; a worker may be told to take some kinds alone. */
export const JOB_KINDS = ['ingest', 'annotate'] as const;

/** The program's queue with all of its kinds, not yet started. */
export const openQueue = (parts: Omit<PgBossQueueOptions, 'queues'>): PgBossQueue => new PgBossQueue({ ...parts, queues: JOB_KINDS.map((name) => ({ name })) });
