import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startServices, type RunningServices } from '../../scripts/services/start.js';
import { serviceAddress } from '../support/services.js';

const ROOT = resolve(import.meta.dirname, '../..');

const ping = async (url: string): Promise<string> => {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  client.on('error', () => {});
  try {
    await client.connect();
    return await client.ping();
  } finally {
    client.disconnect();
  }
};

describe.skipIf(serviceAddress('redis') === null)('the servers that tests start', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-harness-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('can be ended, as in a crash too, and started again where they were', async () => {
    const ends: string[] = [];
    const services: RunningServices = await startServices({ only: ['redis'], onEnd: (name) => ends.push(name) });
    try {
      const server = services.servers.get('redis')!;
      expect(services.environment()).toEqual({ STRATA_TEST_REDIS_URL: server.address.url });
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        expect(await ping(server.address.url)).toBe('PONG');
        await server.stop(signal);
        await expect(ping(server.address.url)).rejects.toThrow();
        await server.start();
      }
      expect(await ping(server.address.url)).toBe('PONG');
      expect(ends).toEqual([]);
    } finally {
      await services.stop();
    }
  });

  it('are gone, and their folder with them, when whoever started them is killed', async () => {
    const envFile = join(folder, 'addresses.env');
    const loader = ['--disable-warning=ExperimentalWarning', '--import', './src/adapters/worker-typescript.ts'];
    const args = [...loader, 'scripts/services/run.ts', '--only', 'redis', '--write-env', envFile];
    const starter = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'ignore', 'inherit'] });
    await expect.poll(() => existsSync(envFile) && readFile(envFile, 'utf8'), { timeout: 30_000 }).toMatch(/^STRATA_TEST_REDIS_URL=redis:.*\n$/);
    const url = (await readFile(envFile, 'utf8')).trim().split('=')[1]!;
    expect(await ping(url)).toBe('PONG');
    starter.kill('SIGKILL');
    await expect.poll(() => ping(url).catch(() => 'away'), { timeout: 30_000 }).toBe('away');
    await rm(envFile, { force: true });
    await expect.poll(() => readdir(folder), { timeout: 30_000 }).toEqual([]);
  });

  it('say why one is missing', async () => {
    const services = await startServices({ only: ['redis'], signal: AbortSignal.abort() });
    expect([...services.servers.keys()]).toEqual([]);
    expect(services.missing.get('redis')).toMatch(/abort/i);
    await services.stop();
  });
});
