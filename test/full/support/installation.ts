import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { launch, run, STRATA, temporaryFolder, type Outcome, type Server } from '../../e2e/support/strata.js';
import { statement } from '../../support/postgres.js';
import { rawClient, removeBucket } from '../../support/s3-bucket.js';
import { serviceAddress, type ServiceAddress, type ServiceName } from '../../support/services.js';

/** The servers that the installations of these suites stand on. */
export const ENGINES = ['postgres', 'redis', 's3', 'weaviate'] as const satisfies readonly ServiceName[];

/** Null where one of these servers is missing: skip the suite by name. */
export function addressesOf<Name extends ServiceName>(names: readonly Name[]): Record<Name, ServiceAddress> | null {
  const found = names.map((name) => [name, serviceAddress(name)] as const);
  return found.every(([, address]) => address !== null) ? (Object.fromEntries(found) as Record<Name, ServiceAddress>) : null;
}

export interface Settings {
  database: Record<string, unknown>;
  vector_database: { provider: string; weaviate: Record<string, unknown>; chroma?: Record<string, unknown> };
  object_storage: { provider: string; minio: Record<string, unknown> };
  cache: { redis?: Record<string, unknown> };
  server: Record<string, unknown>;
  limits: Record<string, unknown>;
}

/** A database, a bucket, a Redis database and a collection that nobody else uses, and the built program over them. */
export interface Installation {
  settings: Settings;
  /** The file that says so. */
  config: string;
  /** Straight to the database, past whatever the program goes through. */
  sql: pg.Pool;
  strata(...args: string[]): Promise<Outcome>;
  /** `strata serve --no-jobs` on a free port. */
  serve(...args: string[]): Promise<Server>;
  /** `strata worker`; its `url` is that of `/readyz`. */
  worker(...args: string[]): Promise<Server>;
  /** A copy of the configuration with other settings. @returns its file */
  configured(change: (settings: Settings) => void): string;
  /** Ends every process that was started, and takes away what they made. */
  end(): Promise<void>;
}

export async function freshInstallation(engines: Record<(typeof ENGINES)[number], ServiceAddress>, change: (settings: Settings) => void = () => undefined): Promise<Installation> {
  const { postgres, redis, s3, weaviate } = engines;
  const id = randomUUID().replaceAll('-', '');
  const [database, bucket, collectionPrefix] = [`db_${id}`, `strata-test-${id}`, `T${id.slice(0, 12)}`];
  const { redisDatabase, release } = await claimRedisDatabase(redis.url);
  const [server, shared] = [new URL(postgres.url), new URL(redis.url)];
  const settings: Settings = {
    database: { provider: 'postgres', host: server.hostname, port: Number(server.port), database, username: decodeURIComponent(server.username), pool_size: 5, max_overflow: 10 },
    vector_database: { provider: 'weaviate', weaviate: { url: weaviate.url, grpc_port: Number(weaviate['grpcPort']), collection_prefix: collectionPrefix } },
    object_storage: { provider: 'minio', minio: { endpoint: s3.url, bucket, access_key: s3['accessKey'], secret_key: s3['secretKey'] } },
    cache: { redis: { host: shared.hostname, port: Number(shared.port), db: redisDatabase } },
    server: { port: 0, log_level: 'warn', signing_secret: 'of all processes of this test' },
    limits: {},
  };
  change(settings);
  await statement({ connectionString: postgres.url }, `CREATE DATABASE ${database}`);
  const sql = new pg.Pool({ host: server.hostname, port: Number(server.port), user: decodeURIComponent(server.username), database, max: 2 });
  // The database may go while one of these is on its way out.
  sql.on('error', () => undefined);
  sql.on('connect', (each) => each.on('error', () => undefined));
  const folder = temporaryFolder();
  // JSON is YAML.
  const written = (given: Settings) => {
    const file = join(folder, `${randomUUID()}.yaml`);
    writeFileSync(file, JSON.stringify(given, null, 2));
    return file;
  };
  const config = written(settings);
  const here = ['--config', config, '--data-dir', join(folder, 'data')];
  const started: Server[] = [];
  const lasting = async (args: readonly string[], announcement: RegExp) => {
    const launched = await launch(args, announcement);
    started.push(launched);
    return launched;
  };
  return {
    settings,
    config,
    sql,
    strata: (...args) => run(STRATA, [...args, ...(args.includes('--config') ? here.slice(2) : here)]),
    serve: (...args) => lasting(['serve', '--no-jobs', ...here, '--port', '0', ...args], /^listening on (http:\/\/127\.0\.0\.1:\d+\/graphql)$/),
    worker: (...args) => lasting(['worker', ...here, '--port', '0', ...args], /health at (http:\/\/127\.0\.0\.1:\d+\/readyz)$/),
    configured(changeIt) {
      const changed = structuredClone(settings);
      changeIt(changed);
      return written(changed);
    },
    async end() {
      await Promise.all(started.map((each) => each.stop('SIGKILL')));
      await sql.end();
      await statement({ connectionString: postgres.url }, `DROP DATABASE ${database} WITH (FORCE)`);
      await release();
      const bytes = rawClient(s3);
      await removeBucket(bytes, bucket).catch((error: Error) => {
        if (error.name !== 'NoSuchBucket') throw error;
      });
      bytes.destroy();
      if (settings.vector_database.provider === 'weaviate') await fetch(`${weaviate.url}/v1/schema/${collectionPrefix}Passage`, { method: 'DELETE' });
    },
  };
}

/** `strata migrate` and `strata doctor --fix`: everything that a first start needs. */
export async function prepare(installation: Installation): Promise<void> {
  const migrated = await installation.strata('migrate');
  if (migrated.code !== 0) throw new Error(`strata migrate: ${migrated.stderr}`);
  const mended = await installation.strata('doctor', '--fix', '--json');
  if (mended.code !== 0) throw new Error(`strata doctor --fix: ${mended.stdout}${mended.stderr}`);
}

export interface Readiness {
  status: number;
  /** `ready`, `not ready` or `closing`; null where nobody answered. */
  says: string | null;
  parts: Record<string, string>;
}

/** What a process says of itself. @param url of any of its pages */
export async function readiness(url: string): Promise<Readiness> {
  try {
    const response = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(15_000) });
    const { status, parts } = (await response.json()) as { status: string; parts: Record<string, string> };
    return { status: response.status, says: status, parts };
  } catch {
    return { status: 0, says: null, parts: {} };
  }
}

/** The sum of a counter over all of its labels. */
export async function counted(url: string, metric: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', url))).text();
  const samples = text.split('\n').filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `));
  return samples.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const REDIS_DATABASES = 15;
const CLAIM_SECONDS = 3_600;

/** The configuration has no prefix for Redis, and one server is there for many tests: each installation has a database of it. */
async function claimRedisDatabase(url: string): Promise<{ redisDatabase: number; release(): Promise<void> }> {
  const client = new Redis(url);
  for (let number = 1; number <= REDIS_DATABASES; number++) {
    const claim = `strata-test-database:${number}`;
    if ((await client.set(claim, process.pid, 'EX', CLAIM_SECONDS, 'NX')) === null) continue;
    const own = client.duplicate({ db: number });
    // The server may be started anew while they are open.
    for (const each of [client, own]) each.on('error', () => undefined);
    await own.flushdb();
    return {
      redisDatabase: number,
      async release() {
        await own.flushdb();
        await client.del(claim);
        own.disconnect();
        client.disconnect();
      },
    };
  }
  client.disconnect();
  throw new Error('Redis has no database left for this test.');
}
