/**
 * What `npm test` leaves to `npm run test:full`, so that it needs no other program and a short while. The order is that of the reasons:
 * it starts servers or a browser of its own; it moves, joins, follows or kills whole installations; it goes over whole collections of files,
 * changes, loads or compares models and objects at length, or runs the documents' commands one by one; it starts the program or its
 * database again and again, counts over and over what operations cost, or goes through the whole API.
 */
export const LEFT_TO_FULL: readonly string[] = [
  'test/full/**/*.test.ts',
  'test/**/*.postgres.test.ts',
  'test/contract/vector-store.{pinecone,chroma}.test.ts',
  'test/integration/cache/{redis-*,nodes.property}.test.ts',
  'test/integration/engine/{postgres,silence,encryption}.test.ts',
  'test/integration/vectors/{weaviate-away,chroma,pinecone,pinecone-search}.test.ts',
  'test/e2e/graphiql.test.ts',

  'test/integration/{moving,tracing,deployment,crash}/**/*.test.ts',
  'test/integration/federation/{queries,subscriptions}.test.ts',
  'test/integration/indexing/outside-stores.test.ts',
  'test/e2e/{federation,moving,model-change}.test.ts',

  'test/integration/model-change/{captions,killed,lacking-process,late-writes,mpnet,races,shorter,told-first,trying-again,unusable-answers}.test.ts',
  'test/integration/models/{text-model,media-models,model-batches,other-weights,onnx-text.embedder}.test.ts',
  'test/integration/duplicates/{bounds,groups,media,merge}.test.ts',
  'test/integration/api/clip-search.test.ts',
  'test/integration/saved-searches/**/*.test.ts',
  'test/e2e/{models,wrong-models}.test.ts',
  'test/integration/ingestion/{fixtures,moments,odd-media}.test.ts',
  'test/integration/media/{decode-once,descriptors,hostile,long-films,long-sounds,query-place}.test.ts',
  'test/e2e/{cli,demo,docs,home}.test.ts',

  'test/e2e/{long-text,serve}.test.ts',
  'test/integration/engine/{embedded,migrate.embedded}.test.ts',
  'test/integration/api/{access,batching,bin,downloads,errors,idempotency,matches,query-uploads,reranking,subscriptions,unreadable,upload-sessions}.test.ts',
  'test/integration/annotations/passages.test.ts',
  'test/integration/model-change/model-change.test.ts',
  'test/integration/models/{two-revisions,warm}.test.ts',
  'test/integration/{counting,keyword-housekeeping,keyword-replacing}.test.ts',
  'test/integration/concurrency/contents.test.ts',
  'test/integration/services/doctor.test.ts',
  'test/integration/ingestion/restart.test.ts',
  'test/integration/list-plans.test.ts',
];
