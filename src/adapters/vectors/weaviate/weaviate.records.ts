import { setTimeout as wait } from 'node:timers/promises';
import type { Collection, FilterValue } from 'weaviate-client';
import { internal } from '../../../domain/errors.js';
import { batches } from '../../../domain/batches.js';
import { KeyedLock } from './keyed-lock.js';
import { serverRun } from './server-run.js';
import type { PassageProperties, WeaviateCollection } from './weaviate.collection.js';
import type { WeaviateClients, WeaviateConnection } from './weaviate.connection.js';
import { contentRefused, isNothingThere, isRefusedContent } from './weaviate.errors.js';

export interface StoredRecord {
  /** The passage's id, or the embedding's where it is a moment of a medium. */
  id: string;
  objectId: string;
  passageId: string | null;
  /** As `storedTerms` writes them. */
  terms: string;
  /** By named vector. The numbers are null where they were not asked for. */
  vectors: Map<string, { embeddingId: string; numbers: readonly number[] | null }>;
}

export type Tenant = Collection<PassageProperties, string, Record<string, number[]>>;
export type Select = (tenant: Tenant) => FilterValue;

/** Bounds of one batch: so much is put into JSON between two turns of the event loop, and held in memory. */
const MOST_RECORDS = 128;
const MOST_NUMBERS = 64_000;
const MOST_CHARACTERS = 1_000_000;
const TRIES = 4;
const FIRST_PAUSE_MS = 100;
/** Ids in one filter. */
export const MOST_IDS = 256;
/** Records whose vectors are entered anew at once. */
const RECORDS_ANEW = 32;
/** Records read at once. */
const PAGE = 256;

/** Reads, writes and deletes of whole records. */
export class WeaviateRecords {
  private readonly merging = new KeyedLock();

  constructor(
    private readonly connection: WeaviateConnection,
    readonly collection: WeaviateCollection,
  ) {}

  /** Asks the tenant; null where nobody has written to it yet. */
  async ask<T>(
    tenantId: string,
    question: (tenant: Tenant, options: { abortSignal: AbortSignal }) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T | null> {
    return this.connection.run(async ({ client }, abortSignal) => {
      try {
        return await question(this.tenant(client, tenantId), { abortSignal });
      } catch (error) {
        if (isNothingThere(error)) return null;
        throw error;
      }
    }, signal);
  }

  /** The first of them, at most 256. @param vectors whose numbers are read, too */
  async read(tenantId: string, select: Select, vectors: readonly string[] | 'all', signal?: AbortSignal): Promise<StoredRecord[]> {
    const includeVector = vectors === 'all' ? true : [...vectors];
    const answer = await this.ask(
      tenantId,
      (tenant, options) => tenant.query.fetchObjects({ filters: select(tenant), limit: PAGE, includeVector }, options),
      signal,
    );
    return (answer?.objects ?? []).map(recordOf);
  }

  /** @param limit at most as many as Weaviate gives at once */
  async ids(tenantId: string, select: Select, limit: number, signal?: AbortSignal): Promise<string[]> {
    const answer = await this.ask(
      tenantId,
      (tenant, options) => tenant.query.fetchObjects({ filters: select(tenant), limit, returnProperties: [] }, options),
      signal,
    );
    return (answer?.objects ?? []).map(({ uuid }) => uuid);
  }

  /**
   * Reads records, lets `change` change them or add to them, and writes those that it answers; what is then without words and
   * vectors goes. One change of a tenant at a time within this process; between processes the last one counts, whole.
   * @param vectors as in `read`: those that may stay
   */
  async change(
    tenantId: string,
    select: Select,
    change: (found: Map<string, StoredRecord>) => Iterable<StoredRecord>,
    vectors: 'all' | 'none' = 'all',
  ): Promise<void> {
    await this.merging.run(tenantId, async () => {
      const found = await this.read(tenantId, select, vectors === 'none' ? [] : vectors);
      const changed = [...change(new Map(found.map((record) => [record.id, record])))];
      const isKept = ({ terms, vectors }: StoredRecord) => terms !== '' || vectors.size > 0;
      await this.put(tenantId, changed.filter(isKept));
      await this.delete(
        tenantId,
        changed.filter((record) => !isKept(record)).map(({ id }) => id),
      );
    });
  }

  /**
   * Has the vectors of these records entered into the index again. Weaviate skips one that is written as it was: so it is written
   * at another length, with the same cosines, and then as it was. What another process takes out or writes meanwhile stays so: what
   * is there is read again before it is written again, and a few go at a time, so that others have little time to come in between.
   */
  async enterAnew(tenantId: string, ids: readonly string[]): Promise<void> {
    for (const some of batches(ids, RECORDS_ANEW)) {
      await this.merging.run(tenantId, async () => {
        const select: Select = (tenant) => tenant.filter.byId().containsAny([...some]);
        const before = await this.read(tenantId, select, 'all');
        const lengthened = before.map(atAnotherLength);
        await this.put(tenantId, lengthened);
        const now = await this.read(tenantId, select, 'all');
        await this.put(tenantId, backAtTheirLength(now, before, lengthened));
      });
    }
  }

  /** The next records after this one, in the order of their ids, without numbers. */
  async page(tenantId: string, size: number, after: string | undefined): Promise<StoredRecord[]> {
    const about = { limit: size, ...(after !== undefined && { after }) };
    const answer = await this.ask(tenantId, (tenant, options) => tenant.query.fetchObjects(about, options));
    return (answer?.objects ?? []).map(recordOf);
  }

  async tenants(): Promise<string[]> {
    if (!(await this.collection.isThere())) return [];
    return this.connection.run(async ({ client }) =>
      Object.keys(await client.collections.use(this.collection.name).tenants.get()),
    );
  }

  /** Whether vectors wait to be entered into the index: a server's own choice (ASYNC_INDEXING). */
  async hasQueue(tenantId: string): Promise<boolean> {
    const shards = await this.ask(tenantId, (tenant) => tenant.config.getShards());
    return (shards ?? []).some(({ vectorQueueSize }) => vectorQueueSize > 0);
  }

  /** As `serverRun` says. */
  serverRun(signal?: AbortSignal): Promise<string> {
    return serverRun(this.connection, signal);
  }

  /** Writes them whole, whatever is there. */
  async put(tenantId: string, records: readonly StoredRecord[]): Promise<void> {
    if (records.length > 0) await this.collection.ensure();
    for (const batch of writable(records)) await this.putBatch(tenantId, batch);
  }

  async delete(tenantId: string, ids: readonly string[]): Promise<void> {
    for (const some of batches(ids, MOST_IDS)) {
      const reply = await this.ask(tenantId, (tenant) =>
        tenant.data.deleteMany(tenant.filter.byId().containsAny(some)),
      );
      if (reply !== null && reply.failed > 0)
        await this.connection.run(() => Promise.reject(new Error(`${reply.failed} records were not deleted`)));
    }
  }

  async count(tenantId: string, select: Select, signal?: AbortSignal): Promise<number> {
    const answer = await this.ask(tenantId, (tenant) => tenant.aggregate.overAll({ filters: select(tenant) }), signal);
    return answer?.totalCount ?? 0;
  }

  /**
   * Each item that fails is tried again for itself, and again; the ids make that safe. One that is refused for its content is not.
   * @throws CONFLICT for what is refused; DEPENDENCY_UNAVAILABLE where others were not taken, as these are to be tried again
   */
  private async putBatch(tenantId: string, records: readonly StoredRecord[]): Promise<void> {
    let left = records.map((record) => this.wire(tenantId, record));
    const refused = new Map<string, string>();
    for (let tried = 1; ; tried++) {
      const failures = await this.connection.run(({ rest }) => send(rest, left));
      for (const [id, reason] of failures) {
        if (!isRefusedContent(reason)) continue;
        refused.set(id, reason);
        failures.delete(id);
      }
      if (failures.size === 0) break;
      if (tried === TRIES) {
        const [reason] = failures.values();
        const summary = new Error(`${failures.size} of ${records.length} records were not taken: ${reason}`);
        await this.connection.run(() => Promise.reject(summary));
      }
      left = left.filter(({ id }) => failures.has(id));
      await wait(FIRST_PAUSE_MS * 4 ** (tried - 1));
    }
    const first = records.find(({ id }) => refused.has(id));
    if (first !== undefined) throw contentRefused(first, refused.get(first.id)!, refused.size);
  }

  private wire(tenant: string, { id, objectId, passageId, terms, vectors }: StoredRecord) {
    const named = [...vectors].map(([name, { numbers }]) => {
      if (numbers === null) throw internal(`The vector "${name}" of ${id} was to be written without having been read.`);
      return [name, numbers] as const;
    });
    return {
      class: this.collection.name,
      tenant,
      id,
      properties: {
        objectId,
        ...(passageId !== null && { passageId }),
        embeddings: [...vectors.values()].map(({ embeddingId }) => embeddingId),
        spaces: [...vectors.keys()],
        terms,
      },
      vectors: Object.fromEntries(named),
    };
  }

  private tenant(client: WeaviateClients['client'], tenantId: string): Tenant {
    return client.collections
      .use<string, PassageProperties, Record<string, number[]>>(this.collection.name)
      .withTenant(tenantId);
  }
}

interface Found {
  uuid: string;
  properties: PassageProperties;
  vectors?: Record<string, number[]>;
}

function recordOf({ uuid, properties, vectors: numbers }: Found): StoredRecord {
  const vectors = (properties.spaces ?? []).map((name, i) => {
    return [name, { embeddingId: properties.embeddings![i]!, numbers: numbers?.[name] ?? null }] as const;
  });
  return {
    id: uuid,
    objectId: properties.objectId,
    passageId: properties.passageId ?? null,
    terms: properties.terms ?? '',
    vectors: new Map(vectors),
  };
}

/** Beyond this a 32-bit number cannot be doubled. */
const LARGEST_DOUBLED = 1e38;

function atAnotherLength(record: StoredRecord): StoredRecord {
  const scaled = (numbers: readonly number[]) => {
    const factor = numbers.some((number) => Math.abs(number) > LARGEST_DOUBLED) ? 0.5 : 2;
    return numbers.map((number) => number * factor);
  };
  const vectors = [...record.vectors].map(([name, vector]) => {
    return [name, { ...vector, numbers: scaled(vector.numbers!) }] as const;
  });
  return { ...record, vectors: new Map(vectors) };
}

/** Of the records that are there now those that still have a vector at another length, with that as it was before. */
function backAtTheirLength(now: readonly StoredRecord[], before: readonly StoredRecord[], lengthened: readonly StoredRecord[]): StoredRecord[] {
  const places = new Map(before.map(({ id }, place) => [id, place]));
  return now.flatMap((record) => {
    const place = places.get(record.id);
    if (place === undefined) return [];
    const ours = [...record.vectors].filter(([name, vector]) => isSame(vector, lengthened[place]!.vectors.get(name)));
    if (ours.length === 0) return [];
    const restored = ours.map(([name]) => [name, before[place]!.vectors.get(name)!] as const);
    return [{ ...record, vectors: new Map([...record.vectors, ...restored]) }];
  });
}

type StoredVector = StoredRecord['vectors'] extends Map<string, infer Vector> ? Vector : never;

const isSame = (one: StoredVector, other: StoredVector | undefined): boolean =>
  one.embeddingId === other?.embeddingId && one.numbers!.length === other.numbers!.length && one.numbers!.every((number, i) => Math.fround(number) === Math.fround(other.numbers![i]!));

/** Answers the reasons of those that were not taken, by id. */
async function send(rest: WeaviateClients['rest'], objects: readonly { id: string }[]): Promise<Map<string, string>> {
  const results = await rest.batch
    .objectsBatcher()
    .withObjects(...objects)
    .do();
  const failures = new Map<string, string>();
  results.forEach(({ result }, i) => {
    const reasons = result?.errors?.error?.map(({ message }) => message) ?? [];
    if (result?.status === 'FAILED' || reasons.length > 0) failures.set(objects[i]!.id, reasons.join('; '));
  });
  return failures;
}

function* writable(records: readonly StoredRecord[]): Generator<StoredRecord[]> {
  let batch: StoredRecord[] = [];
  let numbers = 0;
  let characters = 0;
  for (const record of records) {
    const its = [...record.vectors.values()].reduce((sum, vector) => sum + (vector.numbers?.length ?? 0), 0);
    const isFull = batch.length === MOST_RECORDS || numbers + its > MOST_NUMBERS || characters + record.terms.length > MOST_CHARACTERS;
    if (batch.length > 0 && isFull) {
      yield batch;
      batch = [];
      numbers = 0;
      characters = 0;
    }
    batch.push(record);
    numbers += its;
    characters += record.terms.length;
  }
  if (batch.length > 0) yield batch;
}
