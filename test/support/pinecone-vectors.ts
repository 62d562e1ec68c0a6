import { cosine } from './cosine.js';

/** Answered with this status, and these words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

type Metadata = Record<string, unknown>;
interface Stored {
  id: string;
  values: number[];
  metadata?: Metadata;
}
interface Write {
  number: number;
  readsLeft: number;
  apply(records: Map<string, Stored>): void;
}

const IDS_A_REQUEST = 1_000;
const LISTED_A_PAGE = 100;

/** One namespace of an index of `PineconeServer`: records that are seen, and writes that no read has seen yet. */
export class PineconeVectors {
  exists = false;
  private readonly records = new Map<string, Stored>();
  private pending: Write[] = [];
  private written = 0;

  constructor(
    private readonly name: string,
    private readonly dimension: number,
    private readonly clock: { readonly lag: number },
  ) {}

  get visibleCount(): number {
    return this.records.size;
  }

  settle(): void {
    for (const { apply } of this.pending) apply(this.records);
    this.pending = [];
  }

  upsert({ vectors = [] }: { vectors?: Stored[] }): Answer {
    if (vectors.length < 1 || vectors.length > IDS_A_REQUEST) throw new Refusal(400, 'A request holds 1 to 1000 vectors.');
    if (new Set(vectors.map(({ id }) => id)).size < vectors.length) throw new Refusal(400, 'An id stands twice in a request.');
    for (const vector of vectors) this.checkRecord(vector);
    this.exists = true;
    return this.write({ upsertedCount: vectors.length }, (records) => {
      for (const { id, values, metadata } of vectors) records.set(id, { id, values: values.map(Math.fround), metadata });
    });
  }

  update({ id, values, setMetadata }: { id?: string; values?: number[]; setMetadata?: Metadata }): Answer {
    if (id === undefined) throw new Refusal(400, 'An id is needed.');
    return this.write({}, (records) => {
      const record = records.get(id);
      if (record === undefined) return;
      records.set(id, { id, values: values?.map(Math.fround) ?? record.values, metadata: { ...record.metadata, ...setMetadata } });
    });
  }

  delete({ ids, filter, deleteAll }: { ids?: string[]; filter?: Metadata; deleteAll?: boolean }): Answer {
    if (!this.exists) throw new Refusal(404, 'Namespace not found');
    if ([ids, filter, deleteAll || undefined].filter((way) => way !== undefined).length !== 1) throw new Refusal(400, 'Delete by ids, by filter, or all.');
    if (ids !== undefined && (ids.length < 1 || ids.length > IDS_A_REQUEST)) throw new Refusal(400, 'A request deletes 1 to 1000 ids.');
    return this.write({}, (records) => {
      for (const [id, { metadata }] of records) if (ids === undefined ? filter === undefined || matches(metadata, filter) : ids.includes(id)) records.delete(id);
    });
  }

  query({ vector, topK, filter, includeValues = false, includeMetadata = false }: { vector?: number[]; topK?: number; filter?: Metadata; includeValues?: boolean; includeMetadata?: boolean }): Answer {
    if (!Number.isInteger(topK) || topK! < 1 || topK! > 10_000) throw new Refusal(400, 'topK is 1 to 10000.');
    this.checkValues(vector);
    const found = this.seen()
      .filter(({ metadata }) => filter === undefined || matches(metadata, filter))
      .map((record) => ({ record, score: Math.fround(cosine(record.values, vector!)) }))
      .sort((left, right) => right.score - left.score)
      .slice(0, topK);
    return {
      headers: { 'x-pinecone-max-indexed-lsn': String(this.pending[0] === undefined ? this.written : this.pending[0].number - 1) },
      body: {
        namespace: this.name,
        matches: found.map(({ record: { id, values, metadata }, score }) => ({ id, score, values: includeValues ? values : [], ...(includeMetadata ? { metadata } : {}) })),
        usage: { readUnits: 1 },
      },
    };
  }

  fetch(ids: readonly string[]): Answer {
    if (ids.length < 1 || ids.length > IDS_A_REQUEST) throw new Refusal(400, 'A request fetches 1 to 1000 ids.');
    const wanted = new Set(ids);
    const vectors = this.seen().filter(({ id }) => wanted.has(id));
    return { body: { namespace: this.name, vectors: Object.fromEntries(vectors.map((vector) => [vector.id, vector])), usage: { readUnits: 1 } } };
  }

  list(parameters: URLSearchParams): Answer {
    const limit = Number(parameters.get('limit') ?? LISTED_A_PAGE);
    if (limit > LISTED_A_PAGE) throw new Refusal(400, 'A page lists 100 ids at most.');
    const after = parameters.get('paginationToken') ?? '';
    const ids = this.seen()
      .map(({ id }) => id)
      .filter((id) => id.startsWith(parameters.get('prefix') ?? '') && id > after)
      .sort();
    const page = ids.slice(0, limit);
    return { body: { namespace: this.name, vectors: page.map((id) => ({ id })), ...(ids.length > limit ? { pagination: { next: page.at(-1) } } : {}), usage: { readUnits: 1 } } };
  }

  /** What this read sees: it brings every waiting write nearer, and they appear in their order. */
  private seen(): Stored[] {
    for (const write of this.pending) write.readsLeft--;
    while (this.pending[0] !== undefined && this.pending[0].readsLeft <= 0) this.pending.shift()!.apply(this.records);
    return [...this.records.values()];
  }

  private write(body: unknown, apply: Write['apply']): Answer {
    const number = ++this.written;
    if (this.clock.lag === 0 && this.pending.length === 0) apply(this.records);
    else this.pending.push({ number, readsLeft: this.clock.lag, apply });
    return { headers: { 'x-pinecone-request-lsn': String(number) }, body };
  }

  private checkRecord({ id, values, metadata = {} }: Stored): void {
    if (typeof id !== 'string' || id === '' || id.length > 512) throw new Refusal(400, 'An id has 1 to 512 characters.');
    this.checkValues(values);
    const isAllowed = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value) || (Array.isArray(value) && value.every((each) => typeof each === 'string'));
    if (!Object.values(metadata).every(isAllowed)) throw new Refusal(400, 'Metadata value must be a string, number, boolean or list of strings.');
    if (JSON.stringify(metadata).length > 40_960) throw new Refusal(400, 'Metadata takes 40 KB at most.');
  }

  private checkValues(values: number[] | undefined): void {
    if (values?.length !== this.dimension) throw new Refusal(400, `Vector dimension ${values?.length} does not match the dimension of the index ${this.dimension}`);
    if (!values.every((value) => Number.isFinite(Math.fround(value)))) throw new Refusal(400, 'A value is no 32-bit number.');
    if (values.every((value) => value === 0)) throw new Refusal(400, 'Dense vectors must contain at least one non-zero value.');
  }
}

function matches(metadata: Metadata = {}, filter: Metadata): boolean {
  return Object.entries(filter).every(([key, condition]) => {
    if (key === '$and') return (condition as Metadata[]).every((each) => matches(metadata, each));
    if (key === '$or') return (condition as Metadata[]).some((each) => matches(metadata, each));
    return Object.entries(typeof condition === 'object' ? (condition as Metadata) : { $eq: condition }).every(([operator, value]) => holds(metadata[key], operator, value));
  });
}

function holds(actual: unknown, operator: string, value: unknown): boolean {
  const among = () => {
    if (!Array.isArray(value) || value.length > 10_000) throw new Refusal(400, `${operator} takes a list of at most 10000 values.`);
    return value.includes(actual);
  };
  switch (operator) {
    case '$eq':
      return actual === value;
    case '$ne':
      return actual !== value;
    case '$in':
      return among();
    case '$nin':
      return !among();
    default:
      throw new Refusal(400, `${operator} is not a valid operator`);
  }
}
