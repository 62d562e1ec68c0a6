import { defineConfig } from 'vitest/config';
import { reportersOf } from './test/support/reporters.js';
import { LEFT_TO_FULL } from './test/suites.js';
import base from './vitest.config.js';

// What `npm run test:full` runs over real servers: every port's suite, the integration suites, and what `npm test` leaves out.
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/contract/**/*.test.ts', 'test/integration/**/*.test.ts', ...LEFT_TO_FULL],
    exclude: [],
    reporters: reportersOf([]),
    // The servers want a share of the processor as well.
    maxWorkers: 2,
  },
});
