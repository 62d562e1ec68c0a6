import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

// What `npm run test:full` runs over real servers: every port's suite, the integration suites, and those that need servers only.
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/contract/**/*.test.ts', 'test/integration/**/*.test.ts', 'test/full/**/*.test.ts'],
    exclude: [],
    // The servers want a share of the processor as well.
    maxWorkers: 2,
  },
});
