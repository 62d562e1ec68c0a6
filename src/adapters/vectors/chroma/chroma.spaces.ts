import { createHash } from 'node:crypto';
import type { ChromaClient, Collection } from 'chromadb';
import { internal } from '../../../domain/errors.js';
import type { VectorSpace } from '../../../ports/vector-store.port.js';
import { inTheWay } from '../refusals.js';
import { notThere, otherDimensions } from '../space-errors.js';
import type { ChromaConnection } from './chroma.connection.js';
import { isGone } from './chroma.errors.js';

const MOST_REMEMBERED = 10_000;
/** Spaces are models: a handful. */
const SPACES_A_PAGE = 1_000;

/**
 * Unit vectors by their inner product, which is their cosine. Chroma's own `cosine` keeps vectors scaled and gives them back
 * changed in their last bits. The lists are longer than the defaults: see the decision record for what they find.
 */
const INDEX = { space: 'ip', ef_construction: 200, ef_search: 1_000, max_neighbors: 32 } as const;

/** Which models there are: one collection of one record a model. And where a tenant's vectors of a model are: a collection each. */
export class ChromaSpaces {
  private registry: string | undefined;
  private readonly dimensions = new Map<string, number>();
  private readonly collections = new Map<string, string>();

  constructor(private readonly connection: ChromaConnection) {}

  /** The first one to add the record of a model has said its dimensions: Chroma ignores a second record of the same id. */
  async ensure(space: VectorSpace): Promise<void> {
    if (await this.find(space)) return;
    const { model, dimensions } = space;
    await this.inRegistry(true, (registry) =>
      this.connection.write((client) =>
        client.collection(registry).add({ ids: [digest(model)], embeddings: [[1]], metadatas: [{ model, dimensions }] }),
      ),
    );
    if (!(await this.find(space))) throw notThere(space);
  }

  /** @throws CONFLICT where it has other dimensions */
  async find(space: VectorSpace): Promise<boolean> {
    if (!this.dimensions.has(space.model)) await this.all();
    const known = this.dimensions.get(space.model);
    if (known !== undefined && known !== space.dimensions) throw otherDimensions(space, known);
    return known !== undefined;
  }

  /** @throws CONFLICT where the list of models is not ours, or where a model that is here has vectors of other dimensions there */
  async check(): Promise<void> {
    await this.all();
    for (const { model, dimensions } of this.connection.expected) {
      const known = this.dimensions.get(model);
      if (known !== undefined && known !== dimensions) throw otherDimensions({ model, dimensions }, known);
    }
  }

  /** Every model that there is now: another process may have made one. */
  async all(): Promise<string[]> {
    const models: string[] = [];
    for (let offset = 0; ; offset += SPACES_A_PAGE) {
      const page = await this.inRegistry(false, (registry) =>
        this.connection.read((client) =>
          client.collection(registry).get<{ model: string; dimensions: number }>({ include: ['metadatas'], limit: SPACES_A_PAGE, offset }),
        ),
      );
      for (const { model, dimensions } of (page?.metadatas ?? []).filter((metadata) => metadata !== null)) {
        this.dimensions.set(model, dimensions);
        models.push(model);
      }
      if ((page?.ids.length ?? 0) < SPACES_A_PAGE) return models;
    }
  }

  /**
   * Works with the collection of a tenant and a model, by its id; null where there is none. One that was deleted and made again
   * has another id than the one remembered: then the work is done once more.
   */
  async within<Answer>(tenantId: string, model: string, make: boolean, work: (collection: string) => Promise<Answer>): Promise<Answer | null> {
    const key = JSON.stringify([tenantId, model]);
    const remembered = this.collections.get(key);
    if (remembered !== undefined) {
      try {
        return await work(remembered);
      } catch (error) {
        if (!isGone(error)) throw error;
        this.collections.delete(key);
      }
    }
    const collection = await this.open(vectorsName(this.connection.collectionPrefix, tenantId, model), { strata: 'vectors', tenant: tenantId, model }, make);
    if (collection === null) return null;
    if (this.collections.size >= MOST_REMEMBERED) this.collections.clear();
    this.collections.set(key, collection);
    try {
      return await work(collection);
    } catch (error) {
      // Deleted between the two requests.
      if (!isGone(error)) throw error;
      this.collections.delete(key);
      throw internal('A collection of Chroma vanished while it was used.', error);
    }
  }

  private async inRegistry<Answer>(make: boolean, work: (registry: string) => Promise<Answer>): Promise<Answer | null> {
    const fresh = this.registry === undefined;
    this.registry ??= (await this.open(`${this.connection.collectionPrefix}-spaces`, { strata: 'spaces' }, make)) ?? undefined;
    if (this.registry === undefined) return null;
    try {
      return await work(this.registry);
    } catch (error) {
      if (!isGone(error)) throw error;
      this.registry = undefined;
      if (fresh) throw internal('The list of spaces in Chroma vanished while it was used.', error);
      return this.inRegistry(make, work);
    }
  }

  /** What can only be made is never missing; so it may be somebody else who says so. */
  private async gone(error: unknown): Promise<never> {
    if (isGone(error)) await this.connection.check();
    throw isGone(error) ? internal('Chroma says that it has no place for a new collection.', error) : error;
  }

  private async open(name: string, mark: Mark, make: boolean): Promise<string | null> {
    const collection = make
      ? await this.connection.write((client) =>
          client.getOrCreateCollection({ name, metadata: { ...mark }, configuration: { hnsw: { ...INDEX } }, embeddingFunction: null }),
        ).catch((error: unknown) => this.gone(error))
      : await this.connection.read((client) => existing(client, name));
    if (collection === null) await this.connection.confirm();
    if (collection !== null && !isOurs(collection, mark)) {
      throw inTheWay(
        `Chroma has a collection "${name}" that somebody else made. Set "vector_database.chroma.collection_prefix" to one that is free, or remove that collection.`,
      );
    }
    return collection?.id ?? null;
  }
}

/** In the metadata of a collection: that it is ours, and whose vectors it holds. */
type Mark = { strata: 'spaces' } | { strata: 'vectors'; tenant: string; model: string };

async function existing(client: ChromaClient, name: string): Promise<Collection | null> {
  try {
    return await client.getCollection({ name });
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}

function isOurs({ metadata, configuration }: Collection, mark: Mark): boolean {
  // A server of one machine builds HNSW, a distributed one SPANN.
  const space = configuration.hnsw?.space ?? configuration.spann?.space;
  return space === INDEX.space && Object.entries(mark).every(([key, value]) => metadata?.[key] === value);
}

/** 3 to 63 letters, digits, dots, dashes and underscores, as every version of Chroma takes them; the digest tells the names apart. */
function vectorsName(prefix: string, tenantId: string, model: string): string {
  const slug = model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 12);
  return `${prefix}-${slug}-${digest(JSON.stringify([tenantId, model])).slice(0, 16)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
