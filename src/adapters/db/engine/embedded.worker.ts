/**
 * The thread that holds the embedded database: PostgreSQL as WebAssembly, with pgvector, behind a Unix socket that speaks
 * PostgreSQL's protocol. Statements run synchronously here, so that the main thread's event loop stays free.
 */
import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';

import { copyDatabase } from './embedded-copy.js';
import { EmbeddedUpkeep } from './embedded-upkeep.js';
import type { EmbeddedReport, EmbeddedRequest, EmbeddedWorkerData } from './embedded.messages.js';
import { FreshPlans } from './fresh-plans.js';
import { ReadingCount } from './reading-count.js';
import { WireServer } from './wire-server.js';

const port = parentPort;
if (port === null) throw new Error('embedded.worker runs as a worker thread only');
const { databaseDir, templateDir, socketPath, maxConnections, reading } = workerData as EmbeddedWorkerData;

const report = (message: EmbeddedReport): void => port.postMessage(message);

/**
 * Pages and WAL segments are small files here, one process deep: 1 MB segments make the first start write 15 MB less.
 * initdb itself runs in memory.
 */
const INITDB_OPTIONS = ['--wal-segsize=1'];

const SETTINGS = [
  // The files are in the page cache or on a solid disk; an index is worth its jumps.
  'random_page_cost=1.1',
  'work_mem=16MB',
  // Builds of vector indexes are many times slower once they no longer fit.
  'maintenance_work_mem=128MB',
];

/**
 * A new database is built beside its place and moved there whole: a process that dies meanwhile leaves nothing that
 * looks like a database.
 */
async function provide(): Promise<void> {
  if (existsSync(`${databaseDir}/PG_VERSION`)) return;
  const partial = `${databaseDir}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(dirname(databaseDir), { recursive: true, mode: 0o700 });
  if (templateDir !== null) {
    cpSync(templateDir, partial, { recursive: true });
    chmodSync(partial, 0o700);
  } else {
    const fresh = await PGlite.create({ dataDir: partial, initDbStartParams: INITDB_OPTIONS });
    await fresh.exec('CHECKPOINT');
    await fresh.close();
  }
  renameSync(partial, databaseDir);
}

async function start(): Promise<void> {
  await provide();
  const database = await PGlite.create({
    dataDir: databaseDir,
    extensions: { vector },
    startParams: [...PGlite.defaultStartParams, ...SETTINGS.flatMap((setting) => ['-c', setting])],
  });

  // What breaks down is WebAssembly itself (out of memory, unreachable code), after which nothing in this thread can be
  // trusted. The next start recovers from the WAL.
  const readers = new ReadingCount(reading);
  const server = new WireServer(database, { path: socketPath, maxConnections, onBreakdown: fail, isAnyoneReading: () => readers.isAnyone(), onTransactionEnd: () => plans.transactionEnded() });
  const upkeepFailed = (error: unknown) => report({ kind: 'upkeepFailed', message: error instanceof Error ? error.message : String(error) });
  const plans = new FreshPlans(() => void server.turn(async () => void (await database.exec('DISCARD PLANS'))).catch(upkeepFailed));
  const upkeep = new EmbeddedUpkeep(
    database,
    (work) => server.turn(work),
    () => server.isQuiet() && readers.lately() === 'nobody',
    () => plans.analysed(),
    upkeepFailed,
  );
  await server.start();
  upkeep.start();
  port!.on('message', (request: EmbeddedRequest) => {
    if (request.kind === 'copy') {
      copyDatabase({ source: databaseDir, target: request.target, turn: (work) => server.turn(work), checkpoint: () => database.exec('CHECKPOINT') }).then(
        (heldMs) => report({ kind: 'copied', id: request.id, heldMs }),
        (error: unknown) => report({ kind: 'copyFailed', id: request.id, ...refusalOf(error) }),
      );
      return;
    }
    upkeep.stop();
    stop(database, server).catch(fail);
  });
  report({ kind: 'ready' });
}

function refusalOf(error: unknown): { message: string; code?: string | undefined } {
  const { code } = error as { code?: unknown };
  return { message: error instanceof Error ? error.message : String(error), code: typeof code === 'string' ? code : undefined };
}

async function stop(database: PGlite, server: WireServer): Promise<void> {
  await server.stop();
  // So that the next start finds nothing to replay.
  await database.exec('CHECKPOINT');
  await database.close();
  report({ kind: 'stopped' });
  port!.close();
}

function fail(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  report({ kind: 'failed', message, stack });
  // The message leaves before the thread does.
  setImmediate(() => process.exit(1));
}

start().catch(fail);
