import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll } from 'vitest';

import { startEmbeddedEngine } from '../../../src/adapters/db/engine/embedded.js';
import { migrationSuite } from './migrate.suite.js';

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'strata-migrate-'));
  // initdb once; each test begins from a copy.
  await (await startEmbeddedEngine({ dataDir: join(parent, 'empty'), templateDir: null })).stop();
});
afterAll(async () => {
  await rm(parent, { recursive: true, force: true });
});

migrationSuite('the embedded database', true, async () => {
  const dataDir = await mkdtemp(join(parent, 'data-'));
  await cp(join(parent, 'empty'), dataDir, { recursive: true });
  return () => startEmbeddedEngine({ dataDir, templateDir: null });
});
