import { setTimeout as pause } from 'node:timers/promises';
import { cosine } from '../../domain/cosine.js';
import { conflict } from '../../domain/errors.js';
import type { MovedEmbedding } from '../../ports/repositories/reindex.repository.port.js';
import type { VectorHit, VectorStore } from '../../ports/vector-store.port.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import type { VectorsAgain } from './vectors-again.js';

export interface MoveReport {
  /** By tenant and model. */
  counts: { tenantId: string; model: string; rows: number; moved: number }[];
  /** Vectors that were compared. */
  samples: number;
  searches: number;
  /** Of the first ten objects of each search, in both stores, 0 to 1; null where none was compared. */
  overlap: number | null;
}

const SAMPLES = 50;
const SEARCHES = 10;
const FIRST = 10;
/** Objects asked of each store: some may be in the bin, which not every store knows. */
const ASKED = 30;
/** As float32 through a store and back. */
const SAME = 0.9999;
/** Objects this near to the tenth count as tied with it. */
const TIED = 1e-3;
const LEAST_OVERLAP = 0.9;
const ATTEMPTS = 40;
const SEARCH_ATTEMPTS = 5;
const PAUSE_MS = 500;

interface Parts {
  deps: Pick<ServiceDependencies, 'database'>;
  /** What the program answers from now; null where its vectors are not to be trusted. */
  source: VectorStore | null;
  target: VectorStore;
  vectors: VectorsAgain;
  models: readonly string[] | null;
  catchUp(): Promise<number>;
  signal: AbortSignal;
  /** Between two looks. */
  pauseMs?: number;
}

/** @throws CONFLICT that says what differs */
export async function verifyMove(parts: Parts): Promise<MoveReport> {
  const counts = await countsAgree(parts);
  const sampled = await parts.deps.database.reindexes.sample(SAMPLES, parts.models);
  const vectors = await samplesAgree(parts, sampled);
  for (let attempt = 1; ; attempt += 1) {
    const overlaps = parts.source === null ? [] : await searchesAgree(parts, parts.source, sampled, vectors);
    const overlap = overlaps.length === 0 ? null : overlaps.reduce((sum, each) => sum + each, 0) / overlaps.length;
    if (overlap === null || overlap >= LEAST_OVERLAP) return { counts, samples: vectors.size, searches: overlaps.length, overlap };
    if (attempt === SEARCH_ATTEMPTS) {
      throw conflict(`Of the first ${FIRST} objects of ${overlaps.length} searches the new store finds ${(overlap * 100).toFixed(0)} %. Nothing was switched; see whether it has finished indexing, and repeat the command.`);
    }
    await pause(parts.pauseMs ?? PAUSE_MS, undefined, { signal: parts.signal });
    await parts.catchUp();
  }
}

/** A store may show what it was told a moment later; and while people work, rows come between two counts. */
async function countsAgree({ deps, target, models, catchUp, signal, pauseMs = PAUSE_MS }: Parts): Promise<MoveReport['counts']> {
  for (let attempt = 1; ; attempt += 1) {
    await catchUp();
    const rows = await deps.database.reindexes.counts(models);
    const counts: MoveReport['counts'] = [];
    for (const { tenantId, model, dimensions, count } of rows) counts.push({ tenantId, model, rows: count, moved: await target.count(tenantId, { model, dimensions }) });
    const noted = await deps.database.reindexes.changes(10_000);
    const wrong = counts.find((each) => Math.abs(each.rows - each.moved) > noted.filter(({ tenantId, kind }) => kind === 'VECTOR' && tenantId === each.tenantId).length);
    if (wrong === undefined) return counts;
    if (attempt === ATTEMPTS) {
      throw conflict(
        `The new store holds ${wrong.moved} vectors of the model ${wrong.model} and the tenant ${wrong.tenantId}, and there are ${wrong.rows}. ` +
          (wrong.moved > wrong.rows ? 'It held others before: choose another collection, or empty this one, and begin again with --cancel.' : 'Repeat the command; what could not be moved is tried again after --cancel.'),
      );
    }
    await pause(pauseMs, undefined, { signal });
  }
}

/** While people work, rows come between two looks, which are noted and not in the new store yet; and it may show a moment later what it was told. */
async function samplesAgree(parts: Parts, sampled: readonly MovedEmbedding[]): Promise<Map<string, Float32Array>> {
  const agreed = new Map<string, Float32Array>();
  for (let attempt = 1, open = sampled; ; attempt += 1) {
    open = await notAgreed(parts, open, agreed);
    if (open.length === 0) return agreed;
    if (attempt === ATTEMPTS) throw conflict(`A vector of the model ${open[0]!.model} is another one in the new store. Nothing was switched; begin again with --cancel.`);
    if (attempt > 1) await pause(parts.pauseMs ?? PAUSE_MS, undefined, { signal: parts.signal });
    await parts.catchUp();
  }
}

/** Puts those that are the same into `agreed`. @returns the others that are still there */
async function notAgreed({ deps, target, vectors, signal }: Parts, sampled: readonly MovedEmbedding[], agreed: Map<string, Float32Array>): Promise<MovedEmbedding[]> {
  const others: MovedEmbedding[] = [];
  for (const [tenantId, ofTenant] of Map.groupBy(sampled, (each) => each.tenantId)) {
    const passages = await deps.database.reindexes.findPassages(ofTenant.flatMap(({ passageId }) => passageId ?? []));
    const expected = new Map((await vectors.of(tenantId, ofTenant, passages, signal)).map(({ id, vector }) => [id, vector]));
    for (const [model, ofModel] of Map.groupBy(ofTenant, (each) => each.model)) {
      const found = await target.fetch(tenantId, { model, dimensions: ofModel[0]!.dimensions }, ofModel.map(({ id }) => id));
      const there = new Set((await deps.database.reindexes.findEmbeddings(ofModel.map(({ id }) => id), null)).map(({ id }) => id));
      for (const embedding of ofModel) {
        // Gone since it was chosen.
        if (!there.has(embedding.id)) continue;
        const [is, should] = [found.get(embedding.id), expected.get(embedding.id)];
        if (is === undefined || should === undefined || cosine(is, should) < SAME) others.push(embedding);
        else agreed.set(embedding.id, should);
      }
    }
  }
  return others;
}

async function searchesAgree({ deps, target, signal }: Parts, source: VectorStore, sampled: readonly MovedEmbedding[], vectors: ReadonlyMap<string, Float32Array>): Promise<number[]> {
  const overlaps: number[] = [];
  for (const { id, tenantId, model, dimensions } of sampled) {
    const vector = vectors.get(id);
    if (vector === undefined) continue;
    if (overlaps.length === SEARCHES) break;
    const firstOf = async (store: VectorStore): Promise<VectorHit[]> => {
      const { hits } = await store.search({ tenantId, space: { model, dimensions }, vector, limit: ASKED, filter: null, objectIds: null, signal });
      const { others: gone } = await deps.database.objects.sift(tenantId, null, hits.map(({ objectId }) => objectId), 0);
      return hits.filter(({ objectId }) => !gone.has(objectId)).slice(0, FIRST);
    };
    const [before, after] = [await firstOf(source), await firstOf(target)];
    if (before.length === 0) continue;
    const known = new Set(before.map(({ objectId }) => objectId));
    const least = before.at(-1)!.score - TIED;
    overlaps.push(after.filter(({ objectId, score }) => known.has(objectId) || score >= least).length / before.length);
  }
  return overlaps.map((each) => Math.min(1, each));
}
