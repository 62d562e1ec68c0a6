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
const MODES = ['VECTOR', 'HYBRID', 'KEYWORD'] as const;
let searches = 0;

const saying = (url: string, wanted: object) => expect.poll(async () => ({ ...(await readiness(url)) }), { timeout: 60_000, interval: 100 }).toMatchObject(wanted);

/** Those of this row that are READY. */
async function readyOf(url: string, row: string): Promise<string[]> {
  const { dataObjects } = await ask<{ dataObjects: { nodes: { id: string }[] } }>(
    url,
    'query ($filter: DataObjectFilter!, $first: Int!) { dataObjects(filter: $filter, first: $first) { nodes { id } } }',
    { filter: { status: ['READY'], metadata: [{ path: 'row', equals: row }] }, first: TEXTS },
  );
  return dataObjects.nodes.map(({ id }) => id);
}

/** Each way to search finds what is READY by now, and says that this is all. */
async function expectFound(url: string, row: string): Promise<void> {
  const ready = await readyOf(url, row);
  expect(ready.length).toBeGreaterThan(0);
  for (const mode of MODES) {
    const { search } = await ask<{ search: { nodes: { id: string }[]; incomplete: boolean; warnings: string[] } }>(
      url,
      'query ($input: SearchInput!, $first: Int!) { search(input: $input, first: $first) { nodes { id } incomplete warnings } }',
      // No answer is an earlier one.
      { input: { query: `the number ${searches++} of the harbour`, mode, filter: { metadata: [{ path: 'row', equals: row }] } }, first: TEXTS },
    );
    expect([mode, search.incomplete, search.warnings]).toEqual([mode, false, []]);
    expect(search.nodes.map(({ id }) => id)).toEqual(expect.arrayContaining(ready));
  }
}

/** Their own servers are stopped and started again, with two APIs and two workers over them in the midst of their work. */
describe.skipIf(!canStart)('a server that is started anew', () => {
  let services: RunningServices;
  let installation: Installation;
  let apis: Server[];
  let workers: Server[];
  const rows: string[] = [];

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
    await ingest(name);
    await server.stop();
    for (const { url } of [...apis, ...workers]) await saying(url, { status: whileAway });
    await server.start();
    for (const { url } of [...apis, ...workers]) await saying(url, { status: 200, says: 'ready' });
    for (const { url } of apis) {
      const { search } = await ask<{ search: { nodes: unknown[]; incomplete: boolean } }>(url, '{ search(input: { query: "harbour" }, first: 3) { nodes { id } incomplete } }');
      expect(search).toMatchObject({ incomplete: false });
    }
    await expectNothingLost();
  }, 240_000);

  it.each([
    ['weaviate', 'SIGKILL'],
    // PostgreSQL's immediate shutdown: killed, its children might outlive it.
    ['postgres', 'SIGQUIT'],
    ['s3', 'SIGKILL'],
    ['redis', 'SIGKILL'],
  ] as const)('%s, by %s and at once: what was READY is found again by each kind of search, and everything goes on', async (name, signal) => {
    const server = services.servers.get(name)!;
    const row = `${name} killed`;
    await ingest(row);
    await expect.poll(() => readyOf(apis[0]!.url, row), { timeout: 60_000, interval: 50 }).not.toEqual([]);
    await server.stop(signal);
    await server.start();
    for (const { url } of [...apis, ...workers]) await saying(url, { status: 200, says: 'ready' });
    for (const { url } of apis) await expectFound(url, row);
    await expectNothingLost();
  }, 240_000);

  async function ingest(row: string): Promise<void> {
    for (const [index, { url }] of apis.entries()) {
      await ingestTexts(url, Array.from({ length: TEXTS / 2 }, (_, at) => textNumber(at + (index * TEXTS) / 2, row)), { row });
    }
    rows.push(row);
  }

  async function expectNothingLost(): Promise<void> {
    await untilDone(installation, 120_000);
    const { rows: states } = await installation.sql.query('SELECT o.status, i.status AS ingestion, count(*)::int FROM data_objects o JOIN ingestions i ON i.object_id = o.id GROUP BY 1, 2');
    expect(states).toEqual([{ status: 'READY', ingestion: 'SUCCEEDED', count: rows.length * TEXTS }]);
    for (const row of rows) await expectFound(apis[0]!.url, row);
    expect(await wrongsOf(installation)).toEqual([]);
    expect([...apis, ...workers].map(({ process }) => process.exitCode)).toEqual([null, null, null, null]);
  }
});
