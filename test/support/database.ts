import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll } from 'vitest';

import type { DatabaseEngine } from '../../src/adapters/db/engine/database-engine.js';
import { startEmbeddedEngine } from '../../src/adapters/db/engine/embedded.js';
import { packageRoot } from '../../src/adapters/db/engine/package-root.js';
import { templateKey, usableTemplate, writeTemplate } from '../../src/adapters/db/engine/template.js';
import { migrate, migrationsPath } from '../../src/adapters/db/migrations/migrate.js';
import { PgBossQueue } from '../../src/adapters/queue/pgboss.queue.js';
import { createDatabase } from '../../src/adapters/db/sql-database.js';
import { startDatabase } from '../../src/app/start-database.js';
import { openIndexes } from '../../src/app/stores.js';
import type { Indexes } from '../../src/services/indexing/live-indexes.js';
import { loadConfig } from '../../src/config/load.js';
import type { EmbeddingModel } from '../../src/ports/embedder.port.js';
import type { Logger } from '../../src/ports/logger.port.js';
import { openStack, type OpenedStack } from './stack.js';
import { statementsOf } from './statements.js';

export interface TestDatabase {
  /** A database of this test file's own, migrated: an embedded one, or one of the stack's server. */
  readonly engine: DatabaseEngine;
  /** The data folder beneath an embedded one. */
  readonly dataDir: string;
  /** A tenant that nobody else in this file uses: tests share the tables, never the rows. */
  freshTenant(): string;
  /** Those of the stack; null where they are part of the database. */
  readonly indexes: Indexes | null;
  /** As the function of that name, of this database's. */
  statementsOf(work: () => Promise<unknown>): Promise<string[]>;
}

/**
 * One database for the test file (or `describe`) that calls this, started before its tests and gone after them:
 *
 *   const database = withDatabase();
 *   it('…', async () => { await database.engine.sql.query('…', [database.freshTenant()]); });
 */
export function withDatabase({ models = [] }: { models?: readonly EmbeddingModel[] } = {}): TestDatabase {
  let engine: DatabaseEngine | null = null;
  let stack: OpenedStack | null = null;
  let indexes: Indexes | null = null;
  let dataDir = '';
  let tenants = 0;
  const started = (): DatabaseEngine => {
    if (engine === null) throw new Error('The database is there within tests and hooks only.');
    return engine;
  };
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'strata-test-'));
    stack = await openStack();
    if (stack.settings === '') {
      engine = await startEmbeddedEngine({ dataDir, templateDir: await migratedTemplate() });
      return;
    }
    await writeFile(join(dataDir, 'data_layer.yaml'), stack.settings);
    const config = loadConfig({ env: {}, cwd: dataDir });
    engine = await startDatabase(config, { onFailure: () => undefined });
    const { hasVector } = await migrate(engine);
    const database = createDatabase(engine, { enqueue: () => Promise.reject(new Error('nothing is queued here')) });
    indexes = await openIndexes(config.vectorDatabase, { engine, database, hasVector, models: () => models, logger: silent });
  });
  afterAll(async () => {
    await indexes?.vectors.close();
    await engine?.stop();
    await stack?.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  return {
    get engine() {
      return started();
    },
    get dataDir() {
      return dataDir;
    },
    get indexes() {
      return indexes;
    },
    freshTenant: () => `tenant-${(tenants += 1)}`,
    statementsOf: (work) => statementsOf(started(), work),
  };
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** A migrated data directory to copy, made once for these migrations and kept in `.cache`. */
export async function migratedTemplate(): Promise<string> {
  const template = join(packageRoot(), '.cache', `database-template-${await templateKey(migrationsPath())}`);
  const ready = existsSync(template) ? usableTemplate(template) : null;
  if (ready !== null) return ready;
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-template-'));
  try {
    const engine = await startEmbeddedEngine({ dataDir, templateDir: null });
    try {
      await migrate(engine);
      const queue = new PgBossQueue({ database: engine, queues: [], logger: silent });
      await queue.start();
      await queue.stop(1000);
    } finally {
      await engine.stop();
    }
    await writeTemplate(dataDir, template, { replace: false });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
  const made = usableTemplate(template);
  if (made === null) throw new Error('the template that was just written cannot be used');
  return made;
}
