import type { HybridStore } from '../../ports/hybrid-store.port.js';
import type { KeywordIndex } from '../../ports/keyword-index.port.js';
import type { MovedEmbedding, MovedPassage, ReindexChange } from '../../ports/repositories/reindex.repository.port.js';
import type { VectorRecord, VectorSpace, VectorStore } from '../../ports/vector-store.port.js';
import { analyzeTerms } from '../search/analysis.js';
import type { ServiceDependencies } from '../shared/dependencies.js';

export type WithVector = MovedEmbedding & { vector: Float32Array };

/** Where entries are moved to. Everything may be repeated. */
export interface MoveTarget {
  put(tenantId: string, passages: readonly MovedPassage[], embeddings: readonly WithVector[]): Promise<void>;
  /** Passages and embeddings whose rows are gone. */
  remove(tenantId: string, gone: readonly ReindexChange[]): Promise<void>;
}

export interface MoveStores {
  vectors: VectorStore;
  /** Null where words stay where they are. */
  keywords: KeywordIndex | null;
  hybrid: HybridStore | null;
}

const spaceOf = ({ model, dimensions }: MovedEmbedding): VectorSpace => ({ model, dimensions });
const recordOf = ({ id, objectId, passageId, vector }: WithVector): VectorRecord => ({ id, objectId, passageId, vector });
const documentsOf = (passages: readonly MovedPassage[]) =>
  passages
    .map(({ id, objectId, ordinal, text }) => ({ passageId: id, objectId, ordinal, terms: analyzeTerms(text) }))
    .filter(({ terms }) => terms.length > 0);

/** A store that the program does not answer from yet: it is told at once. */
export class NewStore implements MoveTarget {
  private readonly spaces = new Set<string>();

  constructor(private readonly stores: MoveStores) {}

  async put(tenantId: string, passages: readonly MovedPassage[], embeddings: readonly WithVector[]): Promise<void> {
    const { vectors, keywords, hybrid } = this.stores;
    for (const embedding of embeddings) await this.ensureSpace(spaceOf(embedding));
    if (hybrid !== null) {
      const byPassage = Map.groupBy(embeddings, ({ passageId }) => passageId);
      const vectorsOf = (found: readonly WithVector[]) => found.map((embedding) => ({ space: spaceOf(embedding), embeddingId: embedding.id, vector: embedding.vector }));
      await hybrid.write(tenantId, [
        ...passages.map(({ id, objectId, text }) => ({ passageId: id, objectId, terms: analyzeTerms(text), vectors: vectorsOf(byPassage.get(id) ?? []) })),
        ...(byPassage.get(null) ?? []).map((moment) => ({ passageId: null, objectId: moment.objectId, terms: [], vectors: vectorsOf([moment]) })),
      ]);
      return;
    }
    const documents = keywords === null ? [] : documentsOf(passages);
    if (documents.length > 0) await keywords!.index(tenantId, documents, null);
    for (const ofSpace of Map.groupBy(embeddings, ({ model }) => model).values()) await vectors.upsert(tenantId, spaceOf(ofSpace[0]!), ofSpace.map(recordOf), null);
  }

  async remove(tenantId: string, gone: readonly ReindexChange[]): Promise<void> {
    const passages = gone.filter(({ kind }) => kind === 'PASSAGE').map(({ id, ordinal }) => ({ passageId: id, ordinal: ordinal! }));
    const embeddings = gone.filter(({ kind }) => kind === 'VECTOR').map(({ id }) => id);
    if (passages.length > 0) await this.stores.keywords?.remove(tenantId, passages, null);
    if (embeddings.length > 0) await this.stores.vectors.remove(tenantId, embeddings, null);
  }

  private async ensureSpace(space: VectorSpace): Promise<void> {
    if (this.spaces.has(space.model)) return;
    await this.stores.vectors.ensureSpace(space);
    this.spaces.add(space.model);
  }
}

type LiveDependencies = Pick<ServiceDependencies, 'database' | 'vectors' | 'keywords' | 'indexSync'>;

/** The store that the program answers from: told as of any other change. */
export class LiveStore implements MoveTarget {
  constructor(private readonly deps: LiveDependencies) {}

  async put(tenantId: string, passages: readonly MovedPassage[], embeddings: readonly WithVector[]): Promise<void> {
    const documents = documentsOf(passages);
    if (documents.length > 0) await this.deps.keywords.index(tenantId, documents, null);
    for (const ofSpace of Map.groupBy(embeddings, ({ model }) => model).values()) {
      await this.deps.vectors.ensureSpace(spaceOf(ofSpace[0]!));
      await this.deps.vectors.upsert(tenantId, spaceOf(ofSpace[0]!), ofSpace.map(recordOf), null);
    }
  }

  async remove(tenantId: string, gone: readonly ReindexChange[]): Promise<void> {
    const { database, vectors, keywords, indexSync } = this.deps;
    const passages = gone.filter(({ kind }) => kind === 'PASSAGE').map(({ id, ordinal }) => ({ passageId: id, ordinal: ordinal! }));
    const embeddings = gone.filter(({ kind }) => kind === 'VECTOR');
    if (indexSync === null) {
      await keywords.remove(tenantId, passages, null);
      await vectors.remove(tenantId, embeddings.map(({ id }) => id), null);
      return;
    }
    await database.transaction(async (tx) => {
      await tx.indexChanges.add(
        tenantId,
        gone.map(({ kind, id, objectId, ordinal }) => (kind === 'PASSAGE' ? { kind, operation: 'REMOVE', id, objectId, ordinal: ordinal! } : { kind, operation: 'REMOVE', id, objectId })),
      );
      await tx.objects.raiseGeneration(tenantId);
    });
    await indexSync.flush(tenantId, [...new Set(gone.map(({ objectId }) => objectId))]);
  }
}
