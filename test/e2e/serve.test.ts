import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { all, ask, cleanUp, overWebSocket, serve, strata, temporaryFolder } from './support/strata.js';

// Whole processes, which start slowly where much else is going on.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
afterAll(cleanUp);

const SENTENCES = ['The ferry leaves at noon', 'Kale grows by the wall', 'A bell rang in the fog', 'The clock shows the tide', 'Bees settled on the coping'];
/** Texts of so many sentences each, no two alike. */
const texts = (count: number, name: string, sentences: number) =>
  Array.from({ length: count }, (_, index) => ({
    text: Array.from({ length: sentences }, (_each, line) => `${SENTENCES[(index + line) % SENTENCES.length]}, said entry ${index}.${line} of ${name}.`).join(' '),
    filename: `${name}-${index}.txt`,
  }));

const INGEST = 'mutation ($input: [IngestTextInput!]!) { ingestTexts(input: $input) { ... on IngestPayload { deduplicated dataObject { id } ingestion { id } } ... on UserError { message } } }';
const PROGRESS = 'subscription ($ids: [ID!]!) { ingestionsProgress(ids: $ids) { id status progress } }';

interface Payload {
  deduplicated: boolean;
  dataObject: { id: string };
  ingestion: { id: string };
}
const ingest = async (url: string, input: object[]): Promise<Payload[]> => (await ask<{ ingestTexts: Payload[] }>(url, INGEST, { input })).ingestTexts;
const idsOf = (payloads: Payload[]) => payloads.map(({ ingestion }) => ingestion.id);

/** Resolves when one of them is in that state. */
async function firstOf(url: string, ids: string[], status: 'RUNNING' | 'SUCCEEDED'): Promise<void> {
  for await (const { ingestionsProgress } of overWebSocket(url, PROGRESS, { ids })) if (ingestionsProgress.status === status) return;
  throw new Error(`None was ever ${status}.`);
}

async function underWay(url: string): Promise<number> {
  const { ingestions } = await ask(url, '{ ingestions(first: 1, status: [QUEUED, RUNNING]) { totalCount } }');
  return ingestions.totalCount;
}

describe('strata serve', () => {
  it('says one line when it is ready, answers, keeps others out, and ends in time with jobs under way', async () => {
    const dataDir = join(temporaryFolder(), 'data');
    const server = await serve(dataDir);
    const { origin, port } = new URL(server.url);
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${origin}/metrics`)).text()).toContain('query_latency_seconds');
    expect(await (await fetch(server.url, { headers: { accept: 'text/html' } })).text()).toContain('GraphiQL');

    const [sameFolder, samePort] = await Promise.all([
      strata('serve', '--port', '0', '--data-dir', dataDir),
      strata('serve', '--port', port, '--data-dir', join(temporaryFolder(), 'data')),
    ]);
    expect(sameFolder).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^strata: The data folder "data" is open in process \d+ already\..*\n$/) });
    expect(samePort).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^strata: Port \d+ of 127\.0\.0\.1 is taken by another program\..*\n$/) });

    const begun = await ingest(server.url, texts(160, 'ending', 6));
    // Several rounds of batches; the first is at work.
    await firstOf(server.url, idsOf(begun), 'RUNNING');
    expect(await underWay(server.url)).toBeGreaterThan(0);
    const { code, milliseconds } = await server.stop('SIGTERM');
    expect(code).toBe(0);
    expect(milliseconds).toBeLessThan(10_000);
    expect(server.stdout()).toBe(`listening on ${server.url}\n`);
    expect(server.stderr()).not.toContain('"level":"error"');
    expect(existsSync(join(dataDir, 'server.json'))).toBe(false);

    const again = await serve(dataDir);
    const states = await all(overWebSocket(again.url, PROGRESS, { ids: idsOf(begun) }));
    expect(new Set(states.filter(({ ingestionsProgress }) => ingestionsProgress.status === 'SUCCEEDED').map(({ ingestionsProgress }) => ingestionsProgress.id)).size).toBe(160);
    await again.stop();
  });

  it('loses and doubles nothing when it is killed in the midst of 200 texts', async () => {
    const dataDir = join(temporaryFolder(), 'data');
    const input = texts(200, 'killed', 6);
    const server = await serve(dataDir);
    const first = await ingest(server.url, input.slice(0, 100));
    await firstOf(server.url, idsOf(first), 'SUCCEEDED');
    // The second half is on its way when the process dies: what was not acknowledged is sent again.
    const second = ingest(server.url, input.slice(100)).catch(() => null);
    await server.stop('SIGKILL');
    await second;

    const restarted = performance.now();
    const again = await serve(dataDir);
    const all200 = await ingest(again.url, input);
    expect(all200.slice(0, 100).map(({ dataObject }) => dataObject.id)).toEqual(first.map(({ dataObject }) => dataObject.id));
    expect(all200.slice(0, 100).every(({ deduplicated }) => deduplicated)).toBe(true);
    await all(overWebSocket(again.url, PROGRESS, { ids: idsOf(first) }));
    expect(performance.now() - restarted).toBeLessThan(60_000);
    await all(overWebSocket(again.url, PROGRESS, { ids: idsOf(all200) }));

    const { dataObjects } = await ask(again.url, '{ dataObjects(first: 500) { totalCount nodes { id status embeddings { metadata } } } }');
    expect(dataObjects.totalCount).toBe(200);
    expect(dataObjects.nodes.filter(({ status }: { status: string }) => status !== 'READY')).toEqual([]);
    const positions = (node: { embeddings: { metadata: { position?: number } }[] }) => node.embeddings.map(({ metadata }) => JSON.stringify(metadata));
    for (const node of dataObjects.nodes) {
      expect(node.embeddings.length).toBeGreaterThan(0);
      expect(new Set(positions(node)).size).toBe(node.embeddings.length);
    }
    await again.stop();
  });

  it('says every mistake in a configuration at once, and starts nothing', async () => {
    const folder = temporaryFolder();
    const config = join(folder, 'data_layer.yaml');
    writeFileSync(config, 'server:\n  prot: 4000\n  port: many\ncache:\n  local:\n    eviction_policy: random\n');
    const { code, stdout, stderr } = await strata('serve', '--config', config, '--data-dir', join(folder, 'data'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(':2:3  server.prot: is not a setting; did you mean port?');
    expect(stderr).toContain(':3:3  server.port: must be a whole number');
    expect(stderr).toContain(':6:5  cache.local.eviction_policy:');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(existsSync(join(folder, 'data'))).toBe(false);
  });

  it('refuses to serve with less than the configuration asks for', async () => {
    const folder = temporaryFolder();
    const config = join(folder, 'data_layer.yaml');
    writeFileSync(config, 'embedding: { text_model: all-mpnet-base-v2, models: [{ name: clip-vit-base-patch32 }] }\n');
    const { code, stdout, stderr } = await strata('serve', '--port', '0', '--config', config, '--data-dir', join(folder, 'data'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^strata: The model "(clip-vit-base-patch32|all-mpnet-base-v2)" cannot run: it is not here\. .*strata models pull.*embedding\.models.*\n$/);
  });

  it('refuses an address that all may reach where nobody needs a key', async () => {
    const { code, stderr } = await strata('serve', '--host', '0.0.0.0', '--port', '0', '--data-dir', join(temporaryFolder(), 'data'));
    expect(code).toBe(1);
    expect(stderr).toContain('api_keys');
  });
});
