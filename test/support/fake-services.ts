import { badInput, conflict, dependencyUnavailable, notFound } from '../../src/domain/errors.js';
import type { Aggregation, Annotation, DataObject, Embedding, Ingestion, UploadSession, Viewer } from '../../src/domain/model.js';
import type { ObjectChange, SavedSearch, SearchResult } from '../../src/domain/operations.js';
import { cursorFingerprint, readPageArgs, toPage, type Page, type PageArgs } from '../../src/domain/paging.js';
import type { Services, Settled } from '../../src/graphql/services.js';

export const viewer: Viewer = { id: 'ada', tenantId: 'tenant', role: 'admin' };

/** Plain ids that are told apart at a glance: `uuid(7)` ends in 7. */
export const uuid = (n: number) => `01890000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

const at = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, n));

export function dataObject(n: number, changes: Partial<DataObject> = {}): DataObject {
  return {
    id: uuid(n), tenantId: 'tenant', type: 'TEXT', status: 'READY', contentHash: n.toString(16).padStart(64, '0'), storageKey: `tenant/TEXT/${n}`,
    storageTier: 'STANDARD', restoreState: 'NONE', filename: `file-${n}.txt`, mimeType: 'text/plain', fileSize: n, metadata: { n }, facts: {}, version: 1,
    isDeleted: false, createdAt: at(n), updatedAt: at(n), ...changes,
  };
}

export function annotation(n: number, objectId: string, changes: Partial<Annotation> = {}): Annotation {
  return {
    id: uuid(n), tenantId: 'tenant', objectId, annotatorId: 'ada', type: 'CAPTION', content: { text: `caption ${n}` }, confidence: 0.5, version: 1,
    isDeleted: false, createdAt: at(n), updatedAt: at(n), ...changes,
  };
}

export function ingestion(n: number, objectId: string, changes: Partial<Ingestion> = {}): Ingestion {
  return {
    id: uuid(n), tenantId: 'tenant', objectId, status: 'QUEUED', stage: 'STORE', progress: 0, attempts: 0, error: null, warnings: [], createdAt: at(n),
    finishedAt: null, ...changes,
  };
}

export function embedding(n: number, objectId: string): Embedding {
  return { id: uuid(n), tenantId: 'tenant', objectId, passageId: null, modelName: 'mini', dimensions: 3, vectorDbId: uuid(n), metadata: {}, createdAt: at(n) };
}

/** One subscription's source: a test pushes into it, ends it, breaks it, and sees whether it was let go. */
export class FakeSource<T> {
  readonly signals: AbortSignal[] = [];
  #waiting: (() => void)[] = [];
  #queue: ({ value: T } | { error: unknown } | 'end')[] = [];
  #subscribed: (() => void)[] = [];

  push(value: T): void {
    this.#add({ value });
  }

  fail(error: unknown): void {
    this.#add({ error });
  }

  end(): void {
    this.#add('end');
  }

  /** Resolves when someone listens. */
  subscribed(): Promise<void> {
    return this.signals.length > 0 ? Promise.resolve() : new Promise((resolve) => this.#subscribed.push(resolve));
  }

  async *open(signal: AbortSignal): AsyncGenerator<T> {
    this.signals.push(signal);
    this.#subscribed.forEach((wake) => wake());
    signal.addEventListener('abort', () => this.#wake());
    while (!signal.aborted) {
      const next = this.#queue.shift();
      if (next === 'end') return;
      if (next && 'error' in next) throw next.error;
      if (next) yield next.value;
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #add(item: { value: T } | { error: unknown } | 'end'): void {
    this.#queue.push(item);
    this.#wake();
  }

  #wake(): void {
    this.#waiting.splice(0).forEach((wake) => wake());
  }
}

/** The services' rules in a few maps, enough to see what the resolvers ask of them and what they make of the answers. */
export class FakeServices {
  readonly objects = new Map<string, DataObject>();
  readonly annotations = new Map<string, Annotation>();
  readonly embeddings = new Map<string, Embedding>();
  readonly aggregations = new Map<string, Aggregation>();
  readonly ingestions = new Map<string, Ingestion>();
  readonly uploads = new Map<string, UploadSession>();
  readonly savedSearches = new Map<string, SavedSearch>();
  readonly progress = new FakeSource<Ingestion>();
  readonly changes = new FakeSource<ObjectChange>();
  /** What was asked, in order. */
  readonly calls: { name: string; args: unknown[] }[] = [];
  /** The next call of that name fails with it. */
  readonly failures = new Map<string, unknown>();
  readonly services: Services = this.#build();

  add(...rows: (DataObject | Annotation | Ingestion | Embedding)[]): this {
    for (const row of rows) {
      if ('storageKey' in row) this.objects.set(row.id, row);
      else if ('annotatorId' in row) this.annotations.set(row.id, row);
      else if ('stage' in row) this.ingestions.set(row.id, row);
      else this.embeddings.set(row.id, row);
    }
    return this;
  }

  called(name: string): unknown[][] {
    return this.calls.filter((call) => call.name === name).map((call) => call.args);
  }

  #build(): Services {
    const listed = <T>(rows: Map<string, T>) => async (_viewer: Viewer, ids: readonly string[]) => ids.map((id) => rows.get(id) ?? null);
    const existing = <T extends { id: string }>(rows: Map<string, T>, what: string, id: string): T => {
      const row = rows.get(id);
      if (!row) throw notFound(what, id, ['id']);
      return row;
    };
    const services: Services = {
      savedSearches: {
        byIds: listed(this.savedSearches),
        page: async (_viewer, args) => toPage([], readPageArgs(args, 'savedSearches'), () => ({ value: null, id: uuid(0) }), async () => 0),
        create: async ({ tenantId, id: owner }, { name, input }) => {
          const row: SavedSearch = { id: uuid(900 + this.savedSearches.size), tenantId, name, input, request: {}, owner, version: 1, createdAt: at(0), updatedAt: at(0) };
          this.savedSearches.set(row.id, row);
          return row;
        },
        update: async (_viewer, { id }) => Promise.reject(notFound('SavedSearch', id)),
        delete: async (_viewer, id) => Promise.reject(notFound('SavedSearch', id)),
        results: async (_viewer, { id }) => Promise.reject(notFound('SavedSearch', id)),
      },
      duplicates: {
        groups: async (_viewer, args) => toPage([], readPageArgs(args, 'duplicates'), () => ({ value: null, id: uuid(0) }), async () => 0),
        ofObjects: async (_viewer, ids) => ids.map(() => []),
        merge: async (_viewer, { keep, merge }) => ({ object: existing(this.objects, 'DataObject', keep), merged: merge, annotationsMoved: 0, annotationsLeft: 0, warnings: [] }),
      },
      objects: {
        byIds: listed(this.objects),
        reread: listed(this.objects),
        byHash: async (_viewer, hash) => [...this.objects.values()].find((row) => row.contentHash === hash && !row.isDeleted) ?? null,
        page: async (_viewer, { filter, order, ...args }) => pageOf([...this.objects.values()], args, cursorFingerprint('objects', { filter, order })),
        texts: async (_viewer, ids) => ids.map((id) => `text of ${this.objects.get(id)?.filename}`),
        storageLocation: (row) => `file:${row.storageKey}`,
        downloadLink: async (_viewer, row, { expiresIn }) => {
          if (expiresIn < 1 || expiresIn > 604_800) throw badInput('"expiresIn" must be from 1 to 604,800 seconds.', ['expiresIn']);
          return { url: `http://127.0.0.1/storage/${row.storageKey}?signature=s`, method: 'GET', headers: [], expiresAt: at(expiresIn) };
        },
        update: async (_viewer, input) => {
          const row = existing(this.objects, 'DataObject', input.id);
          if (input.expectedVersion !== undefined && input.expectedVersion !== row.version) throw conflict('It has changed.', ['input', 'expectedVersion']);
          return { ...row, filename: input.filename === undefined ? row.filename : input.filename, version: row.version + 1 };
        },
        delete: async (_viewer, id) => ({ ...existing(this.objects, 'DataObject', id), isDeleted: true }),
        undelete: async (_viewer, id) => ({ ...existing(this.objects, 'DataObject', id), isDeleted: false }),
        purge: async (_viewer, id) => ({ id, bytesFreed: existing(this.objects, 'DataObject', id).fileSize, annotations: 0, embeddings: 0 }),
      },
      annotations: {
        byIds: listed(this.annotations),
        page: async (_viewer, { filter, ...args }) => pageOf([...this.annotations.values()], args, cursorFingerprint('annotations', filter)),
        pagesForObjects: async (_viewer, ids, { filter, ...args }) =>
          ids.map((id) => pageOf([...this.annotations.values()].filter((row) => row.objectId === id), args, cursorFingerprint('annotations of', { id, filter }))),
        create: async (_viewer, inputs): Promise<Settled<Annotation>[]> =>
          inputs.map((input, i) => {
            if (!this.objects.has(input.objectId)) return notFound('DataObject', input.objectId, ['objectId']);
            if ((input.confidence ?? 0) > 1) return badInput('"confidence" must be from 0 to 1.', ['confidence']);
            return annotation(1_000 + i, input.objectId, { type: input.type, content: input.content as never });
          }),
        update: async (_viewer, input) => ({ ...existing(this.annotations, 'Annotation', input.id), version: 2 }),
        delete: async (_viewer, id) => ({ ...existing(this.annotations, 'Annotation', id), isDeleted: true }),
        undelete: async (_viewer, id) => ({ ...existing(this.annotations, 'Annotation', id), isDeleted: false }),
      },
      embeddings: {
        byIds: listed(this.embeddings),
        forObjects: async (_viewer, ids, model) =>
          ids.map((id) => [...this.embeddings.values()].filter((row) => row.objectId === id && (model === null || row.modelName === model))),
        vectors: async (_viewer, rows) =>
          rows.map((row) => (row.id.endsWith('f') ? dependencyUnavailable('vectors', new Error('ECONNREFUSED 10.0.0.7:8080')) : new Float32Array([1, 0, 0]))),
        models: async () => [
          { name: 'mini', modalities: ['TEXT', 'DOCUMENT'], dimensions: 3, active: true, searched: true, available: true, duplicateCosine: 0.95, likenessCosine: 0.6, wordsCosine: 0.5, setting: 'embedding.text_model', description: 'Meaning.' },
        ],
      },
      aggregations: {
        byIds: listed(this.aggregations),
        page: async (_viewer, { type, ...args }) => pageOf([...this.aggregations.values()], args, cursorFingerprint('aggregations', type)),
        pagesForObjects: async (_viewer, ids, args) => ids.map(() => pageOf([], args, cursorFingerprint('aggregations of'))),
        sourcePages: async (_viewer, ids, args) => ids.map(() => pageOf([...this.objects.values()], args, cursorFingerprint('sources'))),
        create: async (_viewer, input) => ({
          id: uuid(500), tenantId: 'tenant', type: input.type, sourceCount: input.objectIds?.length ?? 0, parameters: {}, result: { count: 0 },
          createdBy: 'ada', createdAt: at(1), computedAt: at(1),
        }),
        delete: async (_viewer, id) => void existing(this.aggregations, 'Aggregation', id),
      },
      uploads: {
        byIds: listed(this.uploads),
        create: async () => ({ upload: null, object: dataObject(1), deduplicated: true }),
        complete: async (_viewer, { id }) => {
          throw notFound('UploadSession', id, ['input', 'id']);
        },
        abort: async (_viewer, id) => existing(this.uploads, 'UploadSession', id),
        link: async () => null,
        parts: async () => [],
      },
      ingestions: {
        byIds: listed(this.ingestions),
        page: async (_viewer, { status, ...args }) => pageOf([...this.ingestions.values()], args, cursorFingerprint('ingestions', status)),
        newestForObjects: async (_viewer, ids) => ids.map((id) => [...this.ingestions.values()].find((row) => row.objectId === id) ?? null),
        ingestTexts: async (_viewer, inputs) =>
          inputs.map((input, i) =>
            input.text === '' ? badInput('"text" is empty.', ['text']) : { object: dataObject(600 + i), ingestion: ingestion(700 + i, uuid(600 + i)), deduplicated: false },
          ),
        retry: async (_viewer, id) => existing(this.ingestions, 'Ingestion', id),
      },
      search: {
        search: async (): Promise<SearchResult> => this.#found(),
        recommend: async (): Promise<SearchResult> => this.#found(),
        similarTo: async (_viewer, ids): Promise<SearchResult[]> => ids.map(() => this.#found()),
      },
      modelChanges: {
        byIds: async (_viewer, ids) => ids.map(() => null),
        current: async () => null,
        list: async () => [],
        failures: async () => [],
        waiting: async () => 0,
        estimate: () => Promise.reject(notFound('model', 'none')),
        start: () => Promise.reject(notFound('model', 'none')),
        cutOver: (_viewer, id) => Promise.reject(notFound('ModelChange', id)),
        rollBack: (_viewer, id) => Promise.reject(notFound('ModelChange', id)),
        cleanUp: (_viewer, id) => Promise.reject(notFound('ModelChange', id)),
        abort: (_viewer, id) => Promise.reject(notFound('ModelChange', id)),
        progress: (_viewer, id) => Promise.reject(notFound('ModelChange', id)),
      },
      events: {
        ingestionProgress: async (_viewer, ids, signal) => {
          for (const id of ids) if (!this.ingestions.has(id)) throw notFound('Ingestion', id, ['ingestionId']);
          return this.progress.open(signal);
        },
        objectChanges: async (_viewer, _args, signal) => this.changes.open(signal),
      },
    };
    return this.#recorded(services);
  }

  #found(): SearchResult {
    return {
      hits: [...this.objects.values()].map((object, i) => ({
        cursor: `c${i}`, object, score: 1 / (i + 1), explanation: { vectorScore: 0.5, vectorRank: i, keywordScore: null, keywordRank: null, model: 'mini', spaces: [{ model: 'mini', score: 0.5, rank: i }], fusedScore: null, rerankScore: null, contributions: [] },
        matches: [{ text: 'a tern', highlights: [{ start: 2, end: 6 }], start: 0, end: 6, page: null, startSeconds: null }],
      })),
      hasNextPage: false, hasPreviousPage: false, totalCount: this.objects.size, facets: [], incomplete: false, mayFindMore: false, warnings: [],
    };
  }

  #recorded(services: Services): Services {
    const wrapped = Object.entries(services).map(([service, methods]) => [
      service,
      Object.fromEntries(
        Object.entries(methods as Record<string, (...args: unknown[]) => unknown>).map(([method, run]) => [
          method,
          (...args: unknown[]) => {
            const name = `${service}.${method}`;
            this.calls.push({ name, args: args.slice(1) });
            const failure = this.failures.get(name);
            this.failures.delete(name);
            return failure === undefined ? run(...args) : Promise.reject(failure as Error);
          },
        ]),
      ),
    ]);
    return Object.fromEntries(wrapped) as Services;
  }
}

/** Newest first, as the real ones. */
function pageOf<T extends { id: string; createdAt: Date }>(rows: T[], args: PageArgs, fingerprint: string): Page<T> {
  const request = readPageArgs(args, fingerprint);
  const keyOf = (row: T) => ({ value: row.createdAt.toISOString(), id: row.id });
  const after = (row: T, key: { value: unknown; id: string } | null) => key === null || [String(key.value), key.id].join() > [keyOf(row).value, row.id].join();
  const before = (row: T, key: { value: unknown; id: string } | null) => key === null || [String(key.value), key.id].join() < [keyOf(row).value, row.id].join();
  const sorted = [...rows].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime()).filter((row) => after(row, request.after) && before(row, request.before));
  const read = (request.backward ? sorted.reverse() : sorted).slice(0, request.limit + 1);
  return toPage(read, request, keyOf, async () => rows.length);
}

export const secretFailure = () => new Error('connect ECONNREFUSED /var/lib/secret.sock SELECT * FROM data_objects');
