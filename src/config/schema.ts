import { z } from 'zod';
import { LOG_LEVELS } from './config.js';
import { choice, flag, fraction, integer, list, section, size, text, webAddress } from './settings.js';

/**
 * `data_layer.yaml`, as it is written: names in snake_case, defaults beside them. What a value must be lives here; what
 * several settings must be together lives in `rules.ts`.
 */

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const TIB = 2 ** 40;

const secret = (minLength = 1) =>
  text({ secret: true, minLength, allowed: minLength > 1 ? `text of at least ${minLength} characters` : 'text' });
const port = (min = 1) => integer(min, 65_535);
const seconds = (max = 86_400) => integer(1, max);

const database = section({
  provider: choice(['embedded', 'postgres']).default('embedded'),
  host: text().default('localhost'),
  port: port().default(5432),
  database: text().default('strata'),
  username: text().optional(),
  password: secret().optional(),
  pool_size: integer(1, 1_000).default(20),
  max_overflow: integer(0, 1_000).default(40),
  ssl: flag().optional(),
  ssl_ca: text().optional(),
  ssl_verify: flag().default(true),
  statement_timeout_seconds: seconds().default(60),
  lock_timeout_seconds: seconds().default(30),
  prepared_statements: flag().default(true),
  replica: section({ host: text(), port: port().default(5432) }).optional(),
});

const collectionPrefix = text({
  pattern: /^[A-Za-z][A-Za-z0-9_]{0,31}$/,
  allowed: 'a name of at most 32 letters, digits and underscores, a letter first',
});

const vectorDatabase = section({
  provider: choice(['pgvector', 'weaviate', 'chroma', 'pinecone']).default('pgvector'),
  weaviate: section({
    url: webAddress().default('http://localhost:8080'),
    api_key: secret().optional(),
    grpc_port: port().optional(),
    collection_prefix: collectionPrefix.default('Strata'),
  }).prefault({}),
  chroma: section({
    url: webAddress().default('http://localhost:8000'),
    api_key: secret().optional(),
    tenant: text().default('default_tenant'),
    database: text().default('default_database'),
    collection_prefix: collectionPrefix.default('strata'),
  }).prefault({}),
  pinecone: section({
    api_key: secret().optional(),
    url: webAddress().default('https://api.pinecone.io'),
    index: text({
      pattern: /^[a-z0-9][a-z0-9-]{0,35}$/,
      allowed: 'a name of at most 36 small letters, digits and dashes',
    }).default('strata'),
    cloud: choice(['aws', 'gcp', 'azure']).default('aws'),
    region: text().default('us-east-1'),
    environment: text().optional(),
  }).prefault({}),
});

const bucket = {
  region: text().default('us-east-1'),
  access_key: secret().optional(),
  secret_key: secret().optional(),
  server_side_encryption: choice(['AES256', 'aws:kms']).optional(),
  public_endpoint: webAddress().optional(),
};
const bucketName = text({
  pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  allowed: 'a bucket name: 3 to 63 small letters, digits, dots and dashes',
});

const objectStorage = section({
  provider: choice(['filesystem', 'minio', 's3']).default('filesystem'),
  filesystem: section({ path: text().default('objects') }).prefault({}),
  minio: section({
    ...bucket,
    endpoint: webAddress().default('http://localhost:9000'),
    bucket: bucketName.default('strata'),
    force_path_style: flag().default(true),
  }).prefault({}),
  s3: section({
    ...bucket,
    endpoint: webAddress().optional(),
    bucket: bucketName.optional(),
    force_path_style: flag().default(false),
  }).prefault({}),
});

const cache = section({
  redis: section({
    enabled: flag().default(true),
    host: text().default('localhost'),
    port: port().default(6379),
    db: integer(0, 65_535).default(0),
    username: text().optional(),
    password: secret().optional(),
    tls: flag().default(false),
    tls_ca: text().optional(),
    tls_verify: flag().default(true),
    ttl_seconds: seconds(30 * 86_400).default(3_600),
  }).optional(),
  local: section({
    max_size_mb: integer(0, 1_048_576).default(1_024),
    eviction_policy: choice(['lru']).default('lru'),
    ttl_seconds: seconds(30 * 86_400).default(3_600),
  }).prefault({}),
});

const modelName = text({
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)?$/,
  allowed: 'the name of a model, such as all-mpnet-base-v2, or of a hub\'s repository as ORG/REPO; a folder goes under "path"',
});

const embedding = section({
  text_model: modelName.default('all-MiniLM-L6-v2'),
  models_path: text().optional(),
  hub_url: webAddress().optional(),
  hub_token: secret().optional(),
  models: list(
    z.preprocess((entry) => (typeof entry === 'string' ? { name: entry } : entry), section({ name: modelName, path: text().optional() })),
    'models: a name, or name and path',
  ).default([]),
  threads: integer(1, 256).optional(),
  descriptors: flag().default(true),
  near_duplicates: list(section({ model: modelName, from: fraction(0.5) }), 'models, each with "from"').default([]),
  saved_searches: list(
    section({ model: modelName, from: fraction().optional(), words_from: fraction().optional() }),
    'models, each with "from", "words_from" or both',
  ).default([]),
  ffmpeg_path: text().optional(),
  reranker: section({
    path: text().optional(),
    depth: integer(1, 500).default(50),
    by_default: flag().default(false),
    timeout_seconds: seconds(600).default(5),
  }).prefault({}),
});

const origin = text({ pattern: /^(\*|https?:\/\/[^/\s]+)$/, allowed: 'an origin such as https://example.org, or "*"' });

const apiKey = section({
  key: secret(16),
  // The part in front of the first colon is what tells annotators of the system from people.
  viewer: text({
    pattern: /^(?!system:).{1,200}$/,
    allowed: 'a name of at most 200 characters that does not begin with "system:"',
  }),
  // A tenant's name is the first folder of its bytes; `temp` holds what is being uploaded.
  tenant: text({
    pattern: /^(?!temp$)[a-z0-9][a-z0-9_-]{0,62}$/,
    allowed: 'a name of at most 63 small letters, digits, dashes and underscores, other than "temp"',
  }).default('default'),
  role: choice(['reader', 'annotator', 'editor', 'admin']),
});

const server = section({
  host: text().default('127.0.0.1'),
  port: port(0).default(4000),
  public_url: webAddress().optional(),
  cors: section({ origins: list(origin, 'origins').default([]) }).prefault({}),
  landing_page: choice(['graphiql', 'sandbox', 'none']).default('graphiql'),
  introspection: flag().default(true),
  api_keys: list(apiKey, 'keys (key, viewer, tenant, role)').default([]),
  signing_secret: secret(16).optional(),
  log_level: choice(LOG_LEVELS).default('info'),
  log_format: choice(['pretty', 'json']).optional(),
  shutdown_timeout_seconds: seconds(3_600).default(10),
  drain_seconds: integer(0, 600).default(0),
  run_jobs: flag().default(true),
  metrics: flag().default(true),
});

const limits = section({
  max_upload: size(1, 5 * TIB).default(5 * GIB),
  max_text: size(1, 256 * MIB).default(10 * MIB),
  max_request_body: size(1_024, 512 * MIB).default(32 * MIB),
  operations_per_minute: integer(0, 10_000_000).default(0),
  max_query_depth: integer(1, 1_000).default(15),
  max_query_cost: integer(1, 1_000_000_000).default(100_000),
  max_query_tokens: integer(100, 1_000_000).default(10_000),
  max_image_pixels: integer(1, 1_000_000_000).default(100_000_000),
  extraction_timeout_seconds: seconds().default(120),
  extraction_memory_mb: integer(64, 1_048_576).default(1_024),
  search: section({
    max_query_length: integer(1, 1_000_000).default(10_000),
    timeout_seconds: seconds(3_600).default(30),
  }).prefault({}),
  jobs: section({
    concurrency: integer(1, 1_000).default(2),
    batch_size: integer(1, 1_000).default(64),
    max_attempts: integer(1, 100).default(5),
  }).prefault({}),
});

const telemetry = section({
  enabled: flag().default(false),
  endpoint: webAddress().optional(),
  service_name: text().optional(),
  sample_ratio: fraction().default(1),
});

export const settingsSchema = section({
  data_dir: text().default('./.strata'),
  database: database.prefault({}),
  vector_database: vectorDatabase.prefault({}),
  object_storage: objectStorage.prefault({}),
  cache: cache.prefault({}),
  embedding: embedding.prefault({}),
  server: server.prefault({}),
  limits: limits.prefault({}),
  telemetry: telemetry.prefault({}),
});

/** What the file says, with defaults, before relative paths are resolved and arms chosen. */
export type Settings = z.output<typeof settingsSchema>;
