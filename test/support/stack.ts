import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { openS3Store } from '../../src/adapters/objects/s3/s3.store.js';
import type { Config } from '../../src/config/config.js';
import { startPostgresEngine } from '../../src/adapters/db/engine/postgres.js';
import { rawClient, removeBucket } from './s3-bucket.js';
import { freshChromaDatabase } from './chroma.js';
import { serviceAddress, type ServiceAddress } from './services.js';
import { STACK, STACKS, type Stack } from './stacks.js';

/** Parts of a configuration that nobody else has, on the servers of a stack. */
export interface OpenedStack {
  /** Of data_layer.yaml: whole sections, a line each. Empty for the embedded parts. */
  settings: string;
  /** Takes away whatever was made for it, and all that it came to hold. */
  close(): Promise<void>;
}

/** A database, a bucket, a number of Redis's and a place among the vectors, each empty, for one installation. */
export async function openStack(stack: Stack = STACK): Promise<OpenedStack> {
  if (stack === 'embedded') return { settings: '', close: () => Promise.resolve() };
  const opened: { section: object; close(): Promise<void> }[] = [];
  const close = async () => {
    for (const part of opened.splice(0).reverse()) await part.close();
  };
  try {
    for (const service of STACKS[stack]) {
      const address = serviceAddress(service);
      if (address === null) throw new Error(`STRATA_TEST_STACK=${stack} needs ${STACKS[stack].join(', ')}; of ${service} there is no address. Run npm run test:full.`);
      opened.push(await OPENERS[service](address, `t${randomUUID().replaceAll('-', '').slice(0, 16)}`));
    }
  } catch (error) {
    await close();
    throw error;
  }
  // What JSON says, YAML says as well.
  const sections = opened.flatMap(({ section }) => Object.entries(section));
  return { settings: sections.map(([name, section]) => `${name}: ${JSON.stringify(section)}\n`).join(''), close };
}

/** @param name for what is made; letters and digits, a letter first */
type Opener = (address: ServiceAddress, name: string) => Promise<{ section: object; close(): Promise<void> }>;
const OPENERS: Record<'postgres' | 'redis' | 's3' | 'weaviate' | 'chroma', Opener> = { postgres, redis, s3, weaviate, chroma };

async function postgres({ url }: ServiceAddress, name: string) {
  const { hostname, port, username, password, pathname } = new URL(url);
  const server = { host: hostname, port: Number(port || 5432), username: decodeURIComponent(username), ...(password === '' ? {} : { password: decodeURIComponent(password) }) };
  const tell = async (statement: string) => {
    const engine = await startPostgresEngine({ ...server, database: pathname.slice(1) || 'postgres', poolSize: 1, maxOverflow: 0 });
    try {
      await engine.sql.query(statement);
    } finally {
      await engine.stop();
    }
  };
  await tell(`CREATE DATABASE ${name}`);
  const section = { database: { provider: 'postgres', ...server, database: name, pool_size: 4, max_overflow: 12 } };
  return { section, close: () => tell(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** Who takes a number of Redis's leaves this in it. */
const TAKEN = 'taken-by-a-test';

async function redis({ url }: ServiceAddress) {
  const { hostname, port, password } = new URL(url);
  const client = new Redis(url);
  const [, count] = (await client.config('GET', 'databases')) as [string, string];
  const numbers = Array.from({ length: Number(count) - 1 }, (_, index) => index + 1);
  for (const db of numbers) {
    await client.select(db);
    // Within an hour whoever did not give it back is gone.
    if ((await client.set(TAKEN, 'yes', 'EX', 3_600, 'NX')) === null) continue;
    if ((await client.dbsize()) > 1) {
      await client.del(TAKEN);
      continue;
    }
    return {
      section: { cache: { redis: { host: hostname, port: Number(port || 6379), db, ...(password === '' ? {} : { password: decodeURIComponent(password) }) } } },
      close: async () => {
        await client.flushdb();
        await client.quit();
      },
    };
  }
  client.disconnect();
  throw new Error(`None of the ${count} databases of ${url} is empty.`);
}

/** As if its time had come: what Redis, whose clock no test moves, has of the keys with this in them. Without a Redis there is none. */
export async function forgetInRedis({ cache: { redis } }: Pick<Config, 'cache'>, part: string): Promise<void> {
  if (redis === undefined) return;
  const { host, port, db, username, password } = redis;
  const client = new Redis({ host, port, db, ...(username && { username }), ...(password && { password }) });
  try {
    for await (const keys of client.scanStream({ match: `*${part}*` }) as AsyncIterable<string[]>) if (keys.length > 0) await client.del(keys);
  } finally {
    client.disconnect();
  }
}

async function s3(address: ServiceAddress, name: string) {
  const bucket = `strata-${name}`;
  const { url: endpoint, accessKey: access_key, secretKey: secret_key } = address;
  const made = await openS3Store({ provider: 'minio', endpoint, region: 'us-east-1', bucket, accessKey: access_key, secretKey: secret_key, forcePathStyle: true });
  try {
    await made.prepare({ corsOrigins: [] });
  } finally {
    await made.close();
  }
  const section = { object_storage: { provider: 'minio', minio: { endpoint, bucket, access_key, secret_key } } };
  return {
    section,
    close: async () => {
      const client = rawClient(address);
      try {
        await removeBucket(client, bucket);
      } finally {
        client.destroy();
      }
    },
  };
}

async function weaviate({ url, grpcPort }: ServiceAddress, name: string) {
  const prefix = `T${name.slice(1)}`;
  const section = { vector_database: { provider: 'weaviate', weaviate: { url, grpc_port: Number(grpcPort), collection_prefix: prefix } } };
  return { section, close: async () => void (await fetch(`${url}/v1/schema/${prefix}Passage`, { method: 'DELETE' })) };
}

async function chroma({ url }: ServiceAddress, name: string) {
  const database = await freshChromaDatabase(url, name);
  return { section: { vector_database: { provider: 'chroma', chroma: { url, database: name } } }, close: () => database.remove() };
}
