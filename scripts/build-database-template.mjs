/**
 * Part of the build, after the compiler: makes the database that a first start begins from, with initdb, the migrations and
 * the job tables behind it. A copy takes 50 ms where all of that takes seconds. Nothing of it is committed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedEngine } from '../dist/adapters/db/engine/embedded.js';
import { builtTemplatePath, writeTemplate } from '../dist/adapters/db/engine/template.js';
import { migrate } from '../dist/adapters/db/migrations/migrate.js';
import { PgBossQueue } from '../dist/adapters/queue/pgboss.queue.js';

const logger = { debug() {}, info() {}, warn: console.warn, error: console.error, child: () => logger };
const dataDir = await mkdtemp(join(tmpdir(), 'strata-template-'));
try {
  const engine = await startEmbeddedEngine({ dataDir, templateDir: null });
  try {
    await migrate(engine);
    const queue = new PgBossQueue({ database: engine, queues: [], logger });
    await queue.start();
    await queue.stop(1000);
    await engine.sql.query('VACUUM (ANALYZE)');
  } finally {
    await engine.stop();
  }
  await writeTemplate(dataDir, builtTemplatePath(), { replace: true });
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
