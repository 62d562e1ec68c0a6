import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask, cleanUp, run, STRATA, type Server } from '../e2e/support/strata.js';
import { ingestText, ingestTexts, textNumber } from './support/clients.js';
import { addressesOf, ENGINES, freshInstallation, prepare, readiness, type Installation } from './support/installation.js';
import { untilDone } from './support/state.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
const engines = addressesOf(ENGINES);
const TEXTS = 120;

describe.skipIf(engines === null)('a move under two APIs and a worker', () => {
  let installation: Installation;
  let nodes: Server[];
  const collection = () => `${String(installation.settings.vector_database.weaviate['collection_prefix'])}Passage`;
  beforeAll(async () => {
    installation = await freshInstallation(engines!, (settings) => void (settings.vector_database.provider = 'pgvector'));
    await prepare(installation);
    nodes = await Promise.all([installation.serve(), installation.serve()]);
    await installation.worker();
  });
  afterAll(async () => {
    await fetch(`${engines!.weaviate.url}/v1/schema/${collection()}`, { method: 'DELETE' });
    await installation.end();
    await cleanUp();
  });

  const count = async () => Number((await installation.sql.query<{ count: string }>('SELECT count(*) FROM data_objects')).rows[0]!.count);

  it('is answered from the new store by all of them, without a restart and without a wrong answer on the way', async () => {
    await ingestTexts(nodes[0]!.url, Array.from({ length: TEXTS }, (_, at) => textNumber(at, 'before')));
    await untilDone(installation);

    let moving = true;
    const wrong: unknown[] = [];
    let asked = 0;
    const asking = nodes.map(async (node) => {
      while (moving) {
        const search = await ask<{ search: { totalCount: number; incomplete: boolean } }>(node.url, '{ search(input: { query: "text", mode: VECTOR, filter: { types: [IMAGE] } }, first: 5) { totalCount incomplete } }');
        // No picture is there: whoever answers must not forget the filter.
        if (search.search.totalCount !== 0 || search.search.incomplete) wrong.push(search);
        asked += 1;
      }
    });
    let number = 1_000;
    const writing = (async () => {
      while (moving) await ingestText(nodes[1]!.url, textNumber(number++, 'meanwhile'));
    })();
    const moved = await run(STRATA, ['reindex', '--to', 'weaviate', '--batch', '20', '--config', installation.config, '--server', nodes[0]!.url]);
    expect(moved, moved.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('Searches are answered from weaviate now') as string });
    await ingestText(nodes[1]!.url, textNumber(number++, 'after'));
    moving = false;
    await Promise.all([...asking, writing]);
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(2);
    await untilDone(installation);

    // What is left behind is of no use to anybody: none of them looks there.
    const { rows: tables } = await installation.sql.query<{ name: string }>(`SELECT table_name AS name FROM vector_spaces`);
    expect(tables.length).toBeGreaterThan(0);
    const total = await count();
    const { rows: [passages] } = await installation.sql.query<{ count: string }>('SELECT count(*) FROM passages');
    await vi.waitFor(async () => expect(await inWeaviate(collection())).toBe(Number(passages!.count)), { timeout: 120_000, interval: 250 });
    await installation.sql.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')}`);
    for (const node of nodes) {
      await vi.waitFor(async () => expect((await everything(node, total)).length).toBe(total), { timeout: 60_000, interval: 250 });
    }
  });

  it('is remembered: a process that starts with the old choice answers from the new store, too, and one that does not know it says so', async () => {
    const late = await installation.serve();
    const total = await count();
    expect((await everything(late, total)).length).toBe(total);
    expect((await readiness(late.url)).says).toBe('ready');
    const elsewhere = installation.configured(({ vector_database: vectors }) => void (vectors.weaviate['collection_prefix'] = 'SomebodyElse'));
    const refused = await run(STRATA, ['serve', '--no-jobs', '--port', '0', '--config', elsewhere]);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(/^strata: The vectors were moved to weaviate \(.*\), and this configuration chooses pgvector; for weaviate it names .*SomebodyElse\. Set vector_database\.provider/m);
    const doctor = await installation.strata('doctor', '--json');
    expect(doctor.stdout).toContain('the configuration still chooses pgvector');
  });

  async function everything({ url }: Server, total: number): Promise<string[]> {
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const query = 'query ($after: String) { search(input: { query: "text", mode: VECTOR }, first: 100, after: $after) { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }';
      const { search } = (await ask(url, query, { after })) as { search: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
      ids.push(...search.nodes.map(({ id }) => id));
      after = search.pageInfo.hasNextPage && ids.length < total ? search.pageInfo.endCursor : null;
    } while (after !== null);
    return ids;
  }
});

async function inWeaviate(collection: string): Promise<number> {
  const query = `{ Aggregate { ${collection}(tenant: "default") { meta { count } } } }`;
  const response = await fetch(`${engines!.weaviate.url}/v1/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
  const { data } = (await response.json()) as { data: { Aggregate: Record<string, { meta: { count: number } }[]> } };
  return data.Aggregate[collection]![0]!.meta.count;
}
