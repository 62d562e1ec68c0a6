import { defineConfig } from 'vitest/config';
import { reportersOf } from './test/support/reporters.js';
import { LEFT_TO_FULL } from './test/suites.js';

// graphql must load once: type-graphql's CommonJS copy and ours would otherwise disagree about every type.
const graphqlOnce = [{ find: /^graphql$/, replacement: new URL('./node_modules/graphql/index.js', import.meta.url).pathname }];

export default defineConfig({
  resolve: { alias: graphqlOnce },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...LEFT_TO_FULL],
    reporters: reportersOf(LEFT_TO_FULL),
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    // Some tests load the model without the program around it.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    testTimeout: 60_000,
    // The message of a failure is all that the end of a run repeats: it shows what was compared.
    chaiConfig: { truncateThreshold: 500 },
    hookTimeout: 120_000,
    // Files share what they import, which is most of what starting one costs; whatever else they use, each makes for itself.
    isolate: false,
    // Each file of the integration suites starts a database of its own. A third fills the pauses of two on two cores; more only wait.
    maxWorkers: 3,
  },
});
