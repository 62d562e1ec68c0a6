import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compose, type App } from '../../src/app/compose.js';
import { reindex } from '../../src/app/moving/reindex.js';
import type { StoreSettings } from '../../src/app/moving/vector-home.js';
import type { VectorDatabaseConfig } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load.js';
import type { Viewer } from '../../src/domain/model.js';
import { migratedTemplate } from '../support/database.js';
import { quietLogger } from '../support/compose.js';
import { serviceAddress } from '../support/services.js';
import { freshWeaviate } from '../support/weaviate.js';

vi.setConfig({ testTimeout: 240_000 });
const weaviate = serviceAddress('weaviate');
const chroma = serviceAddress('chroma');
const viewer: Viewer = { id: 'admin', tenantId: 'movers', role: 'admin' };
const TOPICS = ['harbour', 'orchard', 'violin', 'glacier', 'bakery', 'comet'];
const never = new AbortController().signal;

interface Line {
  event?: { kind: string; copied?: number; resumed?: boolean };
  report?: { counts: { rows: number; moved: number }[]; samples: number; searches: number; overlap: number; switched: boolean };
  error?: { message: string };
  cancelled?: boolean;
}

/** The lines that a move tells. @param onLine may break it off */
async function moved(app: App, to: VectorDatabaseConfig, more: object = {}, signal = never, onLine: (line: Line) => void = () => undefined): Promise<Line[]> {
  const lines: Line[] = [];
  let text = '';
  for await (const chunk of reindex(app, { to, batch: 5, ...more }, signal)) {
    const parts = (text + String(chunk)).split('\n');
    text = parts.pop()!;
    // An empty line is a sign of life.
    for (const part of parts.filter((line) => line !== '')) {
      lines.push(JSON.parse(part) as Line);
      onLine(lines.at(-1)!);
    }
  }
  return lines;
}

async function takeIn(app: App, from: number, count: number): Promise<string[]> {
  const texts = Array.from({ length: count }, (_, at) => ({ text: `Report ${from + at} about the ${TOPICS[(from + at) % TOPICS.length]} and what was seen there that morning.` }));
  const answers = await app.services.ingestions.ingestTexts(viewer, texts);
  const ids = [];
  for (const answer of answers) {
    if (answer instanceof Error) throw answer;
    for await (const state of await app.services.events.ingestionProgress(viewer, [answer.ingestion.id], never)) void state;
    ids.push(answer.object.id);
  }
  return ids;
}

const found = async (app: App, query: string, mode: 'HYBRID' | 'VECTOR' | 'KEYWORD') =>
  (await app.services.search.search(viewer, { query, mode, fusion: 'RELATIVE_SCORE' }, { first: 10 })).hits.map(({ object }) => object.id);

describe.skipIf(weaviate === null || chroma === null)('vectors that move while the program is used', () => {
  let dataDir = '';
  let app: App;
  const elsewhere = freshWeaviate(weaviate ?? { url: '' });
  const toWeaviate = (): VectorDatabaseConfig => ({
    provider: 'weaviate',
    weaviate: { url: weaviate!.url, grpcPort: Number(weaviate!.grpcPort), collectionPrefix: elsewhere.collectionPrefix },
  });
  const toChroma: VectorDatabaseConfig = {
    provider: 'chroma',
    chroma: { url: chroma?.url ?? '', tenant: 'default_tenant', database: 'default_database', collectionPrefix: `test${randomBytes(6).toString('hex')}` },
  };
  const start = async (vectorDatabase: VectorDatabaseConfig, storeSettings?: StoreSettings) => {
    const config = loadConfig({ env: {}, cwd: dataDir, overrides: { dataDir } });
    app = await compose({ ...config, vectorDatabase }, { logger: quietLogger, databaseTemplate: await migratedTemplate(), storeSettings });
  };
  const restart = async (vectorDatabase: VectorDatabaseConfig, storeSettings?: StoreSettings) => {
    await app.stop();
    await start(vectorDatabase, storeSettings);
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'strata-reindex-'));
    await start({ provider: 'pgvector' });
  });
  afterAll(async () => {
    await app.stop();
    await elsewhere.end();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('go on where they were broken off, meet what changed meanwhile, and answer from Weaviate after the switch, words too', async () => {
    const ids = await takeIn(app, 0, 24);
    const gone = new AbortController();
    const broken = await moved(app, toWeaviate(), {}, gone.signal, (line) => line.event?.kind === 'copied' && gone.abort(new Error('killed')));
    expect(broken.at(-1)).toHaveProperty('error');
    await restart({ provider: 'pgvector' });
    expect((await moved(app, toChroma)).at(-1)!.error?.message).toMatch(/^A move to weaviate .* has begun, and this one leads to chroma .* end it with "strata reindex --cancel"\.$/);

    let meanwhile: Promise<string[]> | undefined;
    const lines = await moved(app, toWeaviate(), { switch: false }, never, (line) => {
      if (line.event?.kind === 'copied') meanwhile ??= Promise.all([takeIn(app, 24, 3), app.services.objects.purge(viewer, ids[0]!)]).then(([more]) => more);
    });
    expect(lines[0]!.event).toMatchObject({ kind: 'begun', resumed: true });
    expect(lines.at(-1)!.error).toBeUndefined();
    const { report } = lines.at(-1)!;
    expect(report!.switched).toBe(false);
    expect(report!.samples).toBeGreaterThan(20);
    expect(report!.searches).toBe(10);
    expect(report!.overlap).toBeGreaterThanOrEqual(0.9);
    ids.push(...(await meanwhile!));

    // Between the move and the switch.
    ids.push(...(await takeIn(app, 27, 2)));
    await app.services.objects.purge(viewer, ids[1]!);
    const left = ids.slice(2);
    const before = await found(app, 'a report about the glacier', 'VECTOR');
    await restart(toWeaviate());
    expect(app.deps.hybrid).not.toBeNull();
    expect(await app.deps.vectors.count(viewer.tenantId, { model: 'all-MiniLM-L6-v2', dimensions: 384 })).toBe(left.length);
    expect((await found(app, 'a report about the glacier', 'VECTOR')).filter((id) => before.includes(id)).length).toBeGreaterThanOrEqual(9);
    const violins = await found(app, 'violin', 'KEYWORD');
    expect(violins.length).toBeGreaterThan(3);
    expect(violins.every((id) => left.includes(id))).toBe(true);
    for (const id of ids.slice(-5)) expect(await found(app, `Report ${24 + ids.slice(-5).indexOf(id)}`, 'HYBRID')).toContain(id);
    // And what comes now comes there.
    const [late] = await takeIn(app, 40, 1);
    expect(await found(app, 'Report 40 about the bakery', 'HYBRID')).toContain(late);
  });

  it('refuse a second place, and a store that holds others', async () => {
    const second = await moved(app, toChroma);
    expect(second.at(-1)!.error?.message).toMatch(/^The move to weaviate .* was switched to within this hour.* end that with "strata reindex --cancel", and repeat this\.$/);
    expect(await moved(app, toWeaviate(), { cancel: true })).toEqual([{ cancelled: true }]);
    const same = await moved(app, toWeaviate());
    expect(same.at(-1)!.error?.message).toContain('answers from weaviate');
  });

  it('go from Weaviate to Chroma, computed anew, the words back into the database', async () => {
    const purged = await found(app, 'orchard', 'KEYWORD');
    await app.services.objects.purge(viewer, purged[0]!);
    const before = await found(app, 'comet', 'KEYWORD');
    const lines = await moved(app, toChroma, { reEmbed: true });
    expect(lines.at(-1)!.error).toBeUndefined();
    expect(lines.at(-1)!.report).toMatchObject({ overlap: null, switched: true });
    expect([app.vectorHome.settings.provider, app.deps.hybrid]).toEqual(['chroma', null]);
    const [late] = await takeIn(app, 60, 1);
    expect(await found(app, 'Report 60 about the harbour', 'VECTOR')).toContain(late);
    await app.services.objects.purge(viewer, late!);
    // The database remembers, whatever the configuration still says.
    await restart(toWeaviate(), () => toChroma);
    expect(app.vectorHome.settings.provider).toBe('chroma');
    expect(new Set(await found(app, 'comet', 'KEYWORD'))).toEqual(new Set(before));
    const orchards = await found(app, 'orchard', 'KEYWORD');
    expect(new Set(orchards)).toEqual(new Set(purged.slice(1)));
    expect((await found(app, 'a report about the comet', 'VECTOR')).length).toBe(10);
  });

  it('go back into the database, where what was removed meanwhile is found no more', async () => {
    const before = await found(app, 'a report about the harbour', 'VECTOR');
    expect(await moved(app, toChroma, { cancel: true })).toEqual([{ cancelled: true }]);
    const lines = await moved(app, { provider: 'pgvector' });
    expect(lines.at(-1)!.error).toBeUndefined();
    await restart({ provider: 'pgvector' });
    expect(await found(app, 'a report about the harbour', 'VECTOR')).toEqual(before);
    expect(await moved(app, toChroma, { cancel: true })).toEqual([{ cancelled: true }]);
    const again = await moved(app, toChroma);
    expect(again.at(-1)!.error?.message).toMatch(/holds \d+ vectors of .* already/);
  });
});
