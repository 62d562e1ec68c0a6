import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { dependencyUnavailable } from '../../../domain/errors.js';
import type { Logger } from '../../../ports/logger.port.js';
import { workerEntry } from '../../worker-entry.js';
import { copyFailure } from './copy-failure.js';
import { createEngine, type DatabaseEngine } from './database-engine.js';
import type { EmbeddedReport, EmbeddedRequest, EmbeddedWorkerData } from './embedded.messages.js';
import { EnginePool } from './engine-pool.js';
import { ReadingCount } from './reading-count.js';
import { StatementNames } from './statement-names.js';
import { usableTemplate } from './template.js';

export interface EmbeddedEngineOptions {
  /** The installation's data folder; the database lives in `database` beneath it. Its lock is the caller's business. */
  dataDir: string;
  /** Where to begin a new database from; default: the one that the build made, if it is there. Null: initdb. */
  templateDir?: string | null;
  /** Told once, when the database breaks down while in use. */
  onFailure?: (error: Error) => void;
  logger?: Logger;
}

/** One session serves them all; more would only queue in another place. */
const CONNECTIONS = 20;
const CONNECT_MS = 30_000;
const STOP_MS = 8_000;
/** Unix socket addresses hold 104 (macOS) or 108 (Linux) bytes. */
const SOCKET_PATH_BYTES = 100;
/** The name by which pg finds a socket in a folder. */
const SOCKET = '.s.PGSQL.5432';
const SOCKET_FOLDER = /^strata-[A-Za-z0-9]{6}$/;
const SOCKET_NOTE = 'database.socket';

/** Starts PostgreSQL inside this process (PGlite with pgvector). Resolves when it takes statements. */
export async function startEmbeddedEngine(options: EmbeddedEngineOptions): Promise<DatabaseEngine> {
  const socket = await privateSocketFolder(options.dataDir).catch((error: unknown) => {
    throw dependencyUnavailable('database', error);
  });
  const reading = new ReadingCount();
  const thread = new DatabaseThread(
    {
      databaseDir: join(options.dataDir, 'database'),
      templateDir: options.templateDir === undefined ? usableTemplate() : options.templateDir,
      socketPath: join(socket.path, SOCKET),
      maxConnections: CONNECTIONS,
      reading: reading.buffer,
    },
    options,
  );
  try {
    await thread.ready();
  } catch (error) {
    await socket.remove();
    throw dependencyUnavailable('database', error);
  }
  const pool = new EnginePool(
    {
      host: socket.path,
      port: 5432,
      user: 'postgres',
      database: 'postgres',
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_MS,
      // Connections cost nothing to keep: they never leave this process.
      idleTimeoutMillis: 0,
    },
    new StatementNames(),
  );
  return createEngine({
    kind: 'embedded',
    pool,
    checkBackend: () => {
      const { failure } = thread;
      return failure === null ? Promise.resolve() : Promise.reject(dependencyUnavailable('database', failure));
    },
    copyTo: (folder) => thread.copyTo(folder),
    readers: reading,
    async stopBackend() {
      await thread.stop();
      await socket.remove();
    },
  });
}

/** The worker thread, from its start to its end. */
class DatabaseThread {
  /** Why it ended, when nobody asked it to. */
  failure: Error | null = null;
  private readonly worker: Worker;
  private readonly started: Promise<void>;
  private readonly ended: Promise<void>;
  private stopping = false;
  private readonly copies = new Map<number, { resolve(done: { heldMs: number }): void; reject(error: Error): void }>();
  private copyNumber = 0;

  constructor(data: EmbeddedWorkerData, { onFailure, logger }: EmbeddedEngineOptions) {
    const { url, execArgv } = workerEntry('embedded.worker', import.meta.url);
    this.worker = new Worker(url, { workerData: data, execArgv, name: 'strata-database' });
    this.ended = new Promise((resolve) => this.worker.once('exit', () => resolve()));
    const failed = (error: Error): void => {
      if (this.failure !== null || this.stopping) return;
      this.failure = error;
      onFailure?.(error);
    };
    this.worker.on('error', failed);
    this.worker.on('exit', (code) => failed(new Error(`the embedded database ended by itself (exit code ${code})`)));
    this.started = new Promise<void>((resolve, reject) => {
      this.worker.on('message', (report: EmbeddedReport) => {
        if (report.kind === 'ready') resolve();
        if (report.kind === 'upkeepFailed') logger?.warn({ reason: report.message }, 'Upkeep of the embedded database failed; it is tried again');
        if (report.kind === 'copied') this.copyEnded(report.id)?.resolve({ heldMs: report.heldMs });
        if (report.kind === 'copyFailed') this.copyEnded(report.id)?.reject(copyFailure(report));
        if (report.kind === 'failed') failed(Object.assign(new Error(report.message), { stack: report.stack }));
      });
      this.worker.once('exit', () => reject(this.failure ?? new Error('the embedded database ended before it was ready')));
    });
    // Whoever waits for `ready` hears of it; nobody else has to.
    this.started.catch(() => undefined);
  }

  ready(): Promise<void> {
    return this.started;
  }

  /** @see DatabaseEngine.copyTo */
  copyTo(target: string): Promise<{ heldMs: number }> {
    const id = (this.copyNumber += 1);
    const copied = new Promise<{ heldMs: number }>((resolve, reject) => this.copies.set(id, { resolve, reject }));
    this.worker.postMessage({ kind: 'copy', id, target } satisfies EmbeddedRequest);
    const gone = this.ended.then(() => {
      throw dependencyUnavailable('database', this.failure ?? new Error('the embedded database ended before it was copied'));
    });
    return Promise.race([copied, gone]);
  }

  private copyEnded(id: number) {
    const waiting = this.copies.get(id);
    this.copies.delete(id);
    return waiting;
  }

  /** Writes a checkpoint and closes. What does not close in time is cut off: the WAL has everything that was committed. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.worker.postMessage({ kind: 'stop' } satisfies EmbeddedRequest);
    const late = setTimeout(() => void this.worker.terminate(), STOP_MS);
    await this.ended;
    clearTimeout(late);
  }
}

/**
 * A folder of our own (0700): whoever can open the socket is the database's superuser. Its name is kept in the data folder,
 * so that the next start clears away what a killed process left.
 */
async function privateSocketFolder(dataDir: string): Promise<{ path: string; remove(): Promise<void> }> {
  const note = join(dataDir, SOCKET_NOTE);
  const left = await readFile(note, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (SOCKET_FOLDER.test(basename(left))) await rm(left, { recursive: true, force: true });
  const parent = [tmpdir(), '/tmp'].find(
    (folder) => Buffer.byteLength(join(folder, 'strata-XXXXXX', SOCKET)) <= SOCKET_PATH_BYTES && existsSync(folder),
  );
  if (parent === undefined) throw new Error('the folder for temporary files has too long a name for a socket');
  const path = await mkdtemp(join(parent, 'strata-'));
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(note, path);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true });
      await rm(note, { force: true });
    },
  };
}
