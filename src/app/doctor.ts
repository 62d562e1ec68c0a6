import { statfs } from 'node:fs/promises';
import { readServerInfo } from '../adapters/db/engine/data-folder.js';
import { MediaPool, type FfmpegFound } from '../adapters/media/media-pool.js';
import { textModelsOf } from '../adapters/models/model-catalogue.js';
import { ModelWorkers } from '../adapters/models/model-workers.js';
import { OnnxTextEmbedder } from '../adapters/models/onnx-text.embedder.js';
import type { Finding } from '../cli/context.js';
import { ConfigError, type Config } from '../config/config.js';
import { isStrataError } from '../domain/errors.js';
import type { EmbeddingModel } from '../ports/embedder.port.js';
import { compose, type App } from './compose.js';
import { askServer } from './doctor-of-server.js';
import { livesInFolder } from './lives-in-folder.js';
import { browserOrigins } from './mend.js';
import type { StoreSettings } from './moving/vector-home.js';
import { openEmbedder } from './open-embedder.js';
import { openModels } from './open-models.js';
import { readReranker } from './open-reranking.js';
import { asked } from './patient-check.js';

const GIB = 2 ** 30;
const LITTLE_SPACE = 2 * GIB;
const STUCK_SHOWN = 10;

/** Looks at every part of the installation. A running server is asked; otherwise the parts are started here, and stopped again. */
export async function diagnose(readConfig: () => Config, storeSettings?: StoreSettings): Promise<Finding[]> {
  const config = readOrFault(readConfig);
  if ('part' in config) return [config];
  const findings: Finding[] = [{ part: 'configuration', state: 'ok', says: `Read and valid. Data folder: ${config.dataDir}` }];
  const running = livesInFolder(config) ? await readServerInfo(config.dataDir) : null;
  findings.push(...(running ? [...(await askServer(running.url, config)), ...(await lookAside(config))] : await startAndLook(config, storeSettings)));
  return [...findings, ...(livesInFolder(config) ? await space(config) : []), ...durability(config)];
}

function readOrFault(readConfig: () => Config): Config | Finding {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { part: 'configuration', state: 'fault', says: error.message, mend: 'Mend the file; data_layer.example.yaml shows every setting. Then ask again.' };
  }
}

async function startAndLook(config: Config, storeSettings?: StoreSettings): Promise<Finding[]> {
  let app: App;
  try {
    // It looks, and is gone in a moment: whatever waits is for those who stay.
    app = await compose({ ...config, server: { ...config.server, logLevel: 'error' } }, { jobs: false, storeSettings });
  } catch (error) {
    return [{ part: 'start', state: 'fault', says: (error as Error).message, mend: 'Mend this first; nothing else can be looked at before.' }];
  }
  try {
    const { database, objectStore, vectors, keywords, cache, queue, embedder } = app.deps;
    const inUse = { ...config, vectorDatabase: app.vectorHome.settings };
    const checks = { database, ...(app.objects.kind === 'bucket' ? {} : { objects: objectStore }), vectors, keywords, cache, queue, ...(app.replica === null ? {} : { replica: app.replica }) };
    const [findings, ofChange, ofBucket, ofChanges, ffmpeg, ofSagas] = await Promise.all([
      Promise.all(Object.entries(checks).map(([part, each]) => checked(inUse, part, () => each.check()))),
      modelChange(app),
      bucket(app),
      untold(app),
      app.foundFfmpeg(),
      sagas(app),
    ]);
    return [...findings, ...home(app), ...ofChange, ...ofBucket, ...ofChanges, ...embedder.models().map(modelFinding), ...(await reranker(config)), ffmpegFinding(ffmpeg), ofSagas];
  } finally {
    await app.stop();
  }
}

/** What can be looked at while a server has the data folder: the models' files and the programs beside it. */
async function lookAside(config: Config): Promise<Finding[]> {
  const { embedding } = config;
  const catalogue = await openModels(config, null, true);
  const pool = new MediaPool({ ffmpeg: embedding.ffmpegPath });
  const workers = new ModelWorkers(1);
  const embedder = openEmbedder(embedding, catalogue, new OnnxTextEmbedder({ workers, models: textModelsOf(catalogue) }), workers, pool);
  try {
    return [...embedder.models().map(modelFinding), ...(await reranker(config)), ffmpegFinding(await pool.foundFfmpeg())];
  } finally {
    await embedder.close();
    await Promise.all([workers.close(), pool.close()]);
  }
}

async function checked(config: Config, part: string, check: () => Promise<void>): Promise<Finding> {
  try {
    await asked(check);
    return { part, state: 'ok', says: 'Answers.' };
  } catch (error) {
    return { part, state: 'fault', says: (error as Error).message, ...(saysHow(error) ? {} : { mend: mendOf(config, part) }) };
  }
}

/** What has to be changed is said with what was found. */
const saysHow = (error: unknown): boolean =>
  isStrataError(error) && (error.code === 'CONFLICT' || error.code === 'NOT_CONFIGURED' || error.extensions.setting !== undefined);

function mendOf({ database, vectorDatabase, cache }: Config, part: string): string {
  const { provider } = vectorDatabase;
  if (part === 'cache' && cache.redis !== undefined) return `See that Redis runs at ${cache.redis.host}:${cache.redis.port} and that cache.redis names it rightly.`;
  if (part === 'replica' && database.replica !== undefined) return `See that the standby runs at ${database.replica.host}:${database.replica.port} and that database.replica names it rightly.`;
  const isThere = part === 'vectors' ? provider !== 'pgvector' : part === 'keywords' && provider === 'weaviate';
  if (isThere) return `See that ${provider} runs and that vector_database.${provider} names it rightly.`;
  if (database.provider === 'postgres') return `See that PostgreSQL runs at ${database.host}:${database.port} and that "database" names it rightly.`;
  return 'See that the data folder can be written to and the disk is not full.';
}

/** Where a move has led, and the configuration does not say so. */
function home({ config, vectorHome: { settings, place } }: App): Finding[] {
  if (config.vectorDatabase.provider === settings.provider) return [];
  return [
    {
      part: 'vector store', state: 'warning', says: `The vectors were moved to ${settings.provider} (${place}), and are answered from there; the configuration still chooses ${config.vectorDatabase.provider}.`,
      mend: `Set vector_database.provider to "${settings.provider}".`,
    },
  ];
}

/** A change of models that is open, and whether this configuration has the models that are in use. */
async function modelChange({ deps, modelsInUse }: App): Promise<Finding[]> {
  const { open } = await deps.database.modelChanges.roles();
  const here = await modelsInUse.check().then(() => null, (error: Error) => error.message);
  return [
    ...(here === null ? [] : [{ part: 'models', state: 'fault' as const, says: here }]),
    ...(open === null
      ? []
      : [{ part: 'model change', state: 'ok' as const, says: `A change to ${open.to.name} is ${open.phase}: ${open.done} of ${open.total}${open.failed === 0 ? '' : `, ${open.failed} objects failed`}.${open.problem === null ? '' : ` ${open.problem}`} "strata model-change status" says what comes next.` }]),
  ];
}

/** What the bucket says of itself; none where bytes lie in the data folder. */
async function bucket({ config, objects }: App): Promise<Finding[]> {
  if (objects.kind !== 'bucket') return [];
  const findings = await objects.store.diagnose({ corsOrigins: browserOrigins(config) });
  return findings.map((finding) => ({ part: 'objects', ...finding }));
}

/** What a store outside the database has yet to be told. */
async function untold({ deps }: App): Promise<Finding[]> {
  if (deps.indexSync === null) return [];
  const entries = await deps.database.indexChanges.count();
  if (entries === 0) return [{ part: 'index changes', state: 'ok', says: 'The vector store has been told of everything.' }];
  return [
    {
      part: 'index changes', state: 'warning', says: `The vector store has yet to be told of ${entries} entries.`,
      mend: 'A running server or worker tells it, as soon as it answers.',
    },
  ];
}

function modelFinding(model: EmbeddingModel): Finding {
  if (model.fault !== undefined) return { part: model.name, state: 'warning', says: model.fault, mend: 'Load it again, or take its folder away.' };
  const about = `${model.modalities.join(', ')}, ${model.dimensions} dimensions. ${model.description}`;
  return model.available
    ? { part: model.name, state: 'ok', says: about }
    : { part: model.name, state: 'ok', says: `Not here, and not needed. ${about}` };
}

/** The model that the configuration names for re-ranking. */
async function reranker({ embedding }: Config): Promise<Finding[]> {
  try {
    const found = await readReranker(embedding, null);
    if (found === null) return [];
    const { depth, byDefault } = embedding.reranker;
    return [{ part: found.name, state: 'ok', says: `Re-ranking: reads the first ${depth} of a search${byDefault ? '' : ' that asks for it'} together with its words.` }];
  } catch (error) {
    if (!isStrataError(error)) throw error;
    return [{ part: 're-ranking', state: 'fault', says: error.message, mend: 'Load it again, or take embedding.reranker.path out of the configuration.' }];
  }
}

function ffmpegFinding(found: FfmpegFound): Finding {
  if (found === null) {
    return {
      part: 'ffmpeg', state: 'warning',
      says: 'Not found: films are kept, with their length and size, and are found by words alone, not by what they show. Neither they nor sounds are compared by what is seen and heard.',
      mend: 'Install ffmpeg, or set embedding.ffmpeg_path.',
    };
  }
  if (found.hasChromaprint) return { part: 'ffmpeg', state: 'ok', says: 'Found: films are looked into, frame by frame, and listened to. It has Chromaprint: sounds are compared by what is heard.' };
  return {
    part: 'ffmpeg', state: 'warning',
    says: 'Found: films are looked into, frame by frame, and listened to. It was built without Chromaprint: sounds in other encodings are no PERCEPTUAL duplicates.',
    mend: 'Where that matters, install an ffmpeg whose "ffmpeg -muxers" lists chromaprint, as Debian\'s does, or name one by embedding.ffmpeg_path.',
  };
}

async function sagas(app: App): Promise<Finding> {
  const stuck = await app.deps.database.sagas.findStuck(STUCK_SHOWN);
  if (stuck.length === 0) return { part: 'sagas', state: 'ok', says: 'No work over several stores is left half done.' };
  const list = stuck.map((saga) => `${saga.kind} ${saga.id} (${saga.lastError ?? 'no reason recorded'})`).join('; ');
  return {
    part: 'sagas', state: 'fault', says: `Work that could neither be completed nor undone: ${list}.`,
    mend: 'Mend the store that it names, then start the server: it tries again.',
  };
}

/** None where the data folder could not be made; the start has said so. */
async function space(config: Config): Promise<Finding[]> {
  const stats = await statfs(config.dataDir).catch(() => null);
  if (stats === null) return [];
  const free = Number(stats.bavail) * Number(stats.bsize);
  const says = `${(free / GIB).toFixed(1)} GiB free in the data folder.`;
  return [free < LITTLE_SPACE ? { part: 'disk', state: 'warning', says, mend: 'Make room before the next large upload.' } : { part: 'disk', state: 'ok', says }];
}

function durability(config: Config): Finding[] {
  if (config.database.provider !== 'embedded') return [];
  return [
    {
      part: 'durability', state: 'warning',
      says: 'The embedded database survives the death of the process at any moment. It does not survive a power cut or a crash of the machine.',
      mend: 'Where that matters, set database.provider to postgres, or keep backups of the data folder.',
    },
  ];
}
