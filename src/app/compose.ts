import { availableParallelism } from 'node:os';
import { removeServerInfo, writeServerInfo } from '../adapters/db/engine/data-folder.js';
import type { DatabaseEngine } from '../adapters/db/engine/database-engine.js';
import { hasVector as nowHasVector, migrate } from '../adapters/db/migrations/migrate.js';
import { createDatabase } from '../adapters/db/sql-database.js';
import { MediaPool } from '../adapters/media/media-pool.js';
import { WorkerMediaReader } from '../adapters/media/worker-media.reader.js';
import { OnnxTextEmbedder } from '../adapters/models/onnx-text.embedder.js';
import type { Config, VectorDatabaseConfig } from '../config/config.js';
import { silenceNativeLibraries } from '../config/native-libraries.js';
import { registerJobs } from '../jobs/jobs.js';
import { notConfigured } from '../domain/errors.js';
import type { Logger } from '../ports/logger.port.js';
import type { ObjectStore } from '../ports/object-store.port.js';
import type { RateLimiter } from '../ports/rate-limiter.port.js';
import type { Indexes } from '../services/indexing/live-indexes.js';
import type { OutsideStores } from '../services/indexing/outside-writer.js';
import { Reindexer } from '../services/moving/reindexer.js';
import type { SagaCheckpoint } from '../services/sagas/saga-runner.js';
import type { ServiceDependencies } from '../services/shared/dependencies.js';
import { layFoundation, type Foundation, type FoundationOptions } from './foundation.js';
import { Lifecycle } from './lifecycle.js';
import { VectorHome, type StoreSettings } from './moving/vector-home.js';
import { createLogger, createMetrics } from './observability.js';
import { openEmbedder } from './open-embedder.js';
import { openQueue } from './open-queue.js';
import { createServices, type ServiceGraph } from './services.js';
import { keptSigningSecret } from './signing-secret.js';
import { openSharedParts, wakingOthers, wokenByOthers } from './shared-parts.js';
import { startReplica } from './start-database.js';
import { openIndexes, openObjectStore, type OpenedObjects } from './stores.js';
import { startTelemetry, type Telemetry } from './telemetry.js';

export interface ComposeOptions extends FoundationOptions {
  /** Laid before, or being laid; left out, it is laid here. It is stopped with the rest either way. */
  foundation?: Promise<Foundation>;
  /** Called between every two steps of every saga; tests end the process there. */
  sagaCheckpoint?: SagaCheckpoint;
  logger?: Logger;
  /** Left out, the configuration decides whether there are traces. */
  telemetry?: Promise<Telemetry>;
  /** False: this process takes no jobs; it enqueues them, and others see to them. */
  jobs?: false | { concurrency?: number; kinds?: readonly string[] };
  /** For tests of stores outside the database. */
  openIndexes?: typeof openIndexes;
  /** The configuration's settings of a store that it does not choose, read anew; left out, this process cannot follow a move to another kind of store. */
  storeSettings?: StoreSettings;
}

/** The program without its face: everything that the configuration asks for, started, and what stops it again. */
export interface App extends ServiceGraph {
  config: Config;
  engine: DatabaseEngine;
  /** Null where none is configured. */
  replica: DatabaseEngine | null;
  deps: ServiceDependencies;
  vectorHome: VectorHome;
  /** Tells the store that a move has led to what was written to the old one since; a failure is logged, and tried again later. */
  followMove(): Promise<void>;
  rateLimiter: RateLimiter;
  /** The opened store itself, for what only its kind can do. */
  objects: OpenedObjects;
  objectStore: ObjectStore;
  /** Null where no bytes are served here. */
  signingSecret: string | null;
  telemetry: Telemetry;
  hasFfmpeg(): Promise<boolean>;
  metrics: ReturnType<typeof createMetrics>;
  /** How clients reach the transfer routes; set by whoever listens. */
  setBaseUrl(url: string): Promise<void>;
  stop(): Promise<void>;
}

/** Milliseconds that jobs under way are given at the end. */
const JOBS_GRACE_MS = 4_000;

export async function compose(config: Config, options: ComposeOptions = {}): Promise<App> {
  const logger = options.logger ?? createLogger(config);
  const lifecycle = new Lifecycle(logger);
  try {
    return await start(config, options, logger, lifecycle);
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function start(config: Config, options: ComposeOptions, logger: Logger, lifecycle: Lifecycle): Promise<App> {
  const telemetry = await lifecycle.add('telemetry', options.telemetry ?? startTelemetry(config), (started) => started.stop());
  const { folder, engine } = await (options.foundation ?? layFoundation(config, options));
  await lifecycle.add('data folder', Promise.resolve(folder), async (opened) => opened?.close());
  await lifecycle.add('database', Promise.resolve(engine), (started) => started.stop());
  telemetry.statements(engine);
  const replica = await lifecycle.add('replica', startReplica(config), async (started) => started?.stop());
  if (replica) telemetry.statements(replica);
  const signingSecret = config.server.signingSecret ?? (folder === null ? null : await keptSigningSecret(folder.path));
  let baseUrl = config.server.publicUrl ?? '';
  const [bytes, { hasVector }, shared] = await Promise.all([
    lifecycle.add('objects', openObjectStore(config, { secret: signingSecret ?? '', baseUrl: () => baseUrl }), ({ store }) => store.close()),
    migrate(engine),
    lifecycle.add('cache and events', openSharedParts(config, folder !== null, logger), (parts) => parts.close()),
  ]);
  const objectStore = telemetry.objectStore<ObjectStore>(bytes.store);
  const { events } = shared;
  const cache = shared.isShared ? telemetry.cache(shared.cache) : shared.cache;
  const own = telemetry.queue(openQueue({ database: engine, logger }));
  const queue = shared.isShared ? wakingOthers(own, events) : own;
  let queueStopped: Promise<void> | undefined;
  const stopQueue = () => (queueStopped ??= own.stop(JOBS_GRACE_MS));
  await lifecycle.add('queue', own.start(), stopQueue);

  const pool = new MediaPool({
    timeLimitMs: config.limits.extractionTimeoutSeconds * 1_000,
    memoryMb: config.limits.extractionMemoryMb,
    limits: { pixels: config.limits.maxImagePixels },
    ffmpeg: config.embedding.ffmpegPath,
  });
  silenceNativeLibraries();
  const text = new OnnxTextEmbedder({ threads: config.embedding.threads ?? Math.min(availableParallelism(), 4) });
  const embedder = telemetry.embedder(openEmbedder(config.embedding, text, pool));
  const media = telemetry.media(new WorkerMediaReader(pool));
  for (const [name, part] of Object.entries({ media, embedder })) await lifecycle.add(name, Promise.resolve(part), (each) => each.close());

  const database = createDatabase(engine, queue, replica);
  const open = async (settings: VectorDatabaseConfig): Promise<Indexes> => {
    const follow = (stores: OutsideStores, name: string) => telemetry.outside(stores, name);
    const opened = await (options.openIndexes ?? openIndexes)(settings, {
      // The extension may have come since this process began.
      engine, database, hasVector: hasVector || (await nowHasVector(engine.sql)), models: () => embedder.models(), logger, follow,
    });
    return { ...opened, vectors: telemetry.vectors(opened.vectors), keywords: telemetry.keywords(opened.keywords) };
  };
  const vectorHome = await lifecycle.add(
    'indexes',
    VectorHome.open(config.vectorDatabase, { database, events, logger, open, settingsOf: options.storeSettings ?? noOthers }),
    (home) => home.close(),
  );
  const { indexes } = vectorHome;

  const metrics = createMetrics({ database, cache, queue, engine });
  const deps: ServiceDependencies = {
    database, objectStore,
    vectors: indexes.vectors,
    keywords: indexes.keywords,
    get hybrid() {
      return indexes.hybrid;
    },
    get indexSync() {
      return indexes.indexSync;
    },
    indexesNow: () => indexes.now(),
    cache, events, queue, embedder, media, logger, metrics, limits: serviceLimits(config),
  };
  // Where the cache keeps nothing, searches need not ask what it has.
  const graph = createServices(deps, { ...options, rankings: shared.rankings, caches: cache.levels.length > 0 });
  await lifecycle.add('sagas', Promise.resolve(graph.sagas), async (sagas) => sagas.close());
  // The folder's lock says that nobody else is here: what is held, a dead process held. Otherwise only what nobody has held for long.
  await (folder === null ? graph.maintenance.recover() : graph.maintenance.takeOverEverything());
  const following = await lifecycle.add('following a move', Promise.resolve(new AbortController()), async (controller) => controller.abort());
  const followUp = () => followMoveTo(vectorHome.place, deps, following.signal);
  // Before anyone asks: what changed between a move's end and this start.
  await followUp();
  // Where nothing but this process works, whoever moves is itself.
  if (folder === null) void vectorHome.keepFollowing(following.signal);
  if (options.jobs !== false) {
    // Stopped before whatever jobs work with: they finish, or give back what they hold, while it is all still there.
    await lifecycle.add('jobs', registerJobs(own, { ...graph.handlers, recover: (signal) => graph.handlers.recover(signal).then(followUp) }, { ...config.limits.jobs, ...options.jobs }, logger), stopQueue);
    if (shared.isShared) await lifecycle.add('waking', Promise.resolve(wokenByOthers(own, events, logger)), async (end) => end());
  }
  const warming = await lifecycle.add('warming', Promise.resolve(new AbortController()), async (controller) => controller.abort());
  text.warm().catch((error: unknown) => {
    // A stop that comes first closes the models under it, as it should.
    if (!warming.signal.aborted) logger.warn({ error }, 'the text model could not be loaded ahead; the next call tries again');
  });

  return {
    ...graph, config, vectorHome, followMove: followUp, engine, replica, deps, rateLimiter: shared.rateLimiter, objects: bytes, objectStore, signingSecret, telemetry, metrics,
    hasFfmpeg: () => pool.hasFfmpeg(),
    async setBaseUrl(url) {
      baseUrl = config.server.publicUrl ?? url;
      if (folder === null) return;
      await lifecycle.add('server address', writeServerInfo(folder.path, { url: `${url}/graphql`, pid: process.pid, startedAt: new Date().toISOString() }), () =>
        removeServerInfo(folder.path),
      );
    },
    stop: () => lifecycle.stop(),
  };
}

/** A process that was given one store's settings knows no others. */
const noOthers: StoreSettings = (provider) => {
  throw notConfigured(`The store ${provider}`, 'vector_database.provider');
};

/** A store that is away does not keep the program from starting; it is told as soon as it answers. */
async function followMoveTo(place: string, deps: ServiceDependencies, signal: AbortSignal): Promise<void> {
  try {
    await new Reindexer(deps).followUp(place, signal);
  } catch (error) {
    if (!signal.aborted) deps.logger.warn({ error }, 'the new vector store cannot be told what had changed before it was switched to; it will be, as soon as it answers');
  }
}

function serviceLimits({ limits }: Config): ServiceDependencies['limits'] {
  return {
    maxUpload: limits.maxUpload,
    maxText: limits.maxText,
    maxQueryLength: limits.search.maxQueryLength,
    searchTimeoutSeconds: limits.search.timeoutSeconds,
    extractionTimeoutSeconds: limits.extractionTimeoutSeconds,
    jobs: limits.jobs,
  };
}
