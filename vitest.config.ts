import { defineConfig } from 'vitest/config';

// graphql must load once: type-graphql's CommonJS copy and ours would otherwise disagree about every type.
const graphqlOnce = [{ find: /^graphql$/, replacement: new URL('./node_modules/graphql/index.js', import.meta.url).pathname }];

export default defineConfig({
  resolve: { alias: graphqlOnce },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Each file of the integration suites starts a database of its own; more at once than cores only makes them wait.
    maxWorkers: 2,
  },
});
