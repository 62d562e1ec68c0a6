import { defineConfig } from 'vitest/config';
import full from './vitest.full.config.js';
import { STACK } from './test/support/stack.js';

/** The suites of the whole program, which say nothing of what it stands on. */
const SUITES = { embedded: ['api', 'ingestion', 'services', 'search', 'concurrency'], full: ['api', 'ingestion', 'services', 'search', 'concurrency'], chroma: ['ingestion', 'search'] };

// What `npm run test:full` runs once more on each stack of real servers, as STRATA_TEST_STACK says.
export default defineConfig({
  ...full,
  test: { ...full.test, include: SUITES[STACK].map((suite) => `test/integration/${suite}/**/*.test.ts`) },
});
