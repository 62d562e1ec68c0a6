import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ConfigError, type ConfigProblem } from '../../../src/config/config.js';
import { describeConfig } from '../../../src/config/describe.js';
import { loadConfig, type LoadOptions } from '../../../src/config/load.js';
import { settingsSchema } from '../../../src/config/schema.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const load = (yaml: string | null, options: LoadOptions = {}) => {
  if (yaml !== null) writeFileSync(join(folder, 'data_layer.yaml'), yaml);
  return loadConfig({ env: {}, cwd: folder, isTerminal: false, ...options });
};

function problemsOf(yaml: string | null, options: LoadOptions = {}): readonly ConfigProblem[] {
  try {
    load(yaml, options);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('is complete without any file', () => {
    const config = load(null);
    expect(config).toMatchObject({
      dataDir: join(folder, '.strata'),
      database: { provider: 'embedded', poolSize: 20, maxOverflow: 40, port: 5432 },
      vectorDatabase: { provider: 'pgvector' },
      objectStorage: { provider: 'filesystem', filesystem: { path: join(folder, '.strata', 'objects') } },
      server: { host: '127.0.0.1', port: 4000, apiKeys: [], logFormat: 'json', cors: { origins: [] } },
      limits: { maxUpload: 5 * 2 ** 30, maxText: 10 * 2 ** 20 },
      client: {},
    });
    expect(config.cache).toEqual({ local: { maxSizeMb: 1024, evictionPolicy: 'lru', ttlSeconds: 3600 } });
  });

  it('is frozen all the way in', () => {
    const config = load('server: {cors: {origins: ["https://a.example"]}}');
    expect(() => {
      (config.server.cors.origins as string[]).push('*');
    }).toThrow(TypeError);
    expect(() => {
      (config.limits.jobs as { concurrency: number }).concurrency = 3;
    }).toThrow(TypeError);
  });

  it('takes what the file says, and the environment through it', () => {
    const config = load(
      'database:\n  provider: postgres\n  port: ${PGPORT}\n  password: ${PGPASSWORD}\n  username: ${PGUSER:-}\n  ssl: ${SSL:-true}\nlimits: {max_upload: 100MB, max_text: 5}\nserver:\n',
      { env: { PGPORT: '6000', PGPASSWORD: '12345' } },
    );
    expect(config.database).toMatchObject({ port: 6000, password: '12345', ssl: true });
    expect(config.database).not.toHaveProperty('username');
    expect(config.limits).toMatchObject({ maxUpload: 100_000_000, maxText: 5 });
  });

  it('gives the command line the last word, before environment, file and default', () => {
    const yaml = 'server: {port: 1, host: 127.0.0.1}\ndata_dir: file-data';
    const env = { STRATA_PORT: '2', STRATA_HOST: 'localhost', STRATA_DATA_DIR: 'env-data', STRATA_API_KEY: 'the key', STRATA_SERVER: 'http://far.example' };
    expect(load(yaml).server.port).toBe(1);
    expect(load(yaml, { env })).toMatchObject({
      server: { port: 2, host: 'localhost' },
      dataDir: join(folder, 'env-data'),
      client: { apiKey: 'the key', server: 'http://far.example' },
    });
    expect(load(yaml, { env, overrides: { port: 0, host: '::1', dataDir: '/elsewhere' } })).toMatchObject({
      server: { port: 0, host: '::1' },
      dataDir: '/elsewhere',
    });
  });

  it('reads the file that STRATA_CONFIG or the caller names, and paths begin there', () => {
    const other = mkdtempSync(join(tmpdir(), 'strata-config-'));
    try {
      writeFileSync(join(other, 'a.yaml'), 'data_dir: data\nembedding: {models_path: models, ffmpeg_path: ffmpeg}\ndatabase: {ssl: true, ssl_ca: postgres.pem}\ncache: {redis: {tls: true, tls_ca: redis.pem}}');
      const config = load('server: {port: 1}', { env: { STRATA_CONFIG: join(other, 'a.yaml') } });
      expect(config).toMatchObject({
        dataDir: join(other, 'data'),
        server: { port: 4000 },
        embedding: { modelsPath: join(other, 'models'), ffmpegPath: 'ffmpeg' },
        database: { sslCa: join(other, 'postgres.pem') },
        cache: { redis: { tls: true, tlsCa: join(other, 'redis.pem'), tlsVerify: true } },
      });
      expect(load(null, { file: 'data_layer.yaml', env: { STRATA_CONFIG: join(other, 'a.yaml') } }).server.port).toBe(
        1,
      );
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  it('refuses a file that was named and is not there', () => {
    expect(problemsOf(null, { file: 'nope.yaml' })[0]!.message).toMatch(/nope\.yaml does not exist/);
    expect(problemsOf(null, { env: { STRATA_CONFIG: 'nope.yaml' } })).toHaveLength(1);
  });

  it('has the arm of the chosen provider alone', () => {
    const config = load(
      'vector_database: {provider: weaviate, weaviate: {url: "http://w:1/", api_key: abc}}\nobject_storage: {provider: minio, minio: {access_key: a, secret_key: b}}\ncache: {redis: {host: r}}',
    );
    expect(config.vectorDatabase).toEqual({
      provider: 'weaviate',
      weaviate: { url: 'http://w:1', apiKey: 'abc', collectionPrefix: 'Strata' },
    });
    expect(config.objectStorage).toEqual({
      provider: 'minio',
      minio: {
        endpoint: 'http://localhost:9000',
        region: 'us-east-1',
        bucket: 'strata',
        accessKey: 'a',
        secretKey: 'b',
        forcePathStyle: true,
      },
    });
    expect(config.cache.redis).toEqual({ host: 'r', port: 6379, db: 0, tls: false, tlsVerify: true, ttlSeconds: 3600 });
    expect(load('cache: {redis: {enabled: false}}').cache).not.toHaveProperty('redis');
  });
});

describe('what is wrong with a configuration', () => {
  it('is said all at once, each with its place and what would be right', () => {
    const yaml = [
      'database:',
      '  port: many',
      '  poolSize: 3',
      'servr: {}',
      'server:',
      '  host: 0.0.0.0',
      '  landing_page: apollo',
      '  api_keys:',
      '    - key: short',
      '      viewer: a',
      '      role: boss',
      'limits:',
      '  max_upload: 5 potatoes',
      '  jobs: 7',
      'object_storage:',
      '  provider: minio',
      'embedding:',
      '  models_path: ${MODELS}',
      '  descriptors: 1',
    ].join('\n');
    expect(problemsOf(yaml).map(({ path, line, column, message }) => `${line}:${column} ${path} ${message}`)).toEqual([
      '2:3 database.port must be a whole number from 1 to 65535; it is "many"',
      '3:3 database.poolSize is not a setting; did you mean pool_size?',
      '4:1 servr is not a setting; did you mean server?',
      '7:3 server.landing_page must be one of graphiql, sandbox, none; it is "apollo"',
      '9:7 server.api_keys[0].key must be text of at least 16 characters; it has 5 of at least 16 characters',
      '11:7 server.api_keys[0].role must be one of reader, annotator, editor, admin; it is "boss"',
      '13:3 limits.max_upload must be a size from 1B to 5TiB, such as 5GiB, 100MB or a number of bytes; it is "5 potatoes"',
      '14:3 limits.jobs must be a group of settings (name: value), is 7',
      '15:1 object_storage.minio.access_key is missing; the provider minio needs it',
      '15:1 object_storage.minio.secret_key is missing; the provider minio needs it',
      '18:16  needs the environment variable MODELS, which is not set; set it, or give a default: ${MODELS:-default}',
      '19:3 embedding.descriptors must be true or false; it is 1',
    ]);
  });

  it('is written out readably', () => {
    expect(() => load('server: {port: -1}\ndatabase: {hots: x}')).toThrow(
      'The configuration has 2 mistakes:\n' +
        '  data_layer.yaml:1:10  server.port: must be a whole number from 0 to 65535; it is -1\n' +
        '  data_layer.yaml:2:12  database.hots: is not a setting; did you mean host?',
    );
  });

  it('includes bad YAML, and what stands before it', () => {
    const problems = problemsOf('database:\n  prot: 1\nserver:\n  port: 4000\n host: x\nlimits: 3');
    expect(problems.map(({ path }) => path)).toContain('database.prot');
    expect(problems.find(({ message }) => message.startsWith('is not valid YAML'))?.line).toBeGreaterThanOrEqual(4);
    expect(problemsOf('server: {port: 1}\nserver: {port: 2}')).toMatchObject([
      { line: 2, message: expect.stringContaining('unique') },
    ]);
    expect(problemsOf('just words')).toMatchObject([{ line: 1, path: '' }]);
  });

  it('names the source where that is not the file', () => {
    expect(problemsOf('', { env: { STRATA_PORT: 'x' } })).toEqual([
      { path: 'server.port', line: null, column: null, message: expect.stringContaining('(from STRATA_PORT)') },
    ]);
    expect(problemsOf('', { overrides: { port: '70000' } })[0]!.message).toContain('(from the command line)');
  });

  it('never shows a secret', () => {
    const yaml = 'server: {signing_secret: hunter2}\ndatabase: {password: [hunter2]}';
    expect(problemsOf(yaml)).toHaveLength(2);
    expect(JSON.stringify(problemsOf(yaml))).not.toContain('hunter2');
  });

  it.each(['0.0.0.0', '::', '192.168.1.7', 'strata.example.org', '128.0.0.1', '127.evil.example'])(
    'includes listening on %s without keys',
    (host) => {
      expect(problemsOf(`server: {host: "${host}"}`)).toMatchObject([
        { path: 'server.host', line: 1, message: expect.stringContaining('server.api_keys') },
      ]);
      expect(
        problemsOf(`server: {host: "${host}", api_keys: [{key: 0123456789abcdef, viewer: a, role: reader}]}`),
      ).toEqual([]);
    },
  );

  it.each(['127.0.0.1', '127.8.8.8', '::1', '[::1]', 'localhost'])('does not include listening on %s', (host) => {
    expect(problemsOf(`server: {host: "${host}"}`)).toEqual([]);
  });

  it.each([
    ['object_storage: {filesystem: {path: ../out}}', 'object_storage.filesystem.path'],
    ['object_storage: {filesystem: {path: /elsewhere}}', 'object_storage.filesystem.path'],
    ['object_storage: {filesystem: {path: .}}', 'object_storage.filesystem.path'],
    ['object_storage: {provider: s3, s3: {bucket: abc, access_key: a}}', 'object_storage.s3.secret_key'],
    ['object_storage: {provider: s3}', 'object_storage.s3.bucket'],
    ['vector_database: {provider: pinecone}', 'vector_database.pinecone.api_key'],
    ['server: {public_url: "ftp://x"}', 'server.public_url'],
    ['server: {cors: {origins: [example.org]}}', 'server.cors.origins[0]'],
    ['server: {api_keys: [{key: 0123456789abcdef, viewer: "system:x", role: reader}]}', 'server.api_keys[0].viewer'],
    [
      'server: {api_keys: [{key: 0123456789abcdef, viewer: x, role: reader, tenant: temp}]}',
      'server.api_keys[0].tenant',
    ],
    ['server: {api_keys: [{key: 0123456789abcdef, viewer: x}]}', 'server.api_keys[0].role'],
    [
      'server: {api_keys: [{key: 0123456789abcdef, viewer: x, role: reader}, {key: 0123456789abcdef, viewer: y, role: reader}]}',
      'server.api_keys[1].key',
    ],
    ['database: {password: 12345}', 'database.password'],
  ])('includes %s', (yaml, path) => {
    expect(problemsOf(yaml).map((problem) => problem.path)).toEqual([path]);
  });
});

describe('the description', () => {
  it('masks secrets and says where each value came from', () => {
    const yaml =
      'database:\n  password: ${PW}\n  host: db\nvector_database:\n  provider: weaviate\n  weaviate: {url: "https://me:pass@w.example/x"}\nserver:\n  api_keys:\n    - {key: 0123456789abcdef, viewer: al, role: admin}';
    const text = describeConfig(
      load(yaml, { env: { PW: 'hunter2', STRATA_PORT: '7', STRATA_API_KEY: 'zzz-key', STRATA_SERVER: 'https://me:zzz-key@far.example' }, overrides: { host: '::1' } }),
    );
    for (const secret of ['hunter2', 'pass@', '0123456789abcdef', 'zzz-key']) expect(text).not.toContain(secret);
    const lines = text.split('\n').map((line) => line.trim());
    expect(lines.find((line) => line.startsWith('password:'))).toMatch(
      /^password: "?\*+"? # file: data_layer\.yaml:2, environment: PW$/,
    );
    expect(lines).toContain('# The commands go to https://********@far.example (STRATA_SERVER), unless --server, --data-dir or --config says otherwise.');
    expect(lines).toContain('host: db # file: data_layer.yaml:3');
    expect(lines).toContain('port: 7 # environment: STRATA_PORT');
    expect(lines).toContain('host: ::1 # command line');
    expect(lines).toContain('pool_size: 20 # default');
    expect(lines).toContain('max_upload: 5GiB # default');
    expect(lines).toContain('origins: [] # default');
    expect(lines).toContain('tenant: default # default');
    expect(lines).toContain('role: admin # file: data_layer.yaml:9');
  });

  it('can be loaded again', () => {
    const config = load('limits: {max_upload: 1234}\ncache: {redis: {db: 3}}\nserver: {log_format: pretty}');
    expect(load(describeConfig(config))).toEqual(config);
  });
});

describe('the models', () => {
  it('are a name each, or a name and a folder', () => {
    const { embedding } = load('embedding: {text_model: acme/mini, models: [clip-vit-base-patch32, {name: ours, path: models/ours}]}');
    expect(embedding).toMatchObject({ textModel: 'acme/mini', models: [{ name: 'clip-vit-base-patch32' }, { name: 'ours', path: join(folder, 'models/ours') }] });
    expect(problemsOf('embedding: {models: [../ours, 3]}').map(({ message }) => message)).toEqual([
      expect.stringContaining('a folder goes under "path"; it is "../ours"') as string,
      'must be a group of settings (name: value), is 3',
    ]);
  });

  it('come from the hub that the environment names before the file, with a token that is never shown', () => {
    const config = load('embedding: {hub_url: "https://hub.example.org/", hub_token: of-the-file}', { env: { STRATA_HUB_TOKEN: 'of-the-environment' } });
    expect(config.embedding).toMatchObject({ hubUrl: 'https://hub.example.org', hubToken: 'of-the-environment' });
    expect(describeConfig(config)).toMatch(/hub_token: "\*+" # environment: STRATA_HUB_TOKEN/);
    expect(load('', { env: { STRATA_HUB_URL: 'http://127.0.0.1:1' } }).embedding.hubUrl).toBe('http://127.0.0.1:1');
  });
});

describe('data_layer.example.yaml', () => {
  const example = readFileSync(new URL('../../../data_layer.example.yaml', import.meta.url), 'utf8');

  it('holds every default and nothing else', () => {
    const bare = load(null);
    expect(load(example)).toEqual(bare);
    // Of the providers that are not chosen, too.
    expect(settingsSchema.parse(parse(example))).toEqual(settingsSchema.parse({}));
  });

  it('is valid with all its examples, and names every setting', () => {
    const uncommented = example
      .replaceAll(/: \[\]$\n(?=\s*# {2}- )/gm, ':\n')
      .replaceAll(/^(\s*)#( {2}- | {4}|)(?=[a-z0-9_]+:( |$))/gm, '$1$2');
    const config = load(uncommented, { env: { STRATA_ADMIN_KEY: '0123456789abcdef' } });
    expect(config.server.apiKeys).toHaveLength(1);
    expect(config.embedding.models).toHaveLength(1);
    expect(config.cache.redis).toMatchObject({ host: 'localhost', password: 'change-me' });
    expect(namesMissingFrom(parse(uncommented) as Record<string, unknown>)).toEqual([]);
  });

  function namesMissingFrom(values: Record<string, unknown>, schema: unknown = settingsSchema, path = ''): string[] {
    const inner = schema as { shape?: Record<string, unknown>; element?: unknown; def?: { innerType?: unknown } };
    if (inner.def?.innerType !== undefined) return namesMissingFrom(values, inner.def.innerType, path);
    if (inner.element !== undefined)
      return namesMissingFrom((values as unknown as Record<string, unknown>[])[0] ?? {}, inner.element, `${path}[]`);
    return Object.entries(inner.shape ?? {}).flatMap(([name, setting]) =>
      values[name] === undefined
        ? [`${path}.${name}`]
        : namesMissingFrom(values[name] as Record<string, unknown>, setting, `${path}.${name}`),
    );
  }
});
