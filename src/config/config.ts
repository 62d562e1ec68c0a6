import type { ClientSettings } from './client.js';

/**
 * The resolved configuration: one frozen value, complete, with every default filled in. In YAML the same names are written
 * in snake_case (`database.pool_size`). Sizes are bytes, durations what their names say, paths absolute.
 */
export interface Config {
  /** The folder that holds everything the embedded parts keep. */
  readonly dataDir: string;
  readonly database: DatabaseConfig;
  readonly vectorDatabase: VectorDatabaseConfig;
  readonly objectStorage: ObjectStorageConfig;
  readonly cache: CacheConfig;
  readonly embedding: EmbeddingConfig;
  readonly server: ServerConfig;
  readonly limits: LimitsConfig;
  readonly telemetry: TelemetryConfig;
  /** For the commands, which are clients of the API. From the environment alone. */
  readonly client: Readonly<ClientSettings>;
}

export interface DatabaseConfig {
  /** `embedded`: PGlite in the data folder; host, port and credentials are then ignored. */
  readonly provider: 'embedded' | 'postgres';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username?: string;
  readonly password?: string;
  /** Connections kept. */
  readonly poolSize: number;
  /** Connections beyond them while there is much to do. */
  readonly maxOverflow: number;
  /** TLS towards the server. */
  readonly ssl?: boolean;
  /** A file with the certificate of the authority that signed the server's; the system's own authorities where it is left out. */
  readonly sslCa?: string;
  /** False takes any certificate. */
  readonly sslVerify: boolean;
  readonly statementTimeoutSeconds: number;
  readonly lockTimeoutSeconds: number;
  /** False behind a pooler that hands connections on between transactions. */
  readonly preparedStatements: boolean;
  /** A standby of the same database that lists, counts and figures may be read from; its lag is theirs. */
  readonly replica?: { readonly host: string; readonly port: number };
}

/** The arm of the chosen provider alone; settings of the others are checked, then left out. */
export type VectorDatabaseConfig =
  | { readonly provider: 'pgvector' }
  | { readonly provider: 'weaviate'; readonly weaviate: WeaviateConfig }
  | { readonly provider: 'chroma'; readonly chroma: ChromaConfig }
  | { readonly provider: 'pinecone'; readonly pinecone: PineconeConfig };

export interface WeaviateConfig {
  readonly url: string;
  readonly apiKey?: string;
  /** 50051, or over TLS 443, where it is left out. */
  readonly grpcPort?: number;
  /** In front of the name of each collection. */
  readonly collectionPrefix: string;
}

export interface ChromaConfig {
  readonly url: string;
  readonly apiKey?: string;
  readonly tenant: string;
  readonly database: string;
  readonly collectionPrefix: string;
}

export interface PineconeConfig {
  readonly apiKey: string;
  /** Of the control plane. */
  readonly url: string;
  readonly index: string;
  readonly cloud: 'aws' | 'gcp' | 'azure';
  readonly region: string;
  /** What older clients named; refused with a sentence on what replaces it. */
  readonly environment?: string;
}

/** The arm of the chosen provider alone. */
export type ObjectStorageConfig =
  | { readonly provider: 'filesystem'; readonly filesystem: { readonly path: string } }
  | {
      readonly provider: 'minio';
      readonly minio: BucketConfig & {
        readonly endpoint: string;
        readonly accessKey: string;
        readonly secretKey: string;
      };
    }
  | { readonly provider: 's3'; readonly s3: BucketConfig };

export interface BucketConfig {
  /** The region's own where it is left out. */
  readonly endpoint?: string;
  /** How clients reach the store, where that is another way than the server's; signed addresses begin with it. */
  readonly publicEndpoint?: string;
  readonly region: string;
  readonly bucket: string;
  /** Without keys the SDK looks where it always looks: environment, profile, instance role. */
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly forcePathStyle: boolean;
  readonly serverSideEncryption?: 'AES256' | 'aws:kms';
}

export interface CacheConfig {
  /** Absent: the cache of this process alone. */
  readonly redis?: {
    readonly host: string;
    readonly port: number;
    readonly db: number;
    readonly username?: string;
    readonly password?: string;
    /** TLS towards the server. */
    readonly tls: boolean;
    /** A file with the certificate of the authority that signed the server's; the system's own authorities where it is left out. */
    readonly tlsCa?: string;
    /** False takes any certificate. */
    readonly tlsVerify: boolean;
    readonly ttlSeconds: number;
  };
  readonly local: {
    /** 0 switches it off. */
    readonly maxSizeMb: number;
    readonly evictionPolicy: 'lru';
    readonly ttlSeconds: number;
  };
}

export interface EmbeddingConfig {
  readonly textModel: string;
  /** The folder that `strata models pull` loads models into; `models` in the data folder where it is left out. */
  readonly modelsPath?: string;
  /** Of the model hub that `strata models pull` asks; without one it says how a model is laid out by hand. */
  readonly hubUrl?: string;
  /** For a hub's private and gated models. */
  readonly hubToken?: string;
  /** Further models by name: the registry's, a repository's that was pulled, or any with the folder that it lies in. */
  readonly models: readonly { readonly name: string; readonly path?: string }[];
  /** Threads for bulk work with models; as many as there are cores, four at most, where it is left out. Queries have one more. */
  readonly threads?: number;
  /** The image and sound descriptors that need no weights. */
  readonly descriptors: boolean;
  /** From which cosine two objects are near duplicates in a model's space, in place of what was measured. */
  readonly nearDuplicates: readonly { readonly model: string; readonly from: number }[];
  /** From which cosine a saved search finds an object in a model's space, in place of the model's own: by likeness, and by words. */
  readonly savedSearches: readonly { readonly model: string; readonly from?: number; readonly wordsFrom?: number }[];
  readonly ffmpegPath?: string;
  readonly reranker: {
    /** The folder of a cross-encoder; results are not re-ranked where it is left out. */
    readonly path?: string;
    /** How many of the first results it reads. */
    readonly depth: number;
    /** Where a search does not say whether. */
    readonly byDefault: boolean;
    readonly timeoutSeconds: number;
  };
}

export interface ApiKeyConfig {
  readonly key: string;
  readonly viewer: string;
  readonly tenant: string;
  readonly role: 'reader' | 'annotator' | 'editor' | 'admin';
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export interface ServerConfig {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** How clients reach the server from outside, without a slash at the end; goes into signed URLs. */
  readonly publicUrl?: string;
  readonly cors: {
    /** `*` for any. */
    readonly origins: readonly string[];
  };
  readonly landingPage: 'graphiql' | 'sandbox' | 'none';
  readonly introspection: boolean;
  readonly apiKeys: readonly ApiKeyConfig[];
  /** Signs transfer URLs; where it is left out the data folder keeps one of its own. */
  readonly signingSecret?: string;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly logFormat: 'pretty' | 'json';
  readonly shutdownTimeoutSeconds: number;
  /** How long `/readyz` says that it closes before anything does, for load balancers. */
  readonly drainSeconds: number;
  /** False: `strata serve` takes no jobs; `strata worker` does. */
  readonly runJobs: boolean;
  readonly metrics: boolean;
}

export interface LimitsConfig {
  readonly maxUpload: number;
  /** Of one text handed to `ingestText`, as UTF-8. */
  readonly maxText: number;
  /** Of one GraphQL request. */
  readonly maxRequestBody: number;
  /** Of one viewer over all processes; 0 where there is no limit. */
  readonly operationsPerMinute: number;
  readonly maxQueryDepth: number;
  readonly maxQueryCost: number;
  readonly maxQueryTokens: number;
  readonly maxImagePixels: number;
  readonly extractionTimeoutSeconds: number;
  readonly extractionMemoryMb: number;
  readonly search: {
    /** Characters of a query. */
    readonly maxQueryLength: number;
    readonly timeoutSeconds: number;
  };
  readonly jobs: {
    /** Batches of one kind under way at once. */
    readonly concurrency: number;
    /** Jobs handed to a worker at once. */
    readonly batchSize: number;
    readonly maxAttempts: number;
  };
}

export interface TelemetryConfig {
  /** Traces are made and sent. */
  readonly enabled: boolean;
  /** Of an OTLP collector over HTTP; `OTEL_EXPORTER_OTLP_ENDPOINT`, or http://localhost:4318, where it is left out. */
  readonly endpoint?: string;
  /** `OTEL_SERVICE_NAME`, or `strata`, where it is left out. */
  readonly serviceName?: string;
  /** Share of the traces that begin here, 0 to 1. */
  readonly sampleRatio: number;
}

export interface ConfigProblem {
  /** The setting, as in YAML: `server.api_keys[0].role`. Empty for the file as a whole. */
  path: string;
  /** 1-based; null where the value is not the file's. */
  line: number | null;
  /** 1-based. */
  column: number | null;
  message: string;
}

/** Everything that is wrong with the configuration, at once. */
export class ConfigError extends Error {
  constructor(
    readonly problems: readonly ConfigProblem[],
    /** As it was named by whoever asked; null where there is none. */
    readonly file: string | null,
  ) {
    super(messageOf(problems, file));
    this.name = 'ConfigError';
  }
}

function messageOf(problems: readonly ConfigProblem[], file: string | null): string {
  const count = problems.length === 1 ? 'one mistake' : `${problems.length} mistakes`;
  const lines = problems.map(({ path, line, column, message }) => {
    const place = line === null ? '' : `${file ?? ''}:${line}:${column}  `;
    return `  ${place}${path === '' ? '' : `${path}: `}${message}`;
  });
  return `The configuration has ${count}:\n${lines.join('\n')}`;
}
