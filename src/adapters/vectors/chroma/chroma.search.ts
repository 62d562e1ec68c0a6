import type { Where } from 'chromadb';
import type { VectorHit, VectorQuery } from '../../../ports/vector-store.port.js';
import { batches } from '../../../domain/batches.js';
import { asCosine, byScore, keepBest } from '../vector-hits.js';
import type { ChromaConnection } from './chroma.connection.js';
import { unit, type RecordMetadata } from './chroma.records.js';

/** Ids in one filter: SQLite, below Chroma, takes 32,766 values a statement. */
const IDS_A_FILTER = 10_000;
/** Nearest vectors asked at once, at most; beyond that, the objects that are found already are left out instead. */
const LARGEST_ASKING = 5_000;
/** Vectors a page, where all are looked at. */
const VECTORS_A_PAGE = 1_000;

/** The best vector of each object, in one collection. */
export class ChromaSearch {
  private readonly direction: number[];

  constructor(
    private readonly connection: ChromaConnection,
    private readonly collection: string,
    private readonly query: VectorQuery,
  ) {
    this.direction = unit(query.vector);
  }

  async run(): Promise<VectorHit[]> {
    const { objectIds, exceptObjectId, limit } = this.query;
    if (objectIds === null) return this.nearest(null);
    const wanted = [...new Set(objectIds)].filter((id) => id !== exceptObjectId);
    const best: VectorHit[] = [];
    for (const batch of batches(wanted, IDS_A_FILTER)) best.push(...(await this.nearest({ objectId: { $in: batch } })));
    return best.sort(byScore).slice(0, limit);
  }

  /** Asks deeper until there are enough objects: several vectors belong to one. */
  private async nearest(where: Where | null): Promise<VectorHit[]> {
    const { limit } = this.query;
    const best = new Map<string, VectorHit>();
    let size = Math.ceil(limit * 1.5) + 16;
    for (;;) {
      // Those found before are left out only where asking for more has come to its end: a filter costs more than depth.
      const found = [...best.keys()].slice(0, size > LARGEST_ASKING ? IDS_A_FILTER : 0);
      const asking = Math.min(size, LARGEST_ASKING);
      const condition = and(where, found.length > 0 ? { objectId: { $nin: found } } : null);
      const given = await this.ask(condition, asking);
      this.keep(best, given);
      if (best.size >= limit) break;
      // Either the index reaches no more, and that is nearly always all that there is; or no filter can name what is found.
      const isMissing = given.length < asking ? given.length < (await this.count(condition)) : found.length === IDS_A_FILTER;
      if (isMissing) await this.lookAtAll(where, best);
      if (isMissing || given.length < asking) break;
      // As many as are missing at the rate so far, and some more.
      size = Math.max(size + 1, Math.ceil((size * limit * 1.3) / Math.max(1, best.size)));
    }
    return [...best.values()].sort(byScore).slice(0, limit);
  }

  private async ask(where: Where | null, nResults: number): Promise<VectorHit[]> {
    const answer = await this.connection.read(
      (client) =>
        client.collection(this.collection).query<RecordMetadata>({
          queryEmbeddings: [this.direction],
          nResults,
          ...(where === null ? {} : { where }),
          include: ['metadatas', 'distances'],
        }),
      this.query.signal,
    );
    return answer.ids[0]!.map((id, i) => hitOf(id, answer.metadatas[0]![i]!, 1 - answer.distances[0]![i]!));
  }

  private count(where: Where | null): Promise<number> {
    return this.connection.read(async (client) => {
      const collection = client.collection(this.collection);
      return where === null ? collection.count() : (await collection.get({ where, include: [] })).ids.length;
    }, this.query.signal);
  }

  private async lookAtAll(where: Where | null, best: Map<string, VectorHit>): Promise<void> {
    for (let offset = 0; ; offset += VECTORS_A_PAGE) {
      const page = await this.connection.read(
        (client) =>
          client.collection(this.collection).get<RecordMetadata>({
            ...(where === null ? {} : { where }),
            include: ['embeddings', 'metadatas'],
            limit: VECTORS_A_PAGE,
            offset,
          }),
        this.query.signal,
      );
      this.keep(best, page.ids.map((id, i) => hitOf(id, page.metadatas[i]!, product(page.embeddings[i]!, this.direction))));
      if (page.ids.length < VECTORS_A_PAGE) return;
    }
  }

  private keep(best: Map<string, VectorHit>, hits: readonly VectorHit[]): void {
    for (const hit of hits) if (hit.objectId !== this.query.exceptObjectId) keepBest(best, hit, this.query.perObject);
  }
}

function hitOf(id: string, { objectId, passageId }: RecordMetadata, cosine: number): VectorHit {
  return { id, objectId, passageId: passageId === '' ? null : passageId, score: asCosine(cosine) };
}

function and(left: Where | null, right: Where | null): Where | null {
  return left === null ? right : right === null ? left : { $and: [left, right] };
}

function product(left: readonly number[], right: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += left[i]! * right[i]!;
  return sum;
}
