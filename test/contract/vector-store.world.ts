import { randomUUID } from 'node:crypto';
import type { VectorQuery, VectorRecord, VectorSpace, VectorStore } from '../../src/ports/vector-store.port.js';
import type { SearchObjects } from '../support/search-objects.js';

export interface VectorStoreFixture {
  /** Another client of the same store each time. @param spaces of the models that it takes to be here */
  store(spaces?: readonly VectorSpace[]): VectorStore;
  objects: SearchObjects;
  /** Where reads lag behind the writes of other clients: makes them all seen. */
  settle?(): void | Promise<void>;
}

export const freshSpace = (dimensions: number): VectorSpace => ({ model: `model/${randomUUID()}`, dimensions });

/** A tenant's objects, and a space of its own for their vectors. */
export class World {
  private constructor(
    readonly store: VectorStore,
    readonly tenant: string,
    readonly space: VectorSpace,
    readonly objectIds: string[],
  ) {}

  static async create({ store, objects }: VectorStoreFixture, count: number, space = freshSpace(3)): Promise<World> {
    const tenant = objects.freshTenant();
    const ids = await objects.add(
      tenant,
      Array.from({ length: count }, (_, i) => ({ metadata: { even: i % 2 === 0 } })),
    );
    const client = store();
    await client.ensureSpace(space);
    return new World(client, tenant, space, ids);
  }
  /** With a vector each, ever farther from the one that is asked for. */
  static async ofThirty(fixture: VectorStoreFixture) {
    const world = await World.create(fixture, 30);
    await world.store.upsert(
      world.tenant,
      world.space,
      world.objectIds.map((_, i) => world.record(i, [1, i / 30, 0])),
      null,
    );
    return { world, even: world.objectIds.filter((_, i) => i % 2 === 0) };
  }

  record(object: number, vector: readonly number[]): VectorRecord {
    return {
      id: randomUUID(),
      objectId: this.objectIds[object]!,
      passageId: object % 2 === 0 ? randomUUID() : null,
      vector: Float32Array.from(vector),
    };
  }

  search(query: Partial<VectorQuery>) {
    return this.store.search({
      tenantId: this.tenant,
      space: this.space,
      vector: [1, 0, 0],
      limit: 10,
      filter: null,
      objectIds: null,
      ...query,
    });
  }
}
