import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { StrataError } from '../../../domain/errors.js';
import type { SqlClient } from '../../../ports/sql.port.js';
import type { DatabaseEngine } from '../engine/database-engine.js';
import { packageRoot } from '../engine/package-root.js';

export interface MigrationResult {
  /** The names of the migrations that were applied now, in order. */
  applied: string[];
  /** Whether vectors can be kept in this database: pgvector is there. */
  hasVector: boolean;
}

interface Migration {
  name: string;
  sql: string;
  /** SHA-256 of the file, in hex, as Prisma computes it. */
  checksum: string;
  requiresVector: boolean;
}

export const migrationsPath = (): string => join(packageRoot(), 'prisma', 'migrations');

/** First line of a migration that is left out, for now, where PostgreSQL has no pgvector. */
const REQUIRES_VECTOR = /^\s*--\s*strata:requires vector\b/;
/** Any constant: all processes of an installation wait for the same one. */
const LOCK = 7_233_190_411;

/** Prisma's own table, so that Prisma's tools agree with us about what has been applied. */
const HISTORY_TABLE = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  varchar(36) PRIMARY KEY,
    checksum            varchar(64) NOT NULL,
    finished_at         timestamptz,
    migration_name      varchar(255) NOT NULL,
    logs                text,
    rolled_back_at      timestamptz,
    started_at          timestamptz NOT NULL DEFAULT now(),
    applied_steps_count integer NOT NULL DEFAULT 0
  )`;

/**
 * Brings the database to the program's tables: `prisma/migrations/<name>/migration.sql`, in the order of their names, each
 * once and in a transaction of its own. Several processes may do so at once; running it again does nothing.
 *
 * @param folder for tests; default: the program's own migrations
 * @throws StrataError CONFLICT where an applied migration has changed since, or the database knows migrations that this
 * program does not
 */
export async function migrate(engine: DatabaseEngine, folder: string = migrationsPath()): Promise<MigrationResult> {
  const migrations = await readMigrations(folder);
  // The usual start finds nothing to do, in a few statements and without a lock.
  const history = await readHistory(engine.sql);
  verify(history, migrations);
  const pending = migrations.filter(({ name }) => !history.has(name));
  const vector = pending.some(({ requiresVector }) => requiresVector) ? await ensureVector(engine) : await hasVector(engine.sql);

  const applied: string[] = [];
  for (const migration of pending) {
    if (migration.requiresVector && !vector) continue;
    // Each in its own transaction, each under the lock: whoever comes second finds it applied.
    const done = await engine.transaction(({ sql }) => applyOnce(sql, migration, migrations));
    if (done) applied.push(migration.name);
  }
  return { applied, hasVector: vector };
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => existsSync(join(folder, name, 'migration.sql'))).sort();
  return Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(folder, name, 'migration.sql'));
      const sql = bytes.toString('utf8');
      return { name, sql, checksum: createHash('sha256').update(bytes).digest('hex'), requiresVector: REQUIRES_VECTOR.test(sql) };
    }),
  );
}

async function applyOnce(sql: SqlClient, migration: Migration, all: readonly Migration[]): Promise<boolean> {
  // Building an index may take as long as it takes, and so may the process that was first.
  await sql.query('SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0');
  await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  await sql.query(HISTORY_TABLE);
  const applied = await readHistory(sql);
  verify(applied, all);
  if (applied.has(migration.name)) return false;
  await sql.query(migration.sql);
  await sql.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES ($1, $2, $3, now(), clock_timestamp(), 1)`,
    [randomUUID(), migration.checksum, migration.name],
  );
  return true;
}

/** The checksums of the applied migrations, by name. */
async function readHistory(sql: SqlClient): Promise<Map<string, string>> {
  const [table] = await sql.query<{ there: boolean }>(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`);
  if (table?.there !== true) return new Map();
  const rows = await sql.query<{ migration_name: string; checksum: string }>(
    'SELECT migration_name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

function verify(applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const unknown = [...applied.keys()].filter((name) => !known.has(name)).sort();
  if (unknown.length > 0) {
    throw new StrataError(
      'CONFLICT',
      `The database is newer than this program: it has the migrations ${unknown.join(', ')}, which this version does not know. Start the version that made them, or a later one.`,
    );
  }
  for (const [name, checksum] of applied) {
    if (known.get(name)?.checksum !== checksum) {
      throw new StrataError(
        'CONFLICT',
        `The migration ${name} was changed after it had been applied to this database. Restore the file as it was, and put the change into a new migration.`,
      );
    }
  }
}

export async function hasVector(sql: SqlClient): Promise<boolean> {
  const [row] = await sql.query<{ there: boolean }>(`SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') AS there`);
  return row?.there === true;
}

/** Creates the extension where the server has it and the role may; plain PostgreSQL does without. */
async function ensureVector(engine: DatabaseEngine): Promise<boolean> {
  if (await hasVector(engine.sql)) return true;
  const [row] = await engine.sql.query<{ offered: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') AS offered`,
  );
  if (row?.offered !== true) return false;
  return engine.transaction(async ({ sql }) => {
    await sql.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    // Within a block of its own, so that a role without the right to create it starts all the same.
    await sql.query(
      `DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS vector;
       EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE 'pgvector is there, but this role may not create it'; END $$`,
    );
    return hasVector(sql);
  });
}
