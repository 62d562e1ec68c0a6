import { isStrataError, type StrataError } from '../../domain/errors.js';
import type { DataType, Embedding, Viewer } from '../../domain/model.js';
import { usualMatchCosines } from '../../domain/match-cosines.js';
import { usualCosine } from '../../domain/near-duplicates.js';
import { requireRole } from '../../domain/roles.js';
import type { VectorSpace } from '../../ports/vector-store.port.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { inOrder } from '../shared/pages.js';

type Vector = ArrayLike<number> | null;

export interface EmbeddingModelInfo {
  name: string;
  modalities: readonly DataType[];
  dimensions: number;
  active: boolean;
  searched: boolean;
  available: boolean;
  /** From which cosine two objects are near duplicates in its space, where nobody asks for another. */
  duplicateCosine: number;
  /** From which cosine a saved search finds an object in its space by likeness, where it asks for no other. */
  likenessCosine: number;
  /** The same by words; null where it reads none. */
  wordsCosine: number | null;
  setting: string;
  description: string;
}

/** Rows that say which vectors there are, and the vectors themselves from where they are kept. */
export class EmbeddingService {
  constructor(private readonly deps: Pick<ServiceDependencies, 'database' | 'vectors' | 'embedder'>) {}

  async byIds(viewer: Viewer, ids: readonly string[]): Promise<(Embedding | null)[]> {
    requireRole(viewer, 'reader');
    return inOrder(ids, await this.deps.database.embeddings.findByIds(viewer.tenantId, ids));
  }

  async forObjects(viewer: Viewer, objectIds: readonly string[], model: string | null): Promise<Embedding[][]> {
    requireRole(viewer, 'reader');
    const groups = new Map<string, Embedding[]>(objectIds.map((id) => [id, []]));
    for (const embedding of await this.deps.database.embeddings.findByObjects(viewer.tenantId, objectIds, model)) {
      groups.get(embedding.objectId)?.push(embedding);
    }
    return objectIds.map((id) => groups.get(id)!);
  }

  /** One read a model; where the store is out of reach, an error for each embedding of that model and no others. */
  async vectors(viewer: Viewer, embeddings: readonly Embedding[]): Promise<(Vector | StrataError)[]> {
    requireRole(viewer, 'reader');
    const spaces = new Map<string, { space: VectorSpace; ids: string[] }>();
    for (const embedding of embeddings) {
      const space = { model: embedding.modelName, dimensions: embedding.dimensions };
      const entry = spaces.get(spaceKey(embedding)) ?? { space, ids: [] };
      entry.ids.push(embedding.id);
      spaces.set(spaceKey(embedding), entry);
    }
    const reads = await Promise.all([...spaces].map(async ([key, { space, ids }]) => [key, await this.fetch(viewer, space, ids)] as const));
    const read = new Map(reads);
    return embeddings.map((embedding) => {
      const vectors = read.get(spaceKey(embedding))!;
      return isStrataError(vectors) ? vectors : (vectors.get(embedding.id) ?? null);
    });
  }

  async models(viewer: Viewer): Promise<EmbeddingModelInfo[]> {
    requireRole(viewer, 'reader');
    return this.deps.embedder.models().map((model) => {
      const { name, modalities, dimensions, active, searched = active, available, setting, description } = model;
      const { words, likeness } = usualMatchCosines(model);
      const cosines = { duplicateCosine: usualCosine(model), likenessCosine: likeness, wordsCosine: model.readsWords ? words : null };
      return { name, modalities: [...modalities], dimensions, active, searched, available, ...cosines, setting, description };
    });
  }

  private async fetch(viewer: Viewer, space: VectorSpace, ids: readonly string[]): Promise<Map<string, Float32Array> | StrataError> {
    try {
      return await this.deps.vectors.fetch(viewer.tenantId, space, ids);
    } catch (error) {
      if (isStrataError(error)) return error;
      throw error;
    }
  }
}

/** A model's dimensions may have changed since some of its vectors were made. */
const spaceKey = (embedding: Embedding) => `${embedding.modelName} ${embedding.dimensions}`;
