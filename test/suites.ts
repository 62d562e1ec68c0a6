/**
 * What `npm test` leaves to `npm run test:full`, so that it needs no other program and a short while. The order is that of the reasons:
 * it starts servers or a browser of its own; it moves, joins or follows whole installations; it goes over whole collections of files
 * or runs the documents' commands one by one.
 */
export const LEFT_TO_FULL: readonly string[] = [
  'test/full/**/*.test.ts',
  'test/**/*.postgres.test.ts',
  'test/contract/vector-store.{pinecone,chroma}.test.ts',
  'test/integration/cache/{redis-*,nodes.property}.test.ts',
  'test/integration/engine/{postgres,silence,encryption}.test.ts',
  'test/integration/vectors/{weaviate-away,chroma,pinecone}.test.ts',
  'test/e2e/graphiql.test.ts',

  'test/integration/{moving,tracing,deployment}/**/*.test.ts',
  'test/integration/federation/{queries,subscriptions}.test.ts',
  'test/integration/indexing/outside-stores.test.ts',
  'test/e2e/{federation,moving}.test.ts',

  'test/integration/ingestion/fixtures.test.ts',
  'test/integration/media/descriptors.test.ts',
  'test/e2e/{demo,docs,home}.test.ts',
];
