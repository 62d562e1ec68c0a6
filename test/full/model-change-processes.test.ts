import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPinecone } from '../../src/adapters/vectors/pinecone/pinecone.store.js';
import type { App } from '../../src/app/compose.js';
import { indexesOver, type openIndexes } from '../../src/app/stores.js';
import { isStrataError } from '../../src/domain/errors.js';
import { composeOn } from '../support/compose.js';
import { violations } from '../support/invariants.js';
import { operator, untilPhase } from '../support/model-changes.js';
import { FIRST, SECOND, withSecondModels, type SecondModels } from '../support/second-model.js';
import { PineconeServer } from '../support/pinecone-server.js';
import { serviceAddress } from '../support/services.js';
import { openStack, type OpenedStack } from '../support/stack.js';
import { STACKS, type Stack } from '../support/stacks.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
const isThere = (stack: Stack) => STACKS[stack].every((service) => serviceAddress(service) !== null);

const STORES = [
  { store: 'Chroma', on: 'chroma' },
  { store: 'Weaviate', on: 'full' },
  // Nobody's server to install: by the stand-in, whose reads lag behind writes.
  { store: 'Pinecone', on: 'chroma' },
] as const;

const inPinecone = ({ url }: PineconeServer): typeof openIndexes => (_config, parts) =>
  Promise.resolve(indexesOver({ vectors: openPinecone({ apiKey: 'key', url, index: 'strata', cloud: 'aws', region: 'us-east-1', timeouts: { poll: 1 } }), keywords: null, hybrid: null }, parts));

for (const { store, on } of STORES) describe.skipIf(!isThere(on))(`a change of models under an API and a worker, over PostgreSQL, Redis, a bucket and ${store}`, () => {
  let stack: OpenedStack;
  let pinecone: PineconeServer | null = null;
  let folder: string;
  let api: App;
  let worker: App;
  const others: App[] = [];
  const start = (models: SecondModels, jobs: boolean) => composeOn(folder, { openEmbedder: withSecondModels(models), ...(pinecone && { openIndexes: inPinecone(pinecone) }), ...(jobs ? {} : { jobs: false as const }) });
  beforeAll(async () => {
    stack = await openStack(on);
    if (store === 'Pinecone') pinecone = await PineconeServer.start();
    folder = await mkdtemp(join(tmpdir(), 'strata-model-change-'));
    await writeFile(join(folder, 'data_layer.yaml'), stack.settings);
    api = await start({}, false);
    worker = await start({}, true);
  });
  afterAll(async () => {
    for (const app of [...others, worker, api]) await app?.stop();
    await pinecone?.close();
    await stack?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const ask = (app: App) => app.services.search.search(operator, { query: 'the sea and its ships', mode: 'VECTOR', fusion: 'RELATIVE_SCORE' }, { first: 50 });
  const take = async (text: string) => {
    const [answer] = await api.services.ingestions.ingestTexts(operator, [{ text }]);
    if (isStrataError(answer)) throw answer;
    for await (const _ of await api.services.events.ingestionProgress(operator, [answer!.ingestion.id], new AbortController().signal));
  };

  it('goes through while both search and people write; no search fails, none is over two spaces, and both follow without a restart', async () => {
    for (let n = 0; n < 20; n += 1) await take(`Text ${n} of the sea and its ${n} ships.`);
    let going = true;
    const wrong: unknown[] = [];
    const seen = new Map<App, string[]>([[api, []], [worker, []]]);
    const asking = [api, worker].map(async (app) => {
      while (going) {
        const { hits, incomplete, warnings } = await ask(app).catch((error: unknown) => ({ hits: [], incomplete: true, warnings: [String(error)] }));
        const spaces = new Set(hits.map(({ explanation }) => explanation.model));
        if (incomplete || spaces.size !== 1 || hits.length < 20) wrong.push({ incomplete, warnings, spaces: [...spaces], hits: hits.length });
        if (seen.get(app)!.at(-1) !== [...spaces][0]) seen.get(app)!.push([...spaces][0]!);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    const writing = (async () => {
      for (let n = 100; going; n += 1) await take(`Text ${n} came meanwhile, from the sea.`);
    })();

    const begun = await api.services.modelChanges.start(operator, { to: SECOND });
    await untilPhase(api, begun.id, 'READY');
    const without = await start({ missing: true }, false);
    others.push(without);
    await vi.waitFor(async () => expect((await api.deps.database.modelChanges.processes(20)).length).toBe(3), { timeout: 30_000, interval: 100 });
    await expect(api.services.modelChanges.cutOver(operator, begun.id, { acceptFailures: false })).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('Not every process has the model') as string });
    await others.pop()!.stop();
    expect(await api.services.modelChanges.cutOver(operator, begun.id, { acceptFailures: false })).toMatchObject({ phase: 'CUT_OVER' });
    // The answer has come: both have taken it up.
    for (const app of [api, worker]) expect([...new Set((await ask(app)).hits.map(({ explanation }) => explanation.model))]).toEqual([SECOND]);
    expect(await api.services.modelChanges.rollBack(operator, begun.id)).toMatchObject({ phase: 'ROLLED_BACK' });
    for (const app of [api, worker]) expect([...new Set((await ask(app)).hits.map(({ explanation }) => explanation.model))]).toEqual([FIRST]);
    await api.services.modelChanges.cutOver(operator, begun.id, { acceptFailures: false });
    await api.services.modelChanges.cleanUp(operator, begun.id);
    await untilPhase(api, begun.id, 'CLEANED');
    going = false;
    await Promise.all([...asking, writing]);
    expect(wrong).toEqual([]);
    for (const spaces of seen.values()) expect(spaces).toEqual([FIRST, SECOND, FIRST, SECOND]);
    const rows = await api.engine.sql.query('SELECT DISTINCT model_name FROM embeddings');
    expect(rows).toEqual([{ model_name: SECOND }]);
    await vi.waitFor(async () => expect(await violations(api)).toEqual([]), { timeout: 60_000, interval: 500 });
  });

  it('is remembered: a process without the new model that starts later is not ready, and says why', async () => {
    const late = await start({ missing: true }, false);
    others.push(late);
    await expect(late.modelsInUse.check()).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: expect.stringContaining(`changed to "${SECOND}"`) as string });
    const other = await start({ revision: 'second-2' }, false);
    others.push(other);
    await expect(other.modelsInUse.check()).rejects.toMatchObject({ message: expect.stringContaining('Vectors of two revisions are not compared') as string });
    await expect(api.modelsInUse.check()).resolves.toBeUndefined();
  });
});
