import { afterAll, beforeAll } from 'vitest';
import type { DatabaseEngine } from '../../src/adapters/db/engine/database-engine.js';
import { startPostgresEngine } from '../../src/adapters/db/engine/postgres.js';
import { migrate } from '../../src/adapters/db/migrations/migrate.js';
import { withPostgres } from './postgres.js';

/** A database of the `describe`'s own on a real server, migrated, and tenants for it. Use with `describe.skipIf(postgresPrograms === null)`. */
export function withMigratedPostgres(): { readonly engine: DatabaseEngine; freshTenant(): string } {
  const postgres = withPostgres();
  let engine: DatabaseEngine;
  let tenants = 0;
  beforeAll(async () => {
    engine = await startPostgresEngine(await postgres.freshDatabase());
    await migrate(engine);
  });
  afterAll(() => engine.stop());
  return {
    get engine() {
      return engine;
    },
    freshTenant: () => `tenant-${(tenants += 1)}`,
  };
}
