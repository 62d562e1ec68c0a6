import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startServices, type RunningServices } from '../../scripts/services/start.js';
import { ask, cleanUp, type Server } from '../e2e/support/strata.js';
import { ingestTexts, textNumber } from './support/clients.js';
import { addressesOf, ENGINES, freshInstallation, prepare, readiness, type Installation } from './support/installation.js';
import { untilDone, wrongsOf } from './support/state.js';

afterAll(cleanUp);
/** Those that others use as well are not to be stopped: where they are here, so are their programs. */
const canStart = addressesOf(ENGINES) !== null;
const TEXTS = 40;

const saying = (url: string, wanted: object) => expect.poll(async () => ({ ...(await readiness(url)) }), { timeout: 60_000, interval: 100 }).toMatchObject(wanted);

/** Their own servers are stopped and started again, with two APIs and two workers over them in the midst of their work. */
describe.skipIf(!canStart)('a server that is started anew', () => {
  let services: RunningServices;
  let installation: Installation;
  let apis: Server[];
  let workers: Server[];
  let taken = 0;

  beforeAll(async () => {
    services = await startServices({ only: ENGINES });
    const address = (name: (typeof ENGINES)[number]) => services.servers.get(name)!.address;
    installation = await freshInstallation({ postgres: address('postgres'), redis: address('redis'), s3: address('s3'), weaviate: address('weaviate') }, (settings) => {
      settings.limits = { jobs: { concurrency: 1, batch_size: 4 } };
    });
    await prepare(installation);
    [apis, workers] = await Promise.all([Promise.all([installation.serve(), installation.serve()]), Promise.all([installation.worker(), installation.worker()])]);
  }, 120_000);
  afterAll(async () => {
    await installation?.end();
    await services?.stop();
  }, 60_000);

  it.each([
    ['postgres', 503],
    ['s3', 503],
    ['weaviate', 503],
    ['redis', 200],
  ] as const)('%s: everything goes on, nothing is lost, and no process has to be started anew', async (name, whileAway) => {
    const server = services.servers.get(name)!;
    for (const [index, { url }] of apis.entries()) {
      await ingestTexts(url, Array.from({ length: TEXTS / 2 }, (_, at) => textNumber(at + (index * TEXTS) / 2, name)));
    }
    taken += TEXTS;
    await server.stop();
    for (const { url } of [...apis, ...workers]) await saying(url, { status: whileAway });
    await server.start();
    for (const { url } of [...apis, ...workers]) await saying(url, { status: 200, says: 'ready' });
    for (const { url } of apis) {
      const { search } = await ask<{ search: { nodes: unknown[]; incomplete: boolean } }>(url, '{ search(input: { query: "harbour" }, first: 3) { nodes { id } incomplete } }');
      expect(search).toMatchObject({ incomplete: false });
    }
    await untilDone(installation, 120_000);
    const { rows } = await installation.sql.query('SELECT o.status, i.status AS ingestion, count(*)::int FROM data_objects o JOIN ingestions i ON i.object_id = o.id GROUP BY 1, 2');
    expect(rows).toEqual([{ status: 'READY', ingestion: 'SUCCEEDED', count: taken }]);
    expect(await wrongsOf(installation)).toEqual([]);
    expect([...apis, ...workers].map(({ process }) => process.exitCode)).toEqual([null, null, null, null]);
  }, 240_000);
});
