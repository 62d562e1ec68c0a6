/**
 * What `npm test` leaves to `npm run test:full`, so that it needs no other program and a short while: what starts a server or a browser
 * of its own, and what moves whole installations or routes between several.
 */
export const LEFT_TO_FULL: readonly string[] = [
  'test/full/**/*.test.ts',
  'test/**/*.postgres.test.ts',
  'test/integration/engine/{postgres,silence,encryption}.test.ts',
  'test/integration/cache/{redis-away,nodes.property}.test.ts',
  'test/integration/vectors/weaviate-away.test.ts',
  'test/integration/tracing/**/*.test.ts',
  'test/integration/moving/**/*.test.ts',
  'test/integration/federation/{queries,subscriptions}.test.ts',
  'test/e2e/{federation,graphiql,moving}.test.ts',
];
