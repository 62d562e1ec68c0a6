import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ask, cleanUp, type Server } from '../e2e/support/strata.js';
import { sha256, upload } from './support/clients.js';
import { addressesOf, counted, ENGINES, freshInstallation, prepare, type Installation } from './support/installation.js';
import { untilDone, wrongsOf } from './support/state.js';

const engines = addressesOf(ENGINES);
const FIXTURES = resolve(import.meta.dirname, '../../../shared/fixtures');
afterAll(cleanUp);

const filesOf = (folder: string) => readdirSync(join(FIXTURES, folder)).map((name) => ({ name, bytes: readFileSync(join(FIXTURES, folder, name)) }));

interface Listed {
  dataObjects: { totalCount: number; nodes: { contentHash: string; status: string }[] };
}
interface Found {
  search: { nodes: { filename: string }[]; incomplete: boolean; warnings: string[] };
}

describe.skipIf(engines === null || !existsSync(FIXTURES))('two APIs and two workers, given ../shared/fixtures', () => {
  let installation: Installation;
  let apis: Server[];
  let workers: Server[];

  beforeAll(async () => {
    // One at a time, so that a worker which is at a film leaves the rest to the other, and has some itself.
    installation = await freshInstallation(engines!, (settings) => (settings.limits = { jobs: { concurrency: 1, batch_size: 1 } }));
    await prepare(installation);
    [apis, workers] = await Promise.all([Promise.all([installation.serve(), installation.serve()]), Promise.all([installation.worker(), installation.worker()])]);
  });
  afterAll(() => installation?.end());

  it('share the work, and each API answers with all of it', async () => {
    // One is empty, and refused for it.
    const files = ['photos', 'documents', 'media'].flatMap(filesOf).filter(({ bytes }) => bytes.length > 0);
    await Promise.all(files.map(({ name, bytes }, number) => upload(apis[number % 2]!.url, name, bytes)));
    await untilDone(installation, 180_000);

    const { rows } = await installation.sql.query('SELECT status, attempts, count(*)::int FROM ingestions GROUP BY 1, 2');
    expect(rows).toEqual([{ status: 'SUCCEEDED', attempts: 1, count: files.length }]);
    const shares = await Promise.all(workers.map(({ url }) => counted(url, 'data_ingestion_total')));
    console.log(`    ${files.length} files, of which the workers did ${shares.join(' and ')}`);
    // Counted where it is done: once each, and none by an API.
    expect(shares[0]! + shares[1]!).toBe(files.length);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    for (const { url } of apis) expect(await counted(url, 'data_ingestion_total')).toBe(0);

    const expected = files.map(({ bytes }) => ({ contentHash: sha256(bytes), status: 'READY' }));
    const byHash = (one: { contentHash: string }, other: { contentHash: string }) => one.contentHash.localeCompare(other.contentHash);
    for (const { url } of apis) {
      const { dataObjects } = await ask<Listed>(url, '{ dataObjects(first: 500) { totalCount nodes { contentHash status } } }');
      expect(dataObjects.nodes.toSorted(byHash)).toEqual(expected.toSorted(byHash));
      expect(dataObjects.totalCount).toBe(files.length);
    }
    for (const [query, mode] of [
      ['slipstream', 'KEYWORD'],
      ['what a propeller does to the flow over a wing', 'VECTOR'],
      ['the boundary layer of a flat plate', 'HYBRID'],
    ] as const) {
      const [one, other] = await Promise.all(
        apis.map(({ url }) => ask<Found>(url, 'query ($input: SearchInput!) { search(input: $input, first: 5) { nodes { filename } incomplete warnings } }', { input: { query, mode } })),
      );
      expect(one!.search).toMatchObject({ incomplete: false, warnings: [] });
      expect(one!.search.nodes[0]!.filename).toMatch(/^aeronautics\./);
      expect(other).toEqual(one);
    }
    expect(await wrongsOf(installation)).toEqual([]);
  }, 300_000);
});
