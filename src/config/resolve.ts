import { resolve } from 'node:path';
import type { ClientSettings } from './client.js';
import type { BucketConfig, Config, ObjectStorageConfig, VectorDatabaseConfig } from './config.js';
import type { SettingPath } from './document.js';
import type { Settings } from './schema.js';

export interface Surroundings {
  dataDir: string;
  client: ClientSettings;
  /** Where the settings leave it open. */
  logFormat: Config['server']['logFormat'];
  absolute(path: SettingPath, written: string): string;
}

/** Settings that nothing is wrong with → the value that the program lives by. */
export function resolveConfig(settings: Settings, around: Surroundings): Config {
  const { cache, embedding, server } = settings;
  const file = (path: SettingPath, written: string | undefined) =>
    written === undefined ? undefined : around.absolute(path, written);
  // A bare name is looked for on the PATH.
  const program = (path: SettingPath, written: string | undefined) =>
    written === undefined || !/[\\/]/.test(written) ? written : around.absolute(path, written);
  const { enabled, ...redis } = cache.redis ?? { enabled: false };
  return frozen<Config>({
    dataDir: around.dataDir,
    database: camel({ ...settings.database, ssl_ca: file(['database', 'ssl_ca'], settings.database.ssl_ca) }),
    vectorDatabase: vectorDatabaseOf(settings.vector_database),
    objectStorage: objectStorageOf(settings.object_storage, around.dataDir),
    cache: { ...(enabled && 'host' in redis ? { redis: camel({ ...redis, tls_ca: file(['cache', 'redis', 'tls_ca'], redis.tls_ca) }) } : {}), local: camel(cache.local) },
    embedding: camel({
      ...embedding,
      models_path: file(['embedding', 'models_path'], embedding.models_path),
      models: embedding.models.map((model, index) => ({
        ...model,
        path: file(['embedding', 'models', index, 'path'], model.path),
      })),
      ffmpeg_path: program(['embedding', 'ffmpeg_path'], embedding.ffmpeg_path),
      reranker: { ...embedding.reranker, path: file(['embedding', 'reranker', 'path'], embedding.reranker.path) },
    }),
    server: camel({ ...server, log_format: server.log_format ?? around.logFormat }),
    limits: camel(settings.limits),
    telemetry: camel(settings.telemetry),
    client: around.client,
  });
}

function vectorDatabaseOf(settings: Settings['vector_database']): VectorDatabaseConfig {
  const { provider, weaviate, chroma, pinecone } = settings;
  switch (provider) {
    case 'pgvector':
      return { provider };
    case 'weaviate':
      return { provider, weaviate: camel(weaviate) };
    case 'chroma':
      return { provider, chroma: camel(chroma) };
    case 'pinecone':
      return { provider, pinecone: { ...camel(pinecone), apiKey: pinecone.api_key! } };
  }
}

function objectStorageOf(settings: Settings['object_storage'], dataDir: string): ObjectStorageConfig {
  const { provider, filesystem, minio, s3 } = settings;
  switch (provider) {
    case 'filesystem':
      return { provider, filesystem: { path: resolve(dataDir, filesystem.path) } };
    case 'minio':
      return { provider, minio: { ...camel(minio), accessKey: minio.access_key!, secretKey: minio.secret_key! } };
    case 's3':
      return { provider, s3: { ...camel(s3), bucket: s3.bucket! } satisfies BucketConfig };
  }
}

type CamelName<Name> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelName<Tail>>}` : Name;
type Camel<Value> = Value extends readonly (infer Item)[]
  ? Camel<Item>[]
  : Value extends object
    ? { [Name in keyof Value as CamelName<Name>]: Camel<Value[Name]> }
    : Value;

/** The same value with its names in camelCase, all the way in. What is undefined is left out. */
function camel<Value>(value: Value): Camel<Value> {
  if (Array.isArray(value)) return value.map(camel) as Camel<Value>;
  if (typeof value !== 'object' || value === null) return value as Camel<Value>;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.map(([name, inner]) => [
      name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
      camel(inner as unknown),
    ]),
  ) as Camel<Value>;
}

function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
