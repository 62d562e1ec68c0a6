import type { ServiceName } from './services.js';

/**
 * What the suites of the whole program stand on: the embedded parts, or real servers. `STRATA_TEST_STACK` chooses, and
 * `npm run test:full` runs them on each.
 */
export const STACKS = {
  embedded: [],
  full: ['postgres', 'redis', 's3', 'weaviate'],
  chroma: ['postgres', 'redis', 's3', 'chroma'],
} as const satisfies Record<string, readonly ServiceName[]>;
export type Stack = keyof typeof STACKS;

export const STACK: Stack = chosen(process.env['STRATA_TEST_STACK']);

function chosen(name = 'embedded'): Stack {
  if (!Object.hasOwn(STACKS, name)) throw new Error(`STRATA_TEST_STACK is "${name}"; there are ${Object.keys(STACKS).join(', ')}.`);
  return name as Stack;
}

/**
 * For `it.skipIf(notOn(['full'], 'why'))('…')`: what a stack has not. The report at the end of a run names each test that is left
 * out for it, with the reason as it stands in the source.
 */
export const notOn = (stacks: readonly Stack[], _why: string): boolean => stacks.includes(STACK);

/** What the embedded parts alone have: the transfer routes, files, the lock of the data folder, PGlite. */
export const onlyEmbedded = (why: string): boolean => notOn(['full', 'chroma'], why);

const folder = (name: string) => `test/integration/${name}/**/*.test.ts`;
const EVERYTHING = ['api', 'ingestion', 'services', 'search', 'concurrency', 'duplicates', 'saved-searches'].map(folder);

/** The suites of the whole program, which say nothing of what it stands on; over Chroma those that come to its vectors. */
export const SUITES: Record<Stack, readonly string[]> = {
  embedded: EVERYTHING,
  full: EVERYTHING,
  chroma: [folder('ingestion'), folder('search'), folder('duplicates'), folder('saved-searches'), 'test/integration/api/search.test.ts', 'test/integration/services/embedding.service.test.ts'],
};
