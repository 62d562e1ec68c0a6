import { v7 as uuidv7 } from 'uuid';
import { conflict } from '../../domain/errors.js';
import type { Reindex, StoreInUse } from '../../ports/repositories/reindex.repository.port.js';
import type { VectorStore } from '../../ports/vector-store.port.js';
import type { OutsideStores } from '../indexing/outside-writer.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { Mover } from './mover.js';
import { LiveStore, NewStore } from './move-targets.js';
import { VectorsAgain } from './vectors-again.js';
import { verifyMove, type MoveReport } from './verify-move.js';

export interface ReindexRequest {
  target: string;
  /** Where it is, without secrets. */
  place: string;
  models: string[] | null;
  reEmbed: boolean;
  batch: number;
}

export type ReindexEvent =
  | { kind: 'begun'; resumed: boolean; total: number; copied: number }
  | { kind: 'copied'; copied: number }
  | { kind: 'catchingUp' }
  | { kind: 'verifying' };

type Dependencies = Pick<ServiceDependencies, 'database' | 'vectors' | 'keywords' | 'indexSync' | 'embedder' | 'objectStore' | 'logger'>;

/** For so long after the first process answers from the new store, others may still write to the old one. */
const SWITCHING_SECONDS = 3_600;
/** This program's own writes are noted too: where they never cease, nobody waits for a moment without any beyond this. */
const LONGEST_SWITCHING_SECONDS = 24 * 3_600;

const STRETCH_MS = 10_000;

/** Moves vectors, and words where the new store ranks them, while the program answers from the old one. */
export class Reindexer {
  constructor(private readonly deps: Dependencies) {}

  async run(request: ReindexRequest, stores: OutsideStores, onEvent: (event: ReindexEvent) => void, signal: AbortSignal): Promise<MoveReport> {
    const { database } = this.deps;
    const earlier = await database.reindexes.current();
    if (earlier !== null) mustBeTheSame(earlier, request);
    const total = (await database.reindexes.counts(request.models)).reduce((sum, { count }) => sum + count, 0);
    const reindex = earlier ?? (await this.begin(request, stores));
    onEvent({ kind: 'begun', resumed: earlier !== null, total, copied: reindex.copied });
    const source: VectorStore | null = request.reEmbed ? null : this.deps.vectors;
    const vectors = new VectorsAgain(this.deps, source);
    const mover = new Mover(this.deps, vectors, new NewStore(stores));
    await mover.copy(reindex, { batch: request.batch, signal, onProgress: (copied) => onEvent({ kind: 'copied', copied }) });
    onEvent({ kind: 'catchingUp' });
    const catchUp = () => mover.catchUp(reindex.models, signal);
    await catchUp();
    onEvent({ kind: 'verifying' });
    const report = await verifyMove({ deps: this.deps, source, target: stores.vectors, vectors, models: reindex.models, catchUp, signal });
    await database.reindexes.verified(reindex.id);
    return report;
  }

  /**
   * Every process is to answer from there: each takes it up by itself, and what they write to the old store until then follows.
   * @throws CONFLICT where somebody has ended the move: what was written since is noted nowhere
   */
  async use(store: StoreInUse): Promise<void> {
    const move = await this.deps.database.reindexes.current();
    if (move?.place !== store.place || move.phase !== 'FOLLOWING') {
      throw conflict(`The move to ${store.provider} (${store.place}) was ended by somebody before it was switched to, so that what has changed since is not in the new store. The program answers from the old one; begin again, with a new collection or index.`);
    }
    await this.deps.database.reindexes.use(store);
  }

  /** What was moved stays where it is; nothing is noted any more. @returns whether there was a move */
  async cancel(): Promise<boolean> {
    const earlier = await this.deps.database.reindexes.current();
    await this.deps.database.reindexes.end();
    return earlier !== null;
  }

  /**
   * Where this program answers from the store that a move led to: what changed between the move's end and the switch is put there
   * now, and for as long as processes may still write to the old one. To be called again and again.
   * @param place of the store that is answered from
   * @param stretchMs what a move that had not ended may take of one call: the program starts, and recovers what failed, between them
   */
  async followUp(place: string, signal: AbortSignal, stretchMs = STRETCH_MS): Promise<void> {
    const begun = await this.deps.database.reindexes.current();
    if (begun === null || begun.place !== place) return;
    if (begun.phase !== 'FOLLOWING') {
      this.deps.logger.warn({ target: begun.target, copied: begun.copied }, 'this store was switched to before "strata reindex" had ended; it is being completed, and searches miss something until then');
    }
    // What a store outside had yet to be told is in the rows, and the database's own indexes have it from there.
    if (this.deps.indexSync === null) await this.deps.database.indexChanges.clear();
    // The old store need not be there any more: what is missing here is computed.
    const mover = new Mover(this.deps, new VectorsAgain(this.deps, this.deps.vectors), new LiveStore(this.deps));
    const { id, phase } = await mover.copy(begun, { batch: 64, signal, until: Date.now() + stretchMs, onProgress: () => undefined });
    const noted = await mover.catchUp(null, signal);
    if (noted > 0) this.deps.logger.info({ noted }, 'the new vector store was told what had changed before it was switched to');
    const seconds = await this.deps.database.reindexes.switched(id);
    if (phase === 'FOLLOWING' && seconds > (noted === 0 ? SWITCHING_SECONDS : LONGEST_SWITCHING_SECONDS)) await this.deps.database.reindexes.end();
  }

  private async begin(request: ReindexRequest, stores: OutsideStores): Promise<Reindex> {
    const { database } = this.deps;
    if (this.deps.indexSync === null) await database.indexChanges.clear();
    if (request.target === 'pgvector') await this.removeStrays(stores);
    else await mustBeEmpty(stores.vectors, await database.reindexes.counts(null), request);
    await database.transaction((tx) => tx.reindexes.begin({ id: uuidv7(), ...request }));
    return (await database.reindexes.current())!;
  }

  /** The database's own indexes may hold what another store was told to remove. */
  private async removeStrays({ keywords }: OutsideStores): Promise<void> {
    const { reindexes } = this.deps.database;
    await reindexes.removeStrayVectors();
    if (keywords === null) return;
    for (;;) {
      const strays = await reindexes.strayWords(1_000);
      if (strays.length === 0) return;
      for (const [tenantId, ofTenant] of Map.groupBy(strays, (stray) => stray.tenantId)) await keywords.remove(tenantId, ofTenant, null);
    }
  }
}

function mustBeTheSame(earlier: Reindex, { target, place, models }: ReindexRequest): void {
  const same = earlier.place === place && (earlier.models ?? []).join() === (models ?? []).join();
  if (same) return;
  if (earlier.switched) {
    throw conflict(`The move to ${earlier.target} (${earlier.place}) was switched to within this hour, and what other processes may still write to the old store follows until then. Where all of them answer from the new one, end that with "strata reindex --cancel", and repeat this.`);
  }
  throw conflict(`A move to ${earlier.target} (${earlier.place}${earlier.models === null ? '' : `, ${earlier.models.join(', ')}`}) has begun, and this one leads to ${target} (${place}). Go on with that one, or end it with "strata reindex --cancel".`);
}

async function mustBeEmpty(store: VectorStore, spaces: readonly { tenantId: string; model: string; dimensions: number }[], { target, place }: ReindexRequest): Promise<void> {
  for (const { tenantId, model, dimensions } of spaces) {
    const count = await store.count(tenantId, { model, dimensions });
    if (count > 0) throw conflict(`The store to move to (${target}, ${place}) holds ${count} vectors of ${model} already. Name a new collection or index in the configuration, or delete that one.`);
  }
}
