import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { cleanUp, type Server } from '../e2e/support/strata.js';
import { NGINX, startNginx } from '../support/nginx.js';
import { Balancer } from './support/balancer.js';
import { ingestText, textNumber } from './support/clients.js';
import { addressesOf, counted, ENGINES, freshInstallation, prepare, readiness, type Installation, type Settings } from './support/installation.js';
import { untilDone, wrongsOf } from './support/state.js';
import { Traffic } from './support/traffic.js';
import { cursorOfNow } from './support/watcher.js';

const engines = addressesOf(ENGINES);
afterAll(cleanUp);

describe.skipIf(engines === null)('a rolling restart fails no request, no upload and no subscription', { timeout: 240_000 }, () => {
  let installation: Installation;
  beforeEach(async () => {
    installation = await freshInstallation(engines!);
    await prepare(installation);
  });
  afterEach(() => installation?.end());

  it('behind a balancer that asks who is ready', async () => {
    // The drain takes longer than what it leaves for work under way.
    const ofApis = installation.configured(({ server }) => Object.assign(server, { drain_seconds: 11, shutdown_timeout_seconds: 10 }));
    // Nobody is sent to a worker.
    const ofWorkers = installation.configured(({ server }) => Object.assign(server, { drain_seconds: 0, shutdown_timeout_seconds: 20 }));
    const serve = () => installation.serve('--config', ofApis);
    const nodes = await Promise.all([serve(), serve()]);
    let worker = await installation.worker('--config', ofWorkers);
    const balancer = new Balancer();
    balancer.use(...nodes.map(({ url }) => url));
    await expect.poll(() => balancer.serving.length, { timeout: 10_000 }).toBe(2);
    const before = await settle(nodes);
    const traffic = new Traffic(balancer, before.objectId, before.cursor);

    const ends: (number | null)[] = [];
    for (const index of [0, 1]) {
      const enough = more(traffic);
      const old = nodes[index]!;
      const newWorker = worker.stop('SIGTERM').then(({ code }) => (ends.push(code), installation.worker('--config', ofWorkers)));
      const ending = old.stop('SIGTERM');
      await expect.poll(() => balancer.serving.includes(old.url), { timeout: 6_000 }).toBe(false);
      expect((await readiness(old.url)).says).toBe('closing');
      ends.push((await ending).code);
      [nodes[index], worker] = await Promise.all([serve(), newWorker]);
      balancer.use(...nodes.map(({ url }) => url));
      await expect.poll(() => balancer.serving.length, { timeout: 30_000 }).toBe(2);
      await enough();
    }
    await traffic.end();
    await balancer.close();
    expect(ends).toEqual([0, 0, 0, 0]);
    await expectAllWell(traffic, before.ingestions);
  });

  // It learns that an API is away by asking it in vain, and is told by nobody that one is back.
  it.skipIf(NGINX === null)('behind nginx, as the profile "full" has them', async () => {
    const { server: { drain_seconds, shutdown_timeout_seconds } } = shipped<Settings>('docker/data_layer.full.yaml');
    const { services } = shipped<{ services: { api: { stop_grace_period: string } } }>('docker-compose.yml');
    const patience = Number.parseInt(services.api.stop_grace_period) * 1_000;
    const config = installation.configured(({ server }) => Object.assign(server, { drain_seconds, shutdown_timeout_seconds }));
    const nodes = await Promise.all([installation.serve('--config', config), installation.serve('--config', config)]);
    let worker = await installation.worker('--config', config);
    const nginx = await startNginx(nodes.map(({ url }) => new URL(url).host));
    try {
      const before = await settle(nodes);
      const traffic = new Traffic(behind(`${nginx.origin}/graphql`), before.objectId, before.cursor);

      const ends: { code: number | null; milliseconds: number }[] = [];
      // Each API goes while nginx may still take the other one for away, in either order.
      for (const index of [0, 1, 0, 1]) {
        const enough = more(traffic);
        const { port } = new URL(nodes[index]!.url);
        const newWorker = worker.stop('SIGTERM').then((end) => (ends.push(end), installation.worker('--config', config)));
        ends.push(await nodes[index]!.stop('SIGTERM'));
        await enough();
        // As a container keeps its name.
        [nodes[index], worker] = await Promise.all([installation.serve('--config', config, '--port', port), newWorker]);
        await expect.poll(() => readiness(nodes[index]!.url), { timeout: 30_000, interval: 20 }).toMatchObject({ status: 200 });
      }
      for (const { url } of nodes) await expect.poll(() => counted(url, 'query_latency_seconds_count'), { timeout: 30_000 }).toBeGreaterThan(0);
      await traffic.end();
      expect(nginx.complaints()).toEqual([]);
      expect(ends.map(({ code }) => code)).toEqual(Array(8).fill(0));
      expect(Math.max(...ends.map(({ milliseconds }) => milliseconds))).toBeLessThan(patience);
      await expectAllWell(traffic, before.ingestions);
    } finally {
      await nginx.end();
    }
  });

  /** Something to be read, and where those who follow begin. */
  async function settle(nodes: readonly Server[]): Promise<{ objectId: string; cursor: string; ingestions: number }> {
    const { objectId } = await ingestText(nodes[0]!.url, textNumber(0));
    let knocks = 0;
    const cursor = await cursorOfNow(nodes[1]!.url, () => ingestText(nodes[0]!.url, textNumber(knocks++, 'knock')));
    await untilDone(installation);
    const { rowCount } = await installation.sql.query('SELECT id FROM data_objects');
    return { objectId, cursor, ingestions: rowCount! };
  }

  async function expectAllWell({ answered, failures, watchers, made }: Traffic, ingestions: number): Promise<void> {
    console.log(`    ${answered.requests} requests and ${answered.uploads} uploads were answered during the restarts`);
    expect(failures).toEqual([]);
    for (const { created, ends } of watchers) {
      // Each once, whichever of the APIs told of it.
      expect(created.toSorted()).toEqual(made.toSorted());
      expect(new Set(ends).size, String(ends)).toBe(1);
    }
    expect(watchers.map(({ ends }) => ends[0])).toEqual([1001, 'complete']);
    await untilDone(installation);
    const { rows } = await installation.sql.query('SELECT status, count(*)::int FROM ingestions GROUP BY 1');
    expect(rows).toEqual([{ status: 'SUCCEEDED', count: ingestions + made.length }]);
    expect(await wrongsOf(installation)).toEqual([]);
  }
});

const shipped = <File>(file: string) => parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'), { merge: true }) as File;

/** @returns waits until a good deal more than now was answered */
function more({ answered }: Traffic): () => Promise<void> {
  const then = { ...answered };
  return () => expect.poll(() => Math.min(answered.requests - then.requests - 20, answered.uploads - then.uploads - 4), { timeout: 30_000 }).toBeGreaterThan(0);
}

const behind = (url: string) => ({
  next: () => url,
  async post(body: object): Promise<unknown> {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status}: ${text.slice(0, 200)}`);
    return JSON.parse(text);
  },
});
