import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import weaviate, { type WeaviateClass } from 'weaviate-client';
import type { VectorSpace } from '../../../ports/vector-store.port.js';
import { otherDimensions } from '../space-errors.js';
import type { WeaviateConnection } from './weaviate.connection.js';
import { isLostRace, isNothingThere, notOurs } from './weaviate.errors.js';

const { configure } = weaviate;

/** What is stored of one passage, or of one moment of a medium. Its id is the passage's, or else the embedding's. */
export type PassageProperties = {
  objectId: string;
  passageId?: string;
  /** The embeddings that stand for it, and the named vector of each, in the same order. */
  embeddings?: string[];
  spaces?: string[];
  /** Analysed, as `storedTerms` writes them; empty where no words are found by it. */
  terms?: string;
};

const PROPERTIES = [
  { name: 'objectId', dataType: 'uuid', indexFilterable: true },
  { name: 'passageId', dataType: 'uuid', indexFilterable: false },
  { name: 'embeddings', dataType: 'uuid[]', indexFilterable: true },
  { name: 'spaces', dataType: 'text[]', tokenization: 'field', indexFilterable: true, indexSearchable: false },
  { name: 'terms', dataType: 'text', tokenization: 'whitespace', indexFilterable: false, indexSearchable: true },
] as const;
const BM25 = { k1: 1.2, b: 0.75 };
/** Everyone who adds a space at once with us comes first once. */
const MOST_RACES_LOST = 50;

/** The one collection, and its named vectors: one a space. Made by whoever needs it first; many may try at once. */
export class WeaviateCollection {
  readonly name: string;
  /** The named vectors, or null where the collection is not known to be there. */
  private vectors: readonly string[] | null = null;

  constructor(
    private readonly connection: WeaviateConnection,
    prefix: string,
    private readonly spaces: readonly VectorSpace[],
  ) {
    this.name = `${prefix.slice(0, 1).toUpperCase()}${prefix.slice(1)}Passage`;
  }

  /** The space's named vector, or null where there is none yet. @throws CONFLICT where it has other dimensions */
  async find(space: VectorSpace): Promise<string | null> {
    return vectorOf(space, this.vectors ?? []) ?? vectorOf(space, (await this.look()) ?? []);
  }

  async isThere(): Promise<boolean> {
    return this.vectors !== null || (await this.look()) !== null;
  }

  /** All named vectors that there are now: another process may have added one. */
  async allVectors(): Promise<readonly string[]> {
    return (await this.look()) ?? [];
  }

  /** @throws CONFLICT where it is not ours, or where a model that is here has vectors of other dimensions there */
  async check(): Promise<void> {
    const vectors = await this.allVectors();
    for (const space of this.spaces) vectorOf(space, vectors);
  }

  /** Answers the space's named vector. */
  async ensureSpace(space: VectorSpace): Promise<string> {
    return this.until(() => this.find(space), space);
  }

  async ensure(): Promise<void> {
    await this.until(async () => ((await this.isThere()) ? '' : null), null);
  }

  private async until(find: () => Promise<string | null>, wanted: VectorSpace | null): Promise<string> {
    for (let lost = 0; ;) {
      const found = await find();
      if (found !== null) return found;
      try {
        await this.connection.run(({ client }) => this.make(client, wanted));
      } catch (error) {
        const cause = error instanceof Error ? error.cause : null;
        if (!isLostRace(cause) || (lost += 1) > MOST_RACES_LOST) throw error;
        await wait(Math.random() * 10 * Math.min(lost, 20));
      }
      await this.look();
    }
  }

  private async make(client: Client, wanted: VectorSpace | null): Promise<void> {
    if (this.vectors !== null) {
      await client.collections.use(this.name).config.addVector(namedVector(nameOf(wanted!)));
      return;
    }
    const spaces = [...this.spaces, ...(wanted === null ? [] : [wanted])];
    await client.collections.create<undefined, string, undefined>({
      name: this.name,
      description: 'Passages and moments that Strata finds things by.',
      properties: PROPERTIES.map((property) => ({ ...property })),
      vectorizers: [...new Set(spaces.map(nameOf))].map(namedVector),
      multiTenancy: { enabled: true, autoTenantCreation: true, autoTenantActivation: true },
      invertedIndex: { bm25: BM25, stopwords: { preset: 'none' } },
    });
  }

  private async look(): Promise<readonly string[] | null> {
    const schema = await this.connection.run(({ client }) =>
      client.collections.exportToJson(this.name).catch((error: unknown) => {
        if (isNothingThere(error)) return null;
        throw error;
      }),
    );
    if (schema !== null) checkOurs(this.name, schema);
    this.vectors = schema === null ? null : Object.keys(schema.vectorConfig ?? {});
    return this.vectors;
  }
}

type Client = Parameters<Parameters<WeaviateConnection['run']>[0]>[0]['client'];

/** Full precision: the default would round the vectors. */
function namedVector(name: string) {
  const vectorIndexConfig = configure.vectorIndex.hnsw({
    distanceMetric: 'cosine',
    quantizer: configure.vectorIndex.quantizer.none(),
  });
  return configure.vectors.selfProvided({ name, vectorIndexConfig });
}

/** Weaviate remembers no dimensions until the first vector comes, so the name does. */
function nameOf({ model, dimensions }: VectorSpace): string {
  const slug = model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, 32);
  return `m_${slug}_${hashOf(model)}_${Math.trunc(dimensions)}`;
}
const NAME = /^m_[a-z0-9_]*_([0-9a-f]{12})_(\d+)$/;
export const dimensionsOf = (vector: string): number => Number(NAME.exec(vector)![2]);
const hashOf = (model: string) => createHash('sha256').update(model).digest('hex').slice(0, 12);

function vectorOf(space: VectorSpace, vectors: readonly string[]): string | null {
  const hash = hashOf(space.model);
  const name = vectors.find((vector) => NAME.exec(vector)?.[1] === hash);
  if (name === undefined) return null;
  const dimensions = dimensionsOf(name);
  if (dimensions === space.dimensions) return name;
  throw otherDimensions(space, dimensions);
}

/** Properties that are not ours do no harm: a later version may have added them. */
function checkOurs(collection: string, schema: WeaviateClass): void {
  const refuse = (why: string) => {
    throw notOurs(collection, why);
  };
  if (schema.multiTenancyConfig?.enabled !== true) refuse('it keeps no tenants apart');
  if (schema.multiTenancyConfig?.autoTenantCreation !== true) refuse('it does not make tenants by itself');
  for (const wanted of PROPERTIES) {
    const found = schema.properties?.find(({ name }) => name === wanted.name);
    if (found === undefined) refuse(`it has no property "${wanted.name}"`);
    if (found?.dataType?.join() !== wanted.dataType) refuse(`its property "${wanted.name}" is no ${wanted.dataType}`);
    if ('tokenization' in wanted && found?.tokenization !== wanted.tokenization)
      refuse(
        `its property "${wanted.name}" is tokenised by "${found?.tokenization}" and not by "${wanted.tokenization}"`,
      );
    for (const index of ['indexFilterable', 'indexSearchable'] as const) {
      if (index in wanted && found?.[index] !== (wanted as Record<string, unknown>)[index])
        refuse(`"${index}" of its property "${wanted.name}" is ${found?.[index]}`);
    }
  }
  const { bm25, stopwords } = schema.invertedIndexConfig ?? {};
  if (bm25?.k1 !== BM25.k1 || bm25.b !== BM25.b) refuse(`its BM25 has k1 ${bm25?.k1} and b ${bm25?.b}`);
  if (stopwords?.preset !== 'none') refuse('it has stop words of its own');
  if (schema.vectorizer !== undefined && schema.vectorizer !== 'none') refuse(`${schema.vectorizer} makes its vectors`);
  for (const [name, { vectorizer, vectorIndexConfig }] of Object.entries(schema.vectorConfig ?? {})) {
    if (!NAME.test(name)) refuse(`its vectors "${name}" belong to no model of Strata's`);
    if (Object.keys(vectorizer ?? {}).join() !== 'none')
      refuse(`its vectors "${name}" are made by a vectoriser of its own`);
    const { distance } = (vectorIndexConfig ?? {}) as { distance?: string };
    if (distance !== 'cosine') refuse(`its vectors "${name}" are compared by ${distance} and not by cosine`);
  }
}
