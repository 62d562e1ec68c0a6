import { hostname } from 'node:os';
import { removeServerInfo, writeServerInfo } from '../adapters/db/engine/data-folder.js';
import type { DatabaseEngine } from '../adapters/db/engine/database-engine.js';
import { hasVector as nowHasVector, migrate } from '../adapters/db/migrations/migrate.js';
import { createDatabase } from '../adapters/db/sql-database.js';
import { MediaPool, type FfmpegFound } from '../adapters/media/media-pool.js';
import { WorkerMediaReader } from '../adapters/media/worker-media.reader.js';
import { fittingTo, textModelsOf } from '../adapters/models/model-catalogue.js';
import { ModelWorkers } from '../adapters/models/model-workers.js';
import { OnnxTextEmbedder } from '../adapters/models/onnx-text.embedder.js';
import type { Config, VectorDatabaseConfig } from '../config/config.js';
import { silenceNativeLibraries } from '../config/native-libraries.js';
import { backgroundHandlers } from '../jobs/handlers.js';
import { registerJobs } from '../jobs/jobs.js';
import { notConfigured } from '../domain/errors.js';
import type { Logger } from '../ports/logger.port.js';
import type { ObjectStore } from '../ports/object-store.port.js';
import type { RateLimiter } from '../ports/rate-limiter.port.js';
import { ModelsInUse } from '../services/models/models-in-use.js';
import type { Indexes } from '../services/indexing/live-indexes.js';
import type { OutsideStores } from '../services/indexing/outside-writer.js';
import { Reindexer } from '../services/moving/reindexer.js';
import type { SagaCheckpoint } from '../services/sagas/saga-runner.js';
import type { StandIn } from '../server/stand-in.js';
import type { ServiceDependencies } from '../services/shared/dependencies.js';
import { layFoundation, type Foundation, type FoundationOptions } from './foundation.js';
import { Lifecycle } from './lifecycle.js';
import { VectorHome, type StoreSettings } from './moving/vector-home.js';
import { createLogger, createMetrics } from './observability.js';
import { openEmbedder, requireModelsOfBounds, warmModels } from './open-embedder.js';
import { openModels } from './open-models.js';
import { pullNamed } from './pull-named.js';
import { openQueue } from './open-queue.js';
import { openReranking } from './open-reranking.js';
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
  /** Models that the configuration names and that are not here are loaded, where it names a hub, until this aborts; left out, they must be here. */
  interrupted?: AbortSignal;
  /** Left out, the configuration decides whether there are traces. */
  telemetry?: Promise<Telemetry>;
  /** False: this process takes no jobs; it enqueues them, and others see to them. */
  jobs?: false | { concurrency?: number; kinds?: readonly string[] };
  /** For tests of stores outside the database. */
  openIndexes?: typeof openIndexes;
  /** For tests with models of their own. */
  openEmbedder?: typeof openEmbedder;
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
  /** Which models are written and which are searched, as this process has it. */
  modelsInUse: ModelsInUse;
  /** Tells the store that a move has led to what was written to the old one since; a failure is logged, and tried again later. */
  followMove(): Promise<void>;
  rateLimiter: RateLimiter;
  /** The opened store itself, for what only its kind can do. */
  objects: OpenedObjects;
  objectStore: ObjectStore;
  /** Null where no bytes are served here. */
  signingSecret: string | null;
  telemetry: Telemetry;
  foundFfmpeg(): Promise<FfmpegFound>;
  metrics: ReturnType<typeof createMetrics>;
  /** To be closed by whoever listens, just before, at its port; null where nothing was waited for. */
  standIn: StandIn | null;
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
  const { folder, engine, standIn = null } = await (options.foundation ?? layFoundation(config, options));
  await lifecycle.add('stand-in', Promise.resolve(standIn), async (started) => started?.close());
  await lifecycle.add('data folder', Promise.resolve(folder), async (opened) => opened?.close());
  await lifecycle.add('database', Promise.resolve(engine), (started) => started.stop());
  telemetry.statements(engine);
  const replica = await lifecycle.add('replica', startReplica(config), async (started) => started?.stop());
  if (replica) telemetry.statements(replica);
  const signingSecret = config.server.signingSecret ?? (folder === null ? null : await keptSigningSecret(folder.path));
  let baseUrl = config.server.publicUrl ?? '';
  const [bytes, { hasVector }, shared, looked] = await Promise.all([
    lifecycle.add('objects', openObjectStore(config, { secret: signingSecret ?? '', baseUrl: () => baseUrl }), ({ store }) => store.close()),
    migrate(engine),
    lifecycle.add('cache and events', openSharedParts(config, folder !== null, logger), (parts) => parts.close()),
    pullNamed(config, logger, options.interrupted).then(() => openModels(config, folder?.path ?? null)),
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
  const database = createDatabase(engine, queue, replica);
  const models = await lifecycle.add('models', Promise.resolve(new ModelWorkers(config.embedding.threads)), (workers) => workers.close());
  const catalogue = fittingTo(looked, await database.embeddings.kindsOfModels(looked.installed.map(({ name }) => name)));
  for (const { folder: place, fault } of catalogue.unusable) logger.warn({ folder: place }, fault);
  const text = new OnnxTextEmbedder({ workers: models, models: textModelsOf(catalogue) });
  const modelsInUse = new ModelsInUse(telemetry.embedder((options.openEmbedder ?? openEmbedder)(config.embedding, catalogue, text, models, pool)));
  const { embedder } = modelsInUse;
  requireModelsOfBounds(config.embedding, embedder.models());
  const reranking = await openReranking(config.embedding, folder?.path ?? null, models, telemetry);
  const media = telemetry.media(new WorkerMediaReader(pool));
  for (const [name, part] of Object.entries({ media, embedder })) await lifecycle.add(name, Promise.resolve(part), (each) => each.close());

  await modelsInUse.connect({ modelChanges: database.modelChanges, events, logger, processName: `${hostname()}:${process.pid}` });
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
  const deps: ServiceDependencies & { modelsInUse: ModelsInUse } = {
    modelsInUse,
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
  const graph = createServices(deps, { ...options, rankings: shared.rankings, caches: cache.levels.length > 0, reranking, doesJobs: options.jobs !== false });
  await lifecycle.add('sagas', Promise.resolve(graph.sagas), async (sagas) => sagas.close());
  // The folder's lock says that nobody else is here: what is held, a dead process held. Otherwise only what nobody has held for long.
  await (folder === null ? graph.maintenance.recover() : graph.maintenance.takeOverEverything());
  const following = await lifecycle.add('following a move', Promise.resolve(new AbortController()), async (controller) => controller.abort());
  const followUp = () => followMoveTo(vectorHome.place, deps, following.signal);
  // Before anyone asks: what changed between a move's end and this start.
  await followUp();
  // Where nothing but this process works, whoever moves is itself.
  if (folder === null) {
    void vectorHome.keepFollowing(following.signal);
    const followed = modelsInUse.keepFollowing(following.signal);
    await lifecycle.add('following the models', Promise.resolve(following), async (controller) => {
      controller.abort();
      await followed;
    });
  }
  if (options.jobs !== false) {
    // Stopped before whatever jobs work with: they finish, or give back what they hold, while it is all still there.
    await lifecycle.add('jobs', registerJobs(own, backgroundHandlers({ ...graph.handlers, recover: (signal) => graph.handlers.recover(signal).then(followUp) }, (work) => engine.inBackground(work)), { ...config.limits.jobs, ...options.jobs }, logger), stopQueue);
    if (shared.isShared) await lifecycle.add('waking', Promise.resolve(wokenByOthers(own, events, logger)), async (end) => end());
  }
  await lifecycle.add('model change', Promise.resolve(graph.modelChangeTurns), (turns) => turns.stop());
  const warming = await lifecycle.add('warming', Promise.resolve(new AbortController()), async (controller) => controller.abort());
  warmModels(catalogue, text, models).catch((error: unknown) => {
    // A stop that comes first closes the models under it, as it should.
    if (!warming.signal.aborted) logger.warn({ error }, 'a model could not be loaded ahead; the next call tries again');
  });

  return {
    ...graph, config, vectorHome, modelsInUse, followMove: followUp, engine, replica, deps, rateLimiter: shared.rateLimiter, objects: bytes, objectStore, signingSecret, telemetry, metrics, standIn,
    foundFfmpeg: () => pool.foundFfmpeg(),
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
