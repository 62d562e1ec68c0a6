import { PineconeVectors, Refusal } from './pinecone-vectors.js';

export interface StoredIndex {
  name: string;
  dimension: number;
  metric: string;
  deployment: Record<string, unknown>;
  tags: Record<string, string>;
  looks: number;
  namespaces: Map<string, PineconeVectors>;
}

interface Field {
  type?: string;
  dimension?: number;
  metric?: string;
}

/** The control plane's side of `PineconeServer`. */
export class PineconeIndexes {
  isHeld = false;
  private readonly stored = new Map<string, StoredIndex>();

  constructor(private readonly options: { lag: number; readyAfter: number }) {}

  get lag(): number {
    return this.isHeld ? Infinity : this.options.lag;
  }

  all(): StoredIndex[] {
    return [...this.stored.values()];
  }

  get(name: string): StoredIndex {
    const index = this.stored.get(name);
    if (index === undefined) throw new Refusal(404, `Resource ${name} not found`);
    return index;
  }

  create(body: Record<string, unknown>): StoredIndex {
    const { name = '', schema, deployment, tags = {} } = body as { name?: string; schema?: { fields?: Record<string, Field> }; deployment?: Record<string, unknown>; tags?: Record<string, string> };
    if (!/^[a-z0-9](?:[a-z0-9-]{0,43}[a-z0-9])?$/.test(name)) throw new Refusal(400, 'Name must consist of at most 45 lower case alphanumeric characters or "-".');
    if (Object.values(tags).some((tag) => !/^[\w@.+;-]{0,120}$/.test(tag))) throw new Refusal(400, 'Bad tag.');
    if (deployment?.deployment_type !== 'managed') throw new Refusal(400, 'Only managed deployments can be made.');
    if (deployment.region === 'nowhere-1') throw new Refusal(404, 'Resource cloud: aws region: nowhere-1 not found');
    const { type, dimension = 0, metric = '' } = schema?.fields?._values ?? {};
    if (type !== 'dense_vector' || !Number.isInteger(dimension) || dimension < 1 || dimension > 20_000) throw new Refusal(422, 'A dense vector of 1 to 20,000 dimensions is needed.');
    if (this.stored.has(name)) throw new Refusal(409, 'Resource already exists');
    const index: StoredIndex = { name, dimension, metric, deployment, tags, looks: 0, namespaces: new Map() };
    this.stored.set(name, index);
    return index;
  }

  delete(name: string): void {
    this.stored.delete(name);
  }

  lookAt(index: StoredIndex): void {
    index.looks++;
  }

  describe(index: StoredIndex, host: (name: string) => string): unknown {
    const { name, dimension, metric, deployment, tags } = index;
    const ready = this.isReady(index);
    return {
      name,
      host: host(name),
      status: { ready, state: ready ? 'Ready' : 'Initializing' },
      deployment,
      schema: { fields: { _values: { type: 'dense_vector', dimension, metric } } },
      tags,
      deletion_protection: 'disabled',
    };
  }

  vectorsOf(index: StoredIndex, namespace: string): PineconeVectors {
    if (!this.isReady(index)) throw new Refusal(503, 'The index is not ready.');
    let vectors = index.namespaces.get(namespace);
    if (vectors === undefined) index.namespaces.set(namespace, (vectors = new PineconeVectors(namespace, index.dimension, this)));
    return vectors;
  }

  stats({ dimension, metric, namespaces }: StoredIndex): unknown {
    const counted = [...namespaces].filter(([, vectors]) => vectors.exists).map(([name, vectors]) => [name, { vectorCount: vectors.visibleCount }] as const);
    return { namespaces: Object.fromEntries(counted), dimension, metric, indexFullness: 0, totalVectorCount: counted.reduce((sum, [, { vectorCount }]) => sum + vectorCount, 0) };
  }

  settle(): void {
    this.isHeld = false;
    for (const { namespaces } of this.stored.values()) for (const vectors of namespaces.values()) vectors.settle();
  }

  private isReady({ looks }: StoredIndex): boolean {
    return looks >= this.options.readyAfter;
  }
}
