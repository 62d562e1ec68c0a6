import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseEngine } from '../../../src/adapters/db/engine/database-engine.js';
import { compose } from '../../../src/app/compose.js';
import { startDatabase } from '../../../src/app/start-database.js';
import type { Config } from '../../../src/config/config.js';
import { loadConfig } from '../../../src/config/load.js';
import { Authority, hasOpenssl, type SignedCertificate } from '../../support/certificates.js';
import { quietLogger } from '../../support/compose.js';
import { encryptedPostgres, PostgresServers } from '../../support/postgres-servers.js';
import { postgresUser } from '../../../scripts/services/programs.js';

/** Servers that let nobody in without encryption; each shows another certificate. */
describe.skipIf(encryptedPostgres === null || !hasOpenssl)('a PostgreSQL server over TLS (needs openssl, and a PostgreSQL that is built with it)', () => {
  let servers: PostgresServers;
  let ours: Authority;
  let theirs: Authority;
  let ports: { named: number; addressed: number };
  const started: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    servers = await PostgresServers.create();
    ours = new Authority(servers.folder, 'ours');
    theirs = new Authority(servers.folder, 'theirs');
    const [named, addressed] = await Promise.all([serverWith('DNS:localhost'), serverWith('IP:127.0.0.1')]);
    ports = { named, addressed };
  });
  afterAll(async () => {
    try {
      for (const each of started) await each.stop();
    } finally {
      await servers?.end();
    }
  });

  /** @returns its port */
  async function serverWith(names: string): Promise<number> {
    const { cert, key } = ownedByServer(ours.sign(names));
    const entrance = join(servers.folder, 'pg_hba.conf');
    writeFileSync(entrance, 'hostssl all all 127.0.0.1/32 trust\n');
    const settings = { ssl: 'on', ssl_cert_file: cert, ssl_key_file: key, hba_file: entrance };
    return (await servers.start({ found: encryptedPostgres!, settings })).port;
  }

  /** PostgreSQL reads no key that others can read, nor one that is another's. */
  function ownedByServer({ cert, key }: SignedCertificate): { cert: string; key: string } {
    const user = postgresUser();
    chmodSync(key, 0o600);
    if (user !== null) chownSync(key, user.uid, user.gid);
    return { cert, key };
  }

  let folders = 0;
  /** As from a data_layer.yaml with these settings. The vectors lie elsewhere: this PostgreSQL may have no pgvector. */
  function configured(database: Record<string, unknown>): Config {
    const folder = join(servers.folder, `strata-${(folders += 1)}`);
    mkdirSync(folder);
    const settings = {
      database: { provider: 'postgres', database: 'postgres', username: 'postgres', pool_size: 2, max_overflow: 8, ...database },
      vector_database: { provider: 'chroma', chroma: { url: 'http://127.0.0.1:9' } },
    };
    // JSON is YAML.
    writeFileSync(join(folder, 'data_layer.yaml'), JSON.stringify(settings));
    return loadConfig({ env: {}, cwd: folder, overrides: { dataDir: join(folder, 'data') } });
  }

  async function engineWith(database: Record<string, unknown>): Promise<DatabaseEngine> {
    const engine = await startDatabase(configured(database), { onFailure: () => undefined });
    started.push(engine);
    return engine;
  }

  const isEncrypted = async (engine: DatabaseEngine): Promise<boolean> => {
    const [row] = await engine.sql.query<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    return row!.ssl;
  };

  it('is trusted by the authority that ssl_ca names, by the name in its certificate', async () => {
    expect(await isEncrypted(await engineWith({ host: 'localhost', port: ports.named, ssl: true, ssl_ca: ours.certificate }))).toBe(true);
  });

  it('is trusted by the address in its certificate', async () => {
    expect(await isEncrypted(await engineWith({ host: '127.0.0.1', port: ports.addressed, ssl: true, ssl_ca: ours.certificate }))).toBe(true);
  });

  it.each([
    ['at an address, with a certificate for a name', '127.0.0.1', 'named'],
    ['by a name, with a certificate for an address', 'localhost', 'addressed'],
  ] as const)('is refused %s', async (_, host, which) => {
    await expect(engineWith({ host, port: ports[which], ssl: true, ssl_ca: ours.certificate })).rejects.toMatchObject({
      code: 'NOT_CONFIGURED', message: expect.stringMatching(/not trusted here \(ERR_TLS_CERT_ALTNAME_INVALID\)\. Set .*database\.host to the name in it/) as string, extensions: { setting: 'database.ssl_ca' },
    });
  });

  it.each([
    ["another authority's", () => theirs.certificate],
    ["none but the system's", () => undefined],
  ])('is refused where the authority is %s', async (_, ca) => {
    await expect(engineWith({ host: 'localhost', port: ports.named, ssl: true, ssl_ca: ca() })).rejects.toMatchObject({
      code: 'NOT_CONFIGURED', message: expect.stringMatching(/not trusted here \(\w+\)\. Set database\.ssl_ca to the certificate of the authority/) as string, extensions: { setting: 'database.ssl_ca' },
    });
  });

  it('is taken as it is with ssl_verify: false, encrypted all the same', async () => {
    expect(await isEncrypted(await engineWith({ host: '127.0.0.1', port: ports.named, ssl: true, ssl_verify: false }))).toBe(true);
    expect(await isEncrypted(await engineWith({ host: 'localhost', port: ports.named, ssl: true, ssl_verify: false, ssl_ca: theirs.certificate }))).toBe(true);
  });

  it('lets nobody in who does not encrypt, and says what to look at', async () => {
    await expect(engineWith({ host: 'localhost', port: ports.named })).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: expect.stringContaining('pg_hba.conf') as string });
  });

  it('has the whole program over it: every connection is encrypted, the lists that come from a replica too', async () => {
    // The server stands for its own standby.
    const config = configured({ host: 'localhost', port: ports.named, ssl: true, ssl_ca: ours.certificate, replica: { host: 'localhost', port: ports.named } });
    const app = await compose(config, { logger: quietLogger, jobs: false });
    started.push(app);
    const viewer = { id: 'admin', tenantId: 'tenant', role: 'admin' } as const;
    const [answer] = await app.services.ingestions.ingestTexts(viewer, [{ text: 'Nobody on the way reads this.' }]);
    const { items } = await app.services.objects.page(viewer, { first: 10 });
    expect(items.map(({ node }) => node.id)).toEqual([(answer as { object: { id: string } }).object.id]);
    await Promise.all([app.engine.check(), app.replica!.check()]);
    const sessions = await app.engine.sql.query<{ ssl: boolean }>("SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE client_addr IS NOT NULL");
    expect(sessions.length).toBeGreaterThan(1);
    expect(sessions.filter(({ ssl }) => !ssl)).toEqual([]);
  });
});
