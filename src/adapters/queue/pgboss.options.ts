import type { ConstructorOptions, QueueOptions } from 'pg-boss';

import type { QueueDatabase } from './queue-database.js';

export const QUEUE_SCHEMA = 'pgboss';

/** How often, and how patiently, the jobs of one queue are tried. */
export interface QueueDefinition {
  /** Letters, digits, `_`, `-`, `.`, `/`. */
  name: string;
  /** Attempts after the first. Default 20. */
  retryLimit?: number;
  /** Seconds before the first retry; doubled, with jitter, for each one after. Default 1. */
  retryDelaySeconds?: number;
  /** Default 300. */
  retryDelayMaxSeconds?: number;
  /** A handler that takes longer counts as failed. Default 6 hours. */
  expireInSeconds?: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * Where several processes share a server, each says every few seconds that it still lives. A job whose process went silent
 * is handed out again after 20 s of silence, up to 20 s until somebody looks.
 */
const HEARTBEAT_SECONDS = 20;
export const HEARTBEAT_REFRESH_SECONDS = 5;
const SUPERVISE_SECONDS = 10;

export function queueOptions(definition: QueueDefinition, kind: QueueDatabase['kind']): QueueOptions {
  return {
    retryLimit: definition.retryLimit ?? 20,
    retryDelay: definition.retryDelaySeconds ?? 1,
    retryBackoff: true,
    retryDelayMax: definition.retryDelayMaxSeconds ?? 5 * MINUTE,
    expireInSeconds: definition.expireInSeconds ?? 6 * HOUR,
    // Nobody reads finished jobs; the rows that they were about say how they ended.
    deleteAfterSeconds: 10 * MINUTE,
    // The embedded database has one process, and that one hands out its dead predecessor's jobs as it starts.
    heartbeatSeconds: (kind === 'embedded' ? null : HEARTBEAT_SECONDS) as number,
  };
}

/** Everything of pg-boss that is not used here is off, and what is left is quiet where one process has the database. */
export function bossOptions(kind: QueueDatabase['kind']): ConstructorOptions {
  const common: ConstructorOptions = {
    backend: 'postgres',
    schema: QUEUE_SCHEMA,
    schedule: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
    flowIntervalSeconds: 10 * MINUTE,
    bamIntervalSeconds: 10 * MINUTE,
    queueCacheIntervalSeconds: HOUR,
    warningQueueSize: 1_000_000,
  };
  return kind === 'embedded'
    ? {
        ...common,
        superviseIntervalSeconds: 10 * MINUTE,
        monitorIntervalSeconds: HOUR,
        maintenanceIntervalSeconds: 10 * MINUTE,
        monitorVacuum: false,
        reindex: false,
      }
    : {
        ...common,
        superviseIntervalSeconds: SUPERVISE_SECONDS,
        monitorIntervalSeconds: SUPERVISE_SECONDS,
        maintenanceIntervalSeconds: 10 * MINUTE,
      };
}
