import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ask, cleanUp, launch, strata, temporaryFolder, type Server } from '../e2e/support/strata.js';
import { serviceAddress } from '../support/services.js';
import { freshWeaviate } from '../support/weaviate.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });
const address = serviceAddress('weaviate');
const TEXTS = 60;
const BATCH = 5;

describe.skipIf(address === null)('a server that is killed in the midst of a move', () => {
  const elsewhere = freshWeaviate(address ?? { url: '' });
  afterAll(async () => {
    await cleanUp();
    await elsewhere.end();
  });

  it('goes on where it was once the command is repeated, and the new store answers with every one once', async () => {
    const folder = temporaryFolder();
    const weaviate = { url: address!.url, grpc_port: Number(address!.grpcPort), collection_prefix: elsewhere.collectionPrefix };
    const configured = (provider: string) => {
      const file = join(folder, `${randomUUID()}.yaml`);
      writeFileSync(file, JSON.stringify({ data_dir: join(folder, 'data'), vector_database: { provider, weaviate }, server: { log_level: 'warn' } }));
      return ['--config', file];
    };
    const serve = (settings: string[]) => launch(['serve', '--port', '0', ...settings], /^listening on (http:\/\/127\.0\.0\.1:\d+\/graphql)$/);
    const before = configured('pgvector');

    const first = await serve(before);
    const ids = await takeIn(first.url);
    const { copied } = await killedWhileMoving(first, { provider: 'weaviate', weaviate: { url: weaviate.url, grpcPort: weaviate.grpc_port, collectionPrefix: weaviate.collection_prefix } });
    expect(copied).toBeGreaterThan(0);
    expect(copied).toBeLessThan(TEXTS);

    const second = await serve(before);
    const moved = await strata('reindex', '--to', 'weaviate', '--batch', String(BATCH), ...before);
    expect(moved, moved.stderr).toMatchObject({ code: 0 });
    expect(moved.stdout).toContain(`all-MiniLM-L6-v2: ${TEXTS} vectors, as many as there are`);
    await second.stop();

    const third = await serve(configured('weaviate'));
    const query = `{ search(input: { query: "a report of what was seen", mode: VECTOR }, first: ${TEXTS + 10}) { nodes { id } } }`;
    const { search } = await ask<{ search: { nodes: { id: string }[] } }>(third.url, query);
    expect(search.nodes.map(({ id }) => id).sort()).toEqual(ids.sort());
    await third.stop();
  });
});

async function takeIn(url: string): Promise<string[]> {
  const input = Array.from({ length: TEXTS }, (_, at) => ({ text: `Report ${at} of what was seen at the harbour that morning.` }));
  const { ingestTexts } = await ask<{ ingestTexts: { dataObject: { id: string } }[] }>(
    url,
    'mutation ($input: [IngestTextInput!]!) { ingestTexts(input: $input) { ... on IngestPayload { dataObject { id } } } }',
    { input },
  );
  const ready = async () => {
    const { dataObjects } = await ask<{ dataObjects: { nodes: { id: string }[] } }>(url, `{ dataObjects(first: ${TEXTS + 10}, filter: { status: [READY] }) { nodes { id } } }`);
    expect(dataObjects.nodes).toHaveLength(TEXTS);
  };
  await vi.waitFor(ready, { timeout: 120_000, interval: 100 });
  return ingestTexts.map(({ dataObject }) => dataObject.id);
}

/** @returns how many vectors it said to have copied when it was killed */
async function killedWhileMoving(server: Server, to: object): Promise<{ copied: number }> {
  const answer = await fetch(new URL('/admin/reindex', server.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-strata-admin': 'test' },
    body: JSON.stringify({ to, models: null, reEmbed: false, batch: BATCH }),
  });
  expect(answer.status).toBe(200);
  for await (const line of createInterface({ input: Readable.fromWeb(answer.body as never) })) {
    if (line === '') continue; // a sign of life
    const { event } = JSON.parse(line) as { event?: { kind: string; copied: number } };
    if (event?.kind !== 'copied') continue;
    await server.stop('SIGKILL');
    return { copied: event.copied };
  }
  throw new Error('The move ended before the server could be killed.');
}
