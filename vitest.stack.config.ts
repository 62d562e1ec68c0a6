import { defineConfig } from 'vitest/config';
import full from './vitest.full.config.js';
import { STACK, SUITES } from './test/support/stacks.js';

// What `npm run test:full` runs once more on each stack of real servers, as STRATA_TEST_STACK says.
export default defineConfig({ ...full, test: { ...full.test, include: [...SUITES[STACK]] } });
