import { defineConfig } from 'vitest/config';
import full from './vitest.full.config.js';
import { STACK } from './test/support/stack.js';

const EVERYTHING = ['api', 'ingestion', 'services', 'search', 'concurrency'];
/** The suites that say nothing of what they stand on; over Chroma those that come to its vectors. */
const SUITES = { embedded: EVERYTHING, full: EVERYTHING, chroma: ['ingestion', 'search', 'api/search.test.ts', 'services/embedding.service.test.ts'] }[STACK];

// What `npm run test:full` runs once more on each stack of real servers, as STRATA_TEST_STACK says.
export default defineConfig({
  ...full,
  test: { ...full.test, include: SUITES.map((suite) => `test/integration/${suite.endsWith('.ts') ? suite : `${suite}/**/*.test.ts`}`) },
});
