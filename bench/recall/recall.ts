import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import Table from 'cli-table3';
import { openChroma } from '../../src/adapters/vectors/chroma/chroma.store.js';
import { openWeaviate } from '../../src/adapters/vectors/weaviate/open-weaviate.js';
import type { VectorStore } from '../../src/ports/vector-store.port.js';
import { addressOf } from '../addresses.js';
import { rounded, type Figure } from '../figures.js';
import { loadProgram } from '../program.js';
import { inFolder } from '../server.js';
import { askWorld, type Cell } from './ask.js';
import { fillObjects, fillVectors } from './fill.js';
import { makeWorld, MODEL, neighbourOf, type World } from './world.js';

const VECTORS = 100_000;
const QUICK_VECTORS = 10_000;
/** Not in the index yet, where a store enters them later. */
const FRESH = 900;
const LEAST_RECALL = 0.95;
const TENANT = 'recall';
const NEIGHBOUR = 'neighbour';

export interface Conditions {
  quick: boolean;
}

/** What filters leave is found: by the vectors in the embedded database, … */
export const measureRecall = ({ quick }: Conditions): Promise<Figure[]> =>
  inFolder((folder) => withProgram(join(folder, 'data'), quick ? QUICK_VECTORS : VECTORS, (app, world) => measureStore('recall', 'pgvector (embedded)', app, app.deps.vectors, world)));

/** … in Weaviate, … */
export const measureRecallInWeaviate = ({ quick }: Conditions): Promise<Figure[]> => {
  const { url, grpcPort } = addressOf('weaviate');
  const { vectors } = openWeaviate({ url, grpcPort: Number(grpcPort), collectionPrefix: freshPrefix(), spaces: [] });
  return measureOutside('recall-weaviate', 'Weaviate', vectors, quick);
};

/** … and in Chroma. */
export const measureRecallInChroma = ({ quick }: Conditions): Promise<Figure[]> => {
  const vectors = openChroma({ url: addressOf('chroma').url, tenant: 'default_tenant', database: 'default_database', collectionPrefix: freshPrefix(), spaces: [] });
  return measureOutside('recall-chroma', 'Chroma', vectors, quick);
};

const freshPrefix = () => `Recall${randomBytes(4).toString('hex')}`;

async function measureOutside(of: string, name: string, vectors: VectorStore, quick: boolean): Promise<Figure[]> {
  try {
    return await inFolder((folder) => withProgram(join(folder, 'data'), quick ? QUICK_VECTORS : VECTORS, (app, world) => measureStore(of, name, app, vectors, world)));
  } finally {
    await vectors.close();
  }
}

type Program = Awaited<ReturnType<Awaited<ReturnType<typeof loadProgram>>['compose']>>;

/** The built program's parts over a data folder, and the vectors to fill its store with. */
export async function withProgram<T>(dataDir: string, vectors: number, work: (app: Program, world: World) => Promise<T>): Promise<T> {
  const { compose, loadConfig } = await loadProgram();
  const config = loadConfig({ overrides: { dataDir, port: 0 } });
  const app = await compose({ ...config, server: { ...config.server, logLevel: 'warn' } });
  try {
    return await work(app, await makeWorld(app.deps.embedder, vectors));
  } finally {
    await app.stop();
  }
}

export async function measureStore(of: string, name: string, app: Program, vectors: VectorStore, world: World): Promise<Figure[]> {
  const model = app.deps.embedder.models().find((each) => each.name === MODEL)!;
  const space = { model: MODEL, dimensions: model.dimensions };
  const begun = performance.now();
  // The same again for a tenant that has a thirtieth of it, in the same place.
  const neighbour = neighbourOf(world);
  for (const [tenant, its] of [[NEIGHBOUR, neighbour], [TENANT, world]] as const) {
    if ((await vectors.count(tenant, space)) === its.records.length) continue;
    await fillObjects(app.engine.sql, tenant, its);
    await fillVectors(vectors, tenant, space, its, Math.min(FRESH, Math.floor(its.records.length / 10)));
  }
  await app.engine.sql.query('VACUUM (ANALYZE) data_objects');
  const filled = performance.now();
  const deps = { database: app.deps.database, vectors };
  const cells = [
    ...(await askWorld(deps, space, TENANT, world)).map((cell) => ({ tenant: TENANT, ...cell })),
    ...(await askWorld(deps, space, NEIGHBOUR, neighbour)).map((cell) => ({ tenant: NEIGHBOUR, ...cell })),
  ];
  console.error(table(name, cells));
  const worst = cells.reduce((a, b) => (b.recall < a.recall ? b : a));
  const emptiest = cells.reduce((a, b) => (b.filled < a.filled ? b : a));
  const slowest = cells.reduce((a, b) => (b.p95 > a.p95 ? b : a));
  const details = { vectors: world.records.length, fillSeconds: rounded((filled - begun) / 1_000), cells };
  return [
    {
      of, what: `${name}: recall@10 of the worst of ${cells.length} filters`, measured: worst.recall, unit: '', limit: { at: 'least', value: LEAST_RECALL },
      beside: `${named(worst)}; over ${world.records.length.toLocaleString('en')} vectors; slowest p95 ${slowest.p95} ms, ${named(slowest)}`, details,
    },
    { of, what: `${name}: found of what there is, least`, measured: emptiest.filled, unit: '', limit: { at: 'least', value: 1 }, beside: named(emptiest), details: {} },
  ];
}

const named = ({ relation, share, tenant }: Cell & { tenant: string }) => `${share * 100} %, ${relation === 'none' ? 'no filter' : `${relation} to the query`}, tenant ${tenant}`;

function table(name: string, cells: readonly (Cell & { tenant: string })[]): string {
  const drawn = new Table({ head: [name, 'filter', 'leaves', 'recall@10', 'worst', 'found', 'p50 ms', 'p95 ms'] });
  for (const { tenant, relation, share, recall, worstRecall, filled, p50, p95 } of cells) drawn.push([tenant, relation, `${share * 100} %`, recall, worstRecall, filled, p50, p95]);
  return drawn.toString();
}
