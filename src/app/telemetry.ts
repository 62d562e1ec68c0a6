import type { GraphQLSchema } from 'graphql';
import type { Config } from '../config/config.js';
import type { Cache } from '../ports/cache.port.js';
import type { Embedder } from '../ports/embedder.port.js';
import type { KeywordIndex } from '../ports/keyword-index.port.js';
import type { MediaReader } from '../ports/media.port.js';
import type { ObjectStore } from '../ports/object-store.port.js';
import type { Reranker } from '../ports/reranker.port.js';
import type { Queue } from '../ports/queue.port.js';
import type { VectorStore } from '../ports/vector-store.port.js';
import type { ServerTracing } from '../server/options.js';
import type { OutsideStores } from '../services/indexing/outside-writer.js';
import type { OtelOptions } from '../adapters/tracing/otel.tracer.js';
import type { StatementSource } from '../adapters/tracing/traced-statements.js';
import { programVersion } from './program-version.js';

/**
 * Where traces are off, every part comes back as it is and nothing of OpenTelemetry is loaded; where they are on, each part
 * comes back followed.
 */
export interface Telemetry {
  /** @returns the same, for chaining */
  statements<Engine extends StatementSource>(engine: Engine): Engine;
  queue<Part extends Queue>(part: Part): Part;
  objectStore<Part extends ObjectStore>(part: Part): Part;
  vectors<Part extends VectorStore>(part: Part): Part;
  keywords<Part extends KeywordIndex>(part: Part): Part;
  /** @param name in front of the calls' own: the vendor */
  outside(stores: OutsideStores, name: string): OutsideStores;
  embedder<Part extends Embedder>(part: Part): Part;
  reranker<Part extends Reranker>(part: Part): Part;
  media<Part extends MediaReader>(part: Part): Part;
  /** For a cache over the network. */
  cache<Part extends Cache>(part: Part): Part;
  schema(schema: GraphQLSchema): GraphQLSchema;
  readonly server: ServerTracing | undefined;
  /** Sends what has not been sent yet. */
  stop(): Promise<void>;
}

export interface TelemetryOptions {
  /** Instead of a collector. */
  exporter?: OtelOptions['exporter'];
}

const asItIs = <Part>(part: Part): Part => part;

const OFF: Telemetry = {
  statements: asItIs,
  queue: asItIs,
  objectStore: asItIs,
  vectors: asItIs,
  keywords: asItIs,
  outside: asItIs,
  embedder: asItIs,
  reranker: asItIs,
  media: asItIs,
  cache: asItIs,
  schema: asItIs,
  server: undefined,
  stop: () => Promise.resolve(),
};

export async function startTelemetry({ telemetry }: Pick<Config, 'telemetry'>, options: TelemetryOptions = {}): Promise<Telemetry> {
  if (!telemetry.enabled) return OFF;
  const [{ OtelTracer }, { GraphQLTracing }, { followRequest }, { tracedQueue }, { traceStatements }, parts] = await Promise.all([
    import('../adapters/tracing/otel.tracer.js'),
    import('../adapters/tracing/traced-graphql.js'),
    import('../adapters/tracing/traced-requests.js'),
    import('../adapters/tracing/traced-queue.js'),
    import('../adapters/tracing/traced-statements.js'),
    import('../adapters/tracing/traced-parts.js'),
  ]);
  const { endpoint, serviceName, sampleRatio } = telemetry;
  const tracer = new OtelTracer({ endpoint, serviceName, sampleRatio, serviceVersion: programVersion(), ...options });
  const graphql = new GraphQLTracing(tracer);
  return {
    statements(engine) {
      traceStatements(engine, tracer);
      return engine;
    },
    queue: (part) => tracedQueue(part, tracer),
    objectStore: (part) => parts.tracedObjectStore(part, tracer),
    vectors: (part) => parts.tracedVectorStore(part, tracer),
    keywords: (part) => parts.tracedKeywordIndex(part, tracer),
    outside: ({ vectors, keywords, hybrid }, name) => ({
      vectors: parts.tracedVectorStore(vectors, tracer, name),
      keywords: keywords && parts.tracedKeywordIndex(keywords, tracer, name),
      hybrid: hybrid && parts.tracedHybridStore(hybrid, tracer, name),
    }),
    embedder: (part) => parts.tracedEmbedder(part, tracer),
    reranker: (part) => parts.tracedReranker(part, tracer),
    media: (part) => parts.tracedMediaReader(part, tracer),
    cache: (part) => parts.tracedCache(part, tracer),
    schema: (schema) => graphql.follow(schema),
    server: {
      request: (request, response, next) => followRequest(tracer, request, response, next),
      operation: (operation, context) => graphql.begin(operation, context),
      apart: (work) => tracer.within(null, work),
    },
    stop: () => tracer.close(),
  };
}
