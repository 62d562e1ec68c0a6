import type { MovedEmbedding, MovedPassage, Reindex, ReindexChange } from '../../ports/repositories/reindex.repository.port.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import type { MoveTarget } from './move-targets.js';
import type { VectorsAgain } from './vectors-again.js';

const CHANGES_A_ROUND = 500;
const FIRST = '00000000-0000-0000-0000-000000000000';

export interface MoveOptions {
  /** Passages, or moments of media, at once. */
  batch: number;
  signal: AbortSignal;
  /** The batch under way at this moment, in ms since the epoch, is the last. To the end where it is left out. */
  until?: number;
  onProgress(copied: number): void;
}

/** Moves all there is, in the order of ids, and then what has changed meanwhile. Killed anywhere, it goes on where its last batch ended. */
export class Mover {
  constructor(
    private readonly deps: Pick<ServiceDependencies, 'database'>,
    private readonly vectors: VectorsAgain,
    private readonly target: MoveTarget,
  ) {}

  /** @returns the move as far as it went; in its last phase where all is copied */
  async copy(begun: Reindex, options: MoveOptions): Promise<Reindex> {
    let reindex = begun;
    while (reindex.phase !== 'FOLLOWING') {
      options.signal.throwIfAborted();
      const next = reindex.phase === 'PASSAGES' ? await this.somePassages(reindex, options) : await this.someMoments(reindex, options);
      await this.deps.database.reindexes.advance(reindex.id, next);
      reindex = { ...reindex, ...next };
      options.onProgress(reindex.copied);
      if (options.until !== undefined && Date.now() >= options.until) break;
    }
    return reindex;
  }

  /** Works off what was noted, until nothing is left. @returns how many notes there were */
  async catchUp(models: Reindex['models'], signal: AbortSignal): Promise<number> {
    const { reindexes } = this.deps.database;
    for (let total = 0; ; ) {
      signal.throwIfAborted();
      const changes = await reindexes.changes(CHANGES_A_ROUND);
      if (changes.length === 0) return total;
      for (const [tenantId, ofTenant] of Map.groupBy(changes, (change) => change.tenantId)) await this.apply(tenantId, ofTenant, models, signal);
      await reindexes.settle(changes.map(({ sequence }) => sequence));
      total += changes.length;
    }
  }

  /** By what is there now: a row that is there is put, whatever was noted of it, and one that is not is removed. */
  private async apply(tenantId: string, changes: readonly ReindexChange[], models: Reindex['models'], signal: AbortSignal): Promise<void> {
    const { reindexes } = this.deps.database;
    const idsOf = (kind: ReindexChange['kind']) => [...new Set(changes.filter((change) => change.kind === kind).map(({ id }) => id))];
    const embeddings = await reindexes.findEmbeddings(idsOf('VECTOR'), models);
    // A passage is put whole: its words, and its vectors of all models.
    const passageIds = new Set([...idsOf('PASSAGE'), ...embeddings.flatMap(({ passageId }) => passageId ?? [])]);
    const passages = await reindexes.findPassages([...passageIds]);
    const there = new Set([...embeddings.map(({ id }) => id), ...passages.map(({ id }) => id)]);
    // One that is of another model is not asked for; it is not in the new store either.
    const gone = changes.filter(({ id }) => !there.has(id));
    if (gone.length > 0) await this.target.remove(tenantId, [...new Map(gone.map((change) => [change.id, change])).values()]);
    await this.put(tenantId, passages, models, signal);
    await this.putMoments(tenantId, embeddings.filter(({ passageId }) => passageId === null), signal);
  }

  private async somePassages({ cursor, copied, models }: Reindex, { batch, signal }: MoveOptions): Promise<Pick<Reindex, 'phase' | 'cursor' | 'copied'>> {
    const passages = await this.deps.database.reindexes.passagesAfter(cursor, batch);
    if (passages.length === 0) return { phase: 'MOMENTS', cursor: FIRST, copied };
    let moved = 0;
    for (const [tenantId, ofTenant] of Map.groupBy(passages, (passage) => passage.tenantId)) moved += await this.put(tenantId, ofTenant, models, signal);
    return { phase: 'PASSAGES', cursor: passages.at(-1)!.id, copied: copied + moved };
  }

  private async someMoments({ cursor, copied, models }: Reindex, { batch, signal }: MoveOptions): Promise<Pick<Reindex, 'phase' | 'cursor' | 'copied'>> {
    const moments = await this.deps.database.reindexes.momentsAfter(cursor, batch, models);
    if (moments.length === 0) return { phase: 'FOLLOWING', cursor: FIRST, copied };
    let moved = 0;
    for (const [tenantId, ofTenant] of Map.groupBy(moments, (moment) => moment.tenantId)) moved += await this.putMoments(tenantId, ofTenant, signal);
    return { phase: 'MOMENTS', cursor: moments.at(-1)!.id, copied: copied + moved };
  }

  private async put(tenantId: string, passages: readonly MovedPassage[], models: Reindex['models'], signal: AbortSignal): Promise<number> {
    if (passages.length === 0) return 0;
    const embeddings = await this.deps.database.reindexes.embeddingsOfPassages(passages.map(({ id }) => id), models);
    const vectors = await this.vectors.of(tenantId, embeddings, passages, signal);
    await this.target.put(tenantId, passages, vectors);
    return vectors.length;
  }

  private async putMoments(tenantId: string, moments: readonly MovedEmbedding[], signal: AbortSignal): Promise<number> {
    if (moments.length === 0) return 0;
    const vectors = await this.vectors.of(tenantId, moments, [], signal);
    await this.target.put(tenantId, [], vectors);
    return vectors.length;
  }
}
