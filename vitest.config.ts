import { defineConfig } from 'vitest/config';
import { NotRunReporter } from './test/support/not-run.reporter.js';

// graphql must load once: type-graphql's CommonJS copy and ours would otherwise disagree about every type.
const graphqlOnce = [{ find: /^graphql$/, replacement: new URL('./node_modules/graphql/index.js', import.meta.url).pathname }];

/** Where a run's results are written as JSON, too. */
const report = process.env['STRATA_TEST_REPORT'];

export default defineConfig({
  resolve: { alias: graphqlOnce },
  test: {
    include: ['test/**/*.test.ts'],
    // Those need servers: `npm run test:full`.
    exclude: ['test/full/**'],
    reporters: ['default', new NotRunReporter(), ...(report === undefined ? [] : [['json', { outputFile: report }] as ['json', object]])],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    // Some tests load the model without the program around it.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Files share what they import, which is most of what starting one costs; whatever else they use, each makes for itself.
    isolate: false,
    // Each file of the integration suites starts a database of its own. A third fills the pauses of two on two cores; more only wait.
    maxWorkers: 3,
  },
});
