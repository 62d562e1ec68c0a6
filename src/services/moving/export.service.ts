import type { ObjectFilter } from '../../domain/filters.js';
import { packedVector } from '../../domain/packed-vector.js';
import type { AggregationLine, EmbeddingLine, ObjectParts, Place } from '../../ports/repositories/transfer.repository.port.js';
import type { ServiceDependencies } from '../shared/dependencies.js';

/** Raised when an older program could not read what a newer one wrote. */
export const EXPORT_FORMAT = 1;
const OBJECTS_A_PAGE = 50;
const AGGREGATIONS_A_PAGE = 50;

export type ExportedObject = Omit<ObjectParts, 'embeddings'> & { embeddings: EmbeddingLine[] };

export interface ExportModel {
  name: string;
  revision: string;
  dimensions: number;
}

export interface ExportChoice {
  /** Null: all. */
  tenantId: string | null;
  filter: ObjectFilter | null;
  vectors: boolean;
}

/** What an installation holds, page by page, in an order that does not change. */
export class ExportService {
  constructor(private readonly deps: Pick<ServiceDependencies, 'database' | 'vectors' | 'embedder'>) {}

  /** Those that objects are embedded with now: what their vectors can be used with. */
  models(): ExportModel[] {
    return this.deps.embedder
      .models()
      .filter(({ active, available }) => active && available)
      .map(({ name, revision, dimensions }) => ({ name, revision, dimensions }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  async objects({ tenantId, filter, vectors }: ExportChoice, after: Place | null): Promise<{ objects: ExportedObject[]; next: Place | null }> {
    const parts = this.ofTheseModels(await this.deps.database.transfer.page(tenantId, filter, after, OBJECTS_A_PAGE));
    const stored = vectors ? await this.vectorsOf(parts) : new Map<string, Float32Array>();
    const objects = parts.map(({ embeddings, passages, ...rest }): ExportedObject => {
      // All of an object's vectors, or none: half of them would be taken for all of them.
      const isWhole = vectors && embeddings.every(({ id }) => stored.has(id));
      if (!isWhole) return { ...rest, passages: [], embeddings: [] };
      return { ...rest, passages, embeddings: embeddings.map((embedding) => ({ ...embedding, vector: packedVector(stored.get(embedding.id)!) })) };
    });
    const last = parts.at(-1)?.object;
    return { objects, next: last === undefined ? null : { tenantId: last.tenantId, id: last.id } };
  }

  async aggregations(tenantId: string | null, after: Place | null): Promise<{ aggregations: AggregationLine[]; next: Place | null }> {
    const aggregations = await this.deps.database.transfer.aggregations(tenantId, after, AGGREGATIONS_A_PAGE);
    const last = aggregations.at(-1);
    return { aggregations, next: last === undefined ? null : { tenantId: last.tenantId, id: last.id } };
  }

  /** Vectors of a model that is not configured any more are of no use to anybody else, and may be in no store. */
  private ofTheseModels(parts: readonly ObjectParts[]): ObjectParts[] {
    const spaces = new Set(this.models().map(({ name, dimensions }) => `${dimensions} ${name}`));
    return parts.map(({ embeddings, ...rest }) => ({ ...rest, embeddings: embeddings.filter(({ model, dimensions }) => spaces.has(`${dimensions} ${model}`)) }));
  }

  private async vectorsOf(parts: readonly ObjectParts[]): Promise<Map<string, Float32Array>> {
    const found = new Map<string, Float32Array>();
    const wanted = parts.flatMap(({ object, embeddings }) => embeddings.map((embedding) => ({ ...embedding, tenantId: object.tenantId })));
    for (const ofSpace of Map.groupBy(wanted, ({ tenantId, model, dimensions }) => `${tenantId} ${dimensions} ${model}`).values()) {
      const { tenantId, model, dimensions } = ofSpace[0]!;
      for (const [id, vector] of await this.deps.vectors.fetch(tenantId, { model, dimensions }, ofSpace.map((each) => each.id))) found.set(id, vector);
    }
    return found;
  }
}
