import { v7 as uuidv7 } from 'uuid';
import type { Embedding, Passage } from '../../domain/model.js';
import type { Transaction } from '../../ports/database.port.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { VectorRecord } from '../../ports/vector-store.port.js';
import type { ServiceDependencies } from '../shared/dependencies.js';

type NewPassage = Omit<Passage, 'ordinal'>;

/** A vector on its way in: of a passage, or where that is null of the medium itself. */
export interface NewVector {
  objectId: string;
  passageId: string | null;
  model: EmbeddingModel;
  vector: Float32Array;
  /** What the embedding says beside the model's revision. */
  details: Embedding['metadata'];
}

/** Passages, words and vectors of one tenant that one transaction writes, whoever made them. */
export class NewContent {
  private readonly passages: NewPassage[] = [];
  private readonly terms = new Map<string, readonly string[]>();
  private readonly embeddings: Omit<Embedding, 'createdAt'>[] = [];
  private readonly records = new Map<EmbeddingModel, VectorRecord[]>();

  constructor(private readonly tenantId: string) {}

  /** @returns its id */
  addPassage(passage: Omit<NewPassage, 'id' | 'tenantId'>, terms: readonly string[]): string {
    const id = uuidv7();
    this.passages.push({ ...passage, id, tenantId: this.tenantId });
    this.terms.set(id, terms);
    return id;
  }

  addVector({ objectId, passageId, model, vector, details }: NewVector): void {
    const id = uuidv7();
    const metadata = { ...details, revision: model.revision };
    this.embeddings.push({ id, tenantId: this.tenantId, objectId, passageId, modelName: model.name, dimensions: vector.length, vectorDbId: id, metadata });
    const ofModel = this.records.get(model) ?? [];
    ofModel.push({ id, objectId, passageId, vector });
    this.records.set(model, ofModel);
  }

  /** The caller holds the objects locked. What does not need the answer to what is before it is sent at once: others wait for this transaction. */
  async write({ vectors, keywords }: Pick<ServiceDependencies, 'vectors' | 'keywords'>, tx: Transaction): Promise<void> {
    const words = async (keys: Awaited<ReturnType<typeof tx.passages.insert>>) => {
      const documents = keys
        .map(({ id, ordinal, objectId }) => ({ passageId: id, ordinal, objectId, terms: this.terms.get(id)! }))
        .filter(({ terms }) => terms.length > 0);
      if (documents.length > 0) await keywords.index(this.tenantId, documents, tx);
    };
    await Promise.all([
      tx.passages.insert(this.passages).then(words),
      tx.embeddings.insert(this.embeddings),
      ...[...this.records].map(([{ name, dimensions }, ofModel]) => vectors.upsert(this.tenantId, { model: name, dimensions }, ofModel, tx)),
    ]);
  }
}
