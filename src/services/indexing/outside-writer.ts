import type { HybridStore, PassageRecord } from '../../ports/hybrid-store.port.js';
import type { KeywordIndex } from '../../ports/keyword-index.port.js';
import type { VectorRecord, VectorStore } from '../../ports/vector-store.port.js';
import { analyzeTerms } from '../search/analysis.js';

/** Indexes outside the database. */
export interface OutsideStores {
  vectors: VectorStore;
  /** Null where words are ranked in the database. */
  keywords: KeywordIndex | null;
  /** Where one store holds both. */
  hybrid: HybridStore | null;
}

export interface PassageToWrite {
  id: string;
  objectId: string;
  ordinal: number;
  text: string;
}
export type VectorToWrite = VectorRecord & { model: string };

const spaceOf = ({ model, vector }: VectorToWrite) => ({ model, dimensions: vector.length });

/** Tells stores outside the database of entries. Everything may be repeated. */
export class OutsideWriter {
  constructor(private readonly stores: OutsideStores) {}

  /** A passage and its vectors together; vectors whose passage is not among these are added to what the store has of it. */
  async put(tenantId: string, passages: readonly PassageToWrite[], embeddings: readonly VectorToWrite[]): Promise<void> {
    const { vectors, keywords, hybrid } = this.stores;
    for (const [first] of byModel(embeddings)) await vectors.ensureSpace(spaceOf(first!));
    const rest = hybrid === null ? embeddings : await putTogether(hybrid, tenantId, passages, embeddings);
    if (hybrid === null && keywords !== null) {
      const documents = passages.map(({ id, objectId, ordinal, text }) => ({ passageId: id, objectId, ordinal, terms: analyzeTerms(text) })).filter(({ terms }) => terms.length > 0);
      if (documents.length > 0) await keywords.index(tenantId, documents, null);
    }
    for (const ofModel of byModel(rest)) {
      await vectors.upsert(tenantId, spaceOf(ofModel[0]!), ofModel.map(({ id, objectId, passageId, vector }) => ({ id, objectId, passageId, vector })), null);
    }
  }

  async remove(tenantId: string, gone: readonly ({ kind: 'PASSAGE'; id: string; ordinal: number } | { kind: 'VECTOR'; id: string })[]): Promise<void> {
    const passages = gone.flatMap((entry) => (entry.kind === 'PASSAGE' ? { passageId: entry.id, ordinal: entry.ordinal } : []));
    const vectors = gone.flatMap(({ kind, id }) => (kind === 'VECTOR' ? id : []));
    if (passages.length > 0) await this.stores.keywords?.remove(tenantId, passages, null);
    if (vectors.length > 0) await this.stores.vectors.remove(tenantId, vectors, null);
  }
}

const byModel = (embeddings: readonly VectorToWrite[]) => [...Map.groupBy(embeddings, ({ model }) => model).values()];

/** @returns the vectors of passages that the store has already */
async function putTogether(hybrid: HybridStore, tenantId: string, passages: readonly PassageToWrite[], embeddings: readonly VectorToWrite[]): Promise<VectorToWrite[]> {
  const byPassage = Map.groupBy(embeddings, ({ passageId }) => passageId);
  const vectorsOf = (found: readonly VectorToWrite[]) => found.map((embedding) => ({ space: spaceOf(embedding), embeddingId: embedding.id, vector: embedding.vector }));
  const records = passages.map(({ id, objectId, text }): PassageRecord => ({ passageId: id, objectId, terms: analyzeTerms(text), vectors: vectorsOf(byPassage.get(id) ?? []) }));
  const moments = (byPassage.get(null) ?? []).map((embedding): PassageRecord => ({ passageId: null, objectId: embedding.objectId, terms: [], vectors: vectorsOf([embedding]) }));
  if (records.length + moments.length > 0) await hybrid.write(tenantId, [...records, ...moments]);
  const written = new Set(passages.map(({ id }) => id));
  return embeddings.filter(({ passageId }) => passageId !== null && !written.has(passageId));
}
