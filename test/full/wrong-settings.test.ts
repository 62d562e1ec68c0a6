import { spawn } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { cleanUp, type Outcome } from '../e2e/support/strata.js';
import { hasRedisServer, RedisServer } from '../support/redis-server.js';
import { hasWeaviateServer, WeaviateServer } from '../support/weaviate-server.js';
import { ingestText, textNumber } from './support/clients.js';
import { addressesOf, ENGINES, freshInstallation, prepare, type Installation, type Settings } from './support/installation.js';
import { untilDone } from './support/state.js';

const engines = addressesOf(ENGINES);
afterAll(cleanUp);

/** PostgreSQL as Debian packages it, which brings no pgvector. */
const debians = globSync('/usr/lib/postgresql/*').filter((folder) => globSync(`/usr/share/postgresql/${folder.split('/').at(-1)}/extension/vector.control`).length === 0);

interface Finding {
  part: string;
  state: 'ok' | 'warning' | 'fault';
  says: string;
}
const faultsOf = ({ stdout }: Outcome): Finding[] => (JSON.parse(stdout) as Finding[]).filter(({ state }) => state === 'fault');

/** What a start says that cannot go on: a sentence or two, and no stack. */
function refusal({ code, stdout, stderr }: Outcome): string {
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).not.toMatch(/^\s+at /m);
  const lines = stderr.split('\n').filter((line) => line.startsWith('strata: '));
  expect(lines, stderr).toHaveLength(1);
  return lines[0]!;
}

describe.skipIf(engines === null)('a wrong setting is answered with what to set', { timeout: 120_000 }, () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await freshInstallation(engines!);
    await prepare(installation);
  });
  afterAll(() => installation?.end());

  const serving = (change: (settings: Settings) => void) => installation.strata('serve', '--no-jobs', '--port', '0', '--config', installation.configured(change));
  const looking = (change: (settings: Settings) => void) => installation.strata('doctor', '--json', '--config', installation.configured(change));

  it('a user and a database that PostgreSQL does not know', async () => {
    expect(refusal(await serving(({ database }) => (database['username'] = 'nobody_here')))).toMatch(/does not let the user "nobody_here" in\. Mend database\.username/);
    expect(refusal(await serving(({ database }) => (database['database'] = 'nowhere')))).toMatch(/has no database "nowhere"\. Create it/);
  });

  it('a port of a worker’s that somebody else has', async () => {
    const { port } = new URL((await installation.serve()).url);
    expect(refusal(await installation.strata('worker', '--port', port))).toBe(`strata: Port ${port} of 127.0.0.1 is taken by another program. Stop it, or choose another port with --port; 0 takes a free one.`);
  });

  it('keys that MinIO does not take, and a bucket that is missing', async () => {
    const cases: [(settings: Settings) => void, RegExp][] = [
      [({ object_storage: { minio } }) => (minio['access_key'] = 'nobody-here'), /does not know the access key\. Correct object_storage\.minio\.access_key/],
      [({ object_storage: { minio } }) => (minio['secret_key'] = 'another-secret'), /secret key is not the one .* Correct object_storage\.minio\.secret_key/],
      [({ object_storage: { minio } }) => (minio['bucket'] = 'nobody-made-this'), /bucket "nobody-made-this" does not exist .*"strata doctor --fix" makes it/],
    ];
    for (const [change, sentence] of cases) {
      const outcome = await looking(change);
      expect(outcome.code).toBe(1);
      const faults = faultsOf(outcome);
      expect(faults.map(({ part }) => part)).toEqual(['objects']);
      expect(faults[0]!.says).toMatch(sentence);
    }
  });

  it('a collection in Weaviate that someone else made, and one with vectors of other dimensions', async () => {
    const api = await installation.serve();
    const worker = await installation.worker();
    await ingestText(api.url, textNumber(0));
    await untilDone(installation);
    await Promise.all([api.stop(), worker.stop()]);
    const { url, collection_prefix: prefix } = installation.settings.vector_database.weaviate as { url: string; collection_prefix: string };
    const schema = (method: string, path: string, body?: object) =>
      fetch(`${url}/v1/schema${path}`, { method, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const ours = (await (await schema('GET', `/${prefix}Passage`)).json()) as { vectorConfig: Record<string, unknown>; properties: { name: string }[] };
    const mine = `${prefix}Passage`;
    const cases: [object, RegExp][] = [
      [{ class: mine, properties: [{ name: 'title', dataType: ['text'] }] }, new RegExp(`collection "${mine}" was not made by this version of Strata: .* Choose another "vector_database.weaviate.collection_prefix"`)],
      [
        { ...ours, shardingConfig: undefined, vectorConfig: Object.fromEntries(Object.entries(ours.vectorConfig).map(([name, value]) => [name.replace(/_384$/, '_383'), value])) },
        /"all-MiniLM-L6-v2" are stored with 383 dimensions, and the model now gives 384/,
      ],
    ];
    for (const [theirs, sentence] of cases) {
      await schema('DELETE', `/${mine}`);
      const made = await schema('POST', '', theirs);
      expect(made.status, await made.text()).toBe(200);
      const outcome = await looking(() => undefined);
      expect(outcome.code).toBe(1);
      expect(faultsOf(outcome).map(({ part }) => part)).toContain('vectors');
      for (const { says } of faultsOf(outcome)) expect(says).toMatch(sentence);
    }
  });

  it('an address of the vector store where another server answers, and a port where none does', async () => {
    const { object_storage: { minio }, vector_database: { weaviate } } = installation.settings;
    const cases: [(settings: Settings) => void, string[], RegExp][] = [
      [({ vector_database }) => (vector_database.weaviate['url'] = minio['endpoint']), ['keywords', 'vectors'], /^At "vector_database\.weaviate\.url" answers an object store \(MinIO\), and not Weaviate\./],
      [({ vector_database }) => Object.assign(vector_database.weaviate, { grpc_port: 1, collection_prefix: 'Elsewhere' }), ['keywords', 'vectors'], /^Weaviate is there, but does not answer over gRPC at port 1, .* Set "vector_database\.weaviate\.grpc_port"/],
      [
        ({ vector_database }) => Object.assign(vector_database, { provider: 'chroma', chroma: { url: weaviate['url'] } }),
        ['vectors'],
        /^At "vector_database\.chroma\.url" answers Weaviate, and not Chroma\./,
      ],
    ];
    for (const [change, parts, sentence] of cases) {
      const outcome = await looking(change);
      expect(outcome.code).toBe(1);
      const faults = faultsOf(outcome);
      expect(faults.map(({ part }) => part).sort()).toEqual(parts);
      for (const { says } of faults) expect(says).toMatch(sentence);
    }
  });

  it.skipIf(!hasRedisServer)('a password that Redis wants or does not take, and a database that it has not', async () => {
    const redis = await RedisServer.start('--requirepass', 'the right one');
    try {
      const at = { host: '127.0.0.1', port: redis.port };
      expect(refusal(await serving(({ cache }) => (cache.redis = { ...at, password: 'a wrong one' })))).toMatch(/refuses the password\. Set "cache\.redis\.password"/);
      expect(refusal(await serving(({ cache }) => (cache.redis = at)))).toMatch(/asks for a password\. Set "cache\.redis\.password"/);
      expect(refusal(await serving(({ cache }) => (cache.redis = { ...at, password: 'the right one', db: 99 })))).toMatch(/no database of this number\. Set "cache\.redis\.db"/);
    } finally {
      await redis.remove();
    }
  });

  it.skipIf(!hasWeaviateServer)('a key that Weaviate wants or does not take', async () => {
    const weaviate = await WeaviateServer.start('the right key');
    try {
      const { url, grpcPort } = weaviate.address;
      for (const key of [undefined, 'a wrong key']) {
        const outcome = await looking(({ vector_database }) => Object.assign(vector_database.weaviate, { url, grpc_port: grpcPort, ...(key === undefined ? {} : { api_key: key }) }));
        expect(outcome.code).toBe(1);
        const faults = faultsOf(outcome);
        expect(faults.map(({ part }) => part).sort()).toEqual(['keywords', 'vectors']);
        for (const { says } of faults) expect(says).toMatch(/^Weaviate does not take the API key that is configured\. Set "vector_database\.weaviate\.api_key"/);
      }
    } finally {
      await weaviate.remove();
    }
  }, 120_000);

  it.skipIf(debians.length === 0)('pgvector where the server has none, and a password that PostgreSQL does not take', async () => {
    const server = await startDebians();
    try {
      const at = { host: '127.0.0.1', port: Number(server.url.port), username: 'postgres', database: 'postgres' };
      const vectors = refusal(await serving((settings) => Object.assign(settings, { database: { ...settings.database, ...at }, vector_database: { provider: 'pgvector' } })));
      expect(vectors).toMatch(/has no extension "vector", which vector_database\.provider "pgvector" needs\. Install pgvector there/);
      await server.wantPasswords();
      const refused = refusal(await serving((settings) => Object.assign(settings.database, at, { password: 'a wrong one' })));
      expect(refused).toMatch(/does not let the user "postgres" in\. Mend database\.username and database\.password/);
    } finally {
      await server.stop();
    }
  });
});

const ROOT = resolve(import.meta.dirname, '../..');

/** `npm run services -- --only postgres` without the programs that have pgvector. */
async function startDebians(): Promise<{ url: URL; wantPasswords(): Promise<void>; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'strata-debian-'));
  const file = join(folder, 'addresses.env');
  const loader = ['--disable-warning=ExperimentalWarning', '--import', './src/adapters/worker-typescript.ts'];
  const env = { ...process.env, STRATA_SERVICES_DIR: join(folder, 'none') };
  const child = spawn(process.execPath, [...loader, 'scripts/services/run.ts', '--only', 'postgres', '--write-env', file], { cwd: ROOT, env, stdio: 'ignore' });
  await expect.poll(() => existsSync(file) && readFileSync(file, 'utf8'), { timeout: 60_000 }).toContain('STRATA_TEST_POSTGRES_URL=');
  const url = new URL(/^STRATA_TEST_POSTGRES_URL=(.*)$/m.exec(readFileSync(file, 'utf8'))![1]!);
  return {
    url,
    async wantPasswords() {
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      await client.query(`ALTER USER postgres PASSWORD 'the right one'`);
      const { rows } = await client.query<{ hba_file: string }>('SHOW hba_file');
      await client.query(`COPY (SELECT 'host all all 127.0.0.1/32 scram-sha-256') TO '${rows[0]!.hba_file}'`);
      await client.query('SELECT pg_reload_conf()');
      await client.end();
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
