import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openRedis, type RedisOptions, type RedisParts } from '../../../src/app/open-redis.js';
import { openSharedParts } from '../../../src/app/shared-parts.js';
import { loadConfig } from '../../../src/config/load.js';
import { Authority, hasOpenssl, type SignedCertificate } from '../../support/certificates.js';
import { hasEncryptedRedisServer, RedisServer } from '../../support/redis-server.js';
import { redisOptions, silent } from '../../support/redis.js';

describe.skipIf(!hasEncryptedRedisServer || !hasOpenssl)('Redis over encrypted connections (redis-server with TLS, openssl)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strata-test-'));
  let ours: Authority;
  let theirs: Authority;
  let certificate: SignedCertificate;
  const opened: { close(): Promise<void> }[] = [];
  const servers: RedisServer[] = [];
  beforeAll(() => {
    [ours, theirs] = [new Authority(folder, 'ours'), new Authority(folder, 'theirs')];
    certificate = ours.sign('DNS:localhost');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((each) => each.close()));
    await Promise.all(servers.splice(0).map((server) => server.remove()));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const serving = async (starting: Promise<RedisServer>) => {
    const server = await starting;
    servers.push(server);
    return server;
  };
  const open = async (url: string, more: Partial<RedisOptions> = {}): Promise<RedisParts> => {
    const node = await openRedis(redisOptions(url, { commandTimeoutMs: 1_000, heartbeatMs: 100, startTimeoutMs: 20_000, ...more }));
    opened.push(node);
    return node;
  };
  const wrong = (setting: string | undefined, sentence: string) => ({
    code: 'NOT_CONFIGURED', message: expect.stringContaining(sentence) as string, extensions: { dependency: 'cache', ...(setting === undefined ? {} : { setting }) },
  });
  const trusting = (authority: Authority): Partial<RedisOptions> => ({ tls: { caFile: authority.certificate, verify: true } });

  it('carries cache, events and counts, by the words of the configuration, and comes back after a restart', async () => {
    const server = await serving(RedisServer.encrypted(certificate, '--requirepass', 'secret'));
    writeFileSync(join(folder, 'data_layer.yaml'), `cache: {redis: {host: localhost, port: ${server.port}, password: secret, tls: true, tls_ca: ours.pem}}`);
    const config = loadConfig({ env: {}, cwd: folder });
    const [a, b] = await Promise.all([openSharedParts(config, false, silent), openSharedParts(config, false, silent)]);
    opened.push(a, b);

    const check = () => Promise.all([a, b].map((each) => each.cache.check().then(() => 'ok', String)));
    for (const key of ['before', 'after']) {
      await expect.poll(check, { timeout: 20_000 }).toEqual(['ok', 'ok']);
      await check(); // each has heard of the epoch that the other began, which drops what is on its way
      await a.cache.getOrCompute(key, async () => 'kept');
      expect(await b.cache.get(key, 'redis')).toBe('kept');
      expect(await b.cache.get(key, 'memory')).toBe('kept');
      const heard = b.events.subscribe('told');
      const rule = { name: `operations-${key}`, points: 2, seconds: 100 };
      await Promise.all([a.rateLimiter.consume('me', rule), b.rateLimiter.consume('me', rule)]);
      await expect(a.rateLimiter.consume('me', rule)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
      await b.cache.check(); // what was subscribed is in force
      await a.cache.delete([key]);
      a.events.publish('told', 'news');
      expect((await heard.next()).value).toBe('news');
      expect(await b.cache.get(key)).toBeUndefined();
      await heard.return!();
      if (key === 'after') break;

      const again = [a, b].map((each) => each.events.subscribe('restart'));
      await server.stop();
      await expect(a.cache.check()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
      await server.startEncrypted(certificate, '--requirepass', 'secret');
      for (const each of again) expect((await each.next()).value).toBeNull();
    }
  });

  it('takes any certificate where it is told not to look', async () => {
    const { port } = await serving(RedisServer.encrypted(certificate));
    await (await open(`rediss://127.0.0.1:${port}`, { tls: { verify: false } })).check();
  });

  it('takes a certificate for an address', async () => {
    const { port } = await serving(RedisServer.encrypted(ours.sign('IP:127.0.0.1')));
    await (await open(`rediss://127.0.0.1:${port}`, trusting(ours))).check();
  });

  it('says which setting is wrong where the certificate is not taken', async () => {
    const { port } = await serving(RedisServer.encrypted(certificate));
    const url = `rediss://localhost:${port}`;
    const untrusted = wrong('cache.redis.tls_ca', `The Redis at localhost:${port} shows a certificate that is not trusted here (`);
    await expect(open(url)).rejects.toMatchObject(untrusted);
    await expect(open(url, trusting(theirs))).rejects.toMatchObject(untrusted);
    await expect(open(`rediss://127.0.0.1:${port}`, trusting(ours))).rejects.toMatchObject(
      wrong('cache.redis.host', `The Redis at 127.0.0.1:${port} shows a certificate for DNS:localhost. Set "cache.redis.host" to a name that is in it.`),
    );
  });

  it('says that a certificate is over', async () => {
    const { port } = await serving(RedisServer.encrypted(ours.sign('DNS:localhost', -1)));
    await expect(open(`rediss://localhost:${port}`, trusting(ours))).rejects.toMatchObject(wrong(undefined, 'whose time is not now (CERT_HAS_EXPIRED). Give the server another one.'));
  });

  it('says so where the server wants a certificate of the client', async () => {
    const { port } = await serving(RedisServer.encrypted(certificate, '--tls-auth-clients', 'yes'));
    await expect(open(`rediss://localhost:${port}`, trusting(ours))).rejects.toMatchObject(wrong(undefined, 'Set "tls-auth-clients" to "no" or "optional" there.'));
    // Not encrypted at all, it is told of that first.
    await expect(open(`redis://localhost:${port}`)).rejects.toMatchObject(wrong('cache.redis.tls', 'takes encrypted connections only'));
  });

  it.each([[[]], [['--requirepass', 'secret']]])('says which side is encrypted and which is not: %j', async (settings) => {
    const password = settings.length === 0 ? '' : ':secret@';
    const encrypted = await serving(RedisServer.encrypted(certificate, ...settings));
    await expect(open(`redis://${password}localhost:${encrypted.port}`)).rejects.toMatchObject(
      wrong('cache.redis.tls', `The Redis at localhost:${encrypted.port} takes encrypted connections only. Set "cache.redis.tls" to true.`),
    );
    const plain = await serving(RedisServer.start(...settings));
    await expect(open(`rediss://${password}127.0.0.1:${plain.port}`, trusting(ours))).rejects.toMatchObject(
      wrong('cache.redis.tls', `The Redis at 127.0.0.1:${plain.port} takes no encrypted connections. Name the port there that does (tls-port), or set "cache.redis.tls" to false.`),
    );
  });

  it('says so before the connection has failed by itself', async () => {
    const { port } = await serving(RedisServer.start());
    await expect(open(`rediss://127.0.0.1:${port}`, { commandTimeoutMs: 60_000, startTimeoutMs: 50 })).rejects.toMatchObject(wrong('cache.redis.tls', 'takes no encrypted connections'));
  });

  it('says of the file of the authority that it is not there, or no certificate', async () => {
    const tls = (caFile: string) => ({ tls: { caFile, verify: true } });
    await expect(open('rediss://localhost:1', tls('/nowhere/authority.pem'))).rejects.toMatchObject(wrong('cache.redis.tls_ca', 'The file "/nowhere/authority.pem" cannot be read (ENOENT).'));
    await expect(open('rediss://localhost:1', tls(certificate.key))).rejects.toMatchObject(wrong('cache.redis.tls_ca', 'holds no certificate. Set "cache.redis.tls_ca"'));
  });

  it('does without a server that is away, encrypted or not, and blames no setting', async () => {
    const server = await serving(RedisServer.encrypted(certificate));
    await server.stop();
    for (const url of [`rediss://localhost:${server.port}`, `redis://localhost:${server.port}`]) {
      const node = await open(url, { startTimeoutMs: 50 });
      await expect(node.check()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
    }
  });

  it('tells one that runs already what changed, and it comes back when it is put right', async () => {
    const prefix = `test-${randomUUID()}:`;
    const server = await serving(RedisServer.encrypted(certificate));
    const node = await open(`rediss://localhost:${server.port}`, { ...trusting(ours), prefix });
    await node.cache.set('a', 1);
    await server.stop();
    await server.startEncrypted(theirs.sign('DNS:localhost'));
    await node.link.until(() => node.link.misconfiguration !== null);
    await expect(node.check()).rejects.toMatchObject(wrong('cache.redis.tls_ca', 'is not trusted here'));
    expect(await node.cache.getOrCompute('a', async () => 2)).toBe(2);
    await server.stop();
    await server.start();
    await expect.poll(() => node.check().catch((error: Error) => error.message), { timeout: 20_000 }).toContain('takes no encrypted connections');
    await server.stop();
    await server.startEncrypted(certificate);
    await node.link.until(() => node.link.hearing);
    await node.check();
    expect(await node.cache.getOrCompute('a', async () => 3)).toBe(3);
  });
});
