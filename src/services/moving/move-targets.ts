import type { MovedEmbedding, MovedPassage, ReindexChange } from '../../ports/repositories/reindex.repository.port.js';
import type { VectorRecord, VectorSpace } from '../../ports/vector-store.port.js';
import { OutsideWriter, type OutsideStores } from '../indexing/outside-writer.js';
import { analyzeTerms } from '../search/analysis.js';
import type { ServiceDependencies } from '../shared/dependencies.js';

export type WithVector = MovedEmbedding & { vector: Float32Array };

/** Where entries are moved to. Everything may be repeated. */
export interface MoveTarget {
  put(tenantId: string, passages: readonly MovedPassage[], embeddings: readonly WithVector[]): Promise<void>;
  /** Passages and embeddings whose rows are gone. */
  remove(tenantId: string, gone: readonly ReindexChange[]): Promise<void>;
}

const spaceOf = ({ model, dimensions }: MovedEmbedding): VectorSpace => ({ model, dimensions });
const recordOf = ({ id, objectId, passageId, vector }: WithVector): VectorRecord => ({ id, objectId, passageId, vector });
const documentsOf = (passages: readonly MovedPassage[]) =>
  passages
    .map(({ id, objectId, ordinal, text }) => ({ passageId: id, objectId, ordinal, terms: analyzeTerms(text) }))
    .filter(({ terms }) => terms.length > 0);

/** A store that the program does not answer from yet: it is told at once. */
export class NewStore implements MoveTarget {
  private readonly writer: OutsideWriter;

  constructor(stores: OutsideStores) {
    this.writer = new OutsideWriter(stores);
  }

  put(tenantId: string, passages: readonly MovedPassage[], embeddings: readonly WithVector[]): Promise<void> {
    return this.writer.put(tenantId, passages, embeddings);
  }

  remove(tenantId: string, gone: readonly ReindexChange[]): Promise<void> {
    return this.writer.remove(tenantId, gone.map(({ kind, id, ordinal }) => (kind === 'PASSAGE' ? { kind, id, ordinal: ordinal! } : { kind, id })));
  }
}

type LiveDependencies = Pick<ServiceDependencies, 'database' | 'vectors' | 'keywords' | 'indexSync'>;

/** The store that the program answers from: told as of any other change. */
export class LiveStore implements MoveTarget {
  constructor(private readonly deps: LiveDependencies) {}

  async put(tenantId: string, passages: readonly MovedPassage[], embeddings: readonly WithVector[]): Promise<void> {
    const { database, vectors, keywords } = this.deps;
    const documents = documentsOf(passages);
    const spaces = [...Map.groupBy(embeddings, ({ model }) => model).values()];
    if (documents.length + spaces.length === 0) return;
    for (const ofSpace of spaces) await vectors.ensureSpace(spaceOf(ofSpace[0]!));
    // Together: a store that holds both replaces a passage whole, and would be without its vectors in between.
    await database.transaction(async (tx) => {
      if (documents.length > 0) await keywords.index(tenantId, documents, tx);
      for (const ofSpace of spaces) await vectors.upsert(tenantId, spaceOf(ofSpace[0]!), ofSpace.map(recordOf), tx);
      await tx.objects.raiseGeneration(tenantId);
    });
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
