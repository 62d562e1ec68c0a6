import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';

import { LruCache } from '../../../src/adapters/cache/lru.cache.js';
import { compileObjectFilter } from '../../../src/adapters/db/filter-sql.js';
import type { DatabaseEngine } from '../../../src/adapters/db/engine/database-engine.js';
import { startPostgresEngine } from '../../../src/adapters/db/engine/postgres.js';
import { migrate } from '../../../src/adapters/db/migrations/migrate.js';
import { createDatabase } from '../../../src/adapters/db/sql-database.js';
import { MemoryEventBus } from '../../../src/adapters/events/memory.event-bus.js';
import { PostgresBm25Index } from '../../../src/adapters/keywords/postgres-bm25.index.js';
import { PgBossQueue } from '../../../src/adapters/queue/pgboss.queue.js';
import { createServices, type ServiceGraph } from '../../../src/app/services.js';
import { ModelsInUse } from '../../../src/services/models/models-in-use.js';
import { dependencyUnavailable, isStrataError } from '../../../src/domain/errors.js';
import type { Viewer } from '../../../src/domain/model.js';
import type { ServiceDependencies } from '../../../src/services/shared/dependencies.js';
import { quietLogger } from '../../support/compose.js';
import { violations } from '../../support/invariants.js';
import type { ObjectStore } from '../../../src/ports/object-store.port.js';
import { MemoryObjectStore } from '../../support/memory-object-store.js';
import { postgresPrograms, withPostgres } from '../../support/postgres.js';
import { randomNumbers } from '../../support/random-numbers.js';

/** A store that takes its time, a little more or less each time, and that fails now and then: before it did what it should, or behind it. */
class UnsteadyStore extends MemoryObjectStore {
  faultRate = 0;
  random: () => number = () => 0;
  override put(...args: Parameters<MemoryObjectStore['put']>) {
    return this.unsteadily(() => super.put(...args));
  }
  override putMany(...args: Parameters<MemoryObjectStore['putMany']>) {
    return this.unsteadily(() => super.putMany(...args));
  }
  override copy(...args: Parameters<MemoryObjectStore['copy']>) {
    return this.unsteadily(() => super.copy(...args));
  }
  override delete(...args: Parameters<MemoryObjectStore['delete']>) {
    return this.unsteadily(() => super.delete(...args));
  }
  private async unsteadily<T>(work: () => Promise<T>): Promise<T> {
    await pause(this.random() * 4);
    if (this.random() < this.faultRate) throw dependencyUnavailable('objects', new Error('before'));
    const result = await work();
    await pause(this.random() * 4);
    if (this.random() < this.faultRate) throw dependencyUnavailable('objects', new Error('behind'));
    return result;
  }
}

/** Transactions of the embedded database follow each other; here they truly run beside each other. */
describe.skipIf(postgresPrograms === null)('contents over a PostgreSQL server', () => {
  const postgres = withPostgres();
  let engine: DatabaseEngine;
  let queue: PgBossQueue;
  const graphs: ServiceGraph[] = [];
  const store = new UnsteadyStore();
  beforeAll(async () => {
    engine = await startPostgresEngine(await postgres.freshDatabase());
    await migrate(engine);
    queue = new PgBossQueue({ database: engine, queues: [{ name: 'ingest' }, { name: 'annotate' }], logger: quietLogger });
    await queue.start();
  });
  afterAll(async () => {
    for (const graph of graphs) graph.sagas.close();
    await queue.stop(1_000);
    await engine.stop();
  });

  /** The services of one process; several of them share the database and the store. */
  function anotherProcess(objectStore: ObjectStore = store) {
    const none = { capabilities: { filters: 'query', transactional: true, lagSeconds: 0 }, deleteObjects: () => Promise.resolve(0) };
    const deps = {
      database: createDatabase(engine, queue), objectStore, queue, logger: quietLogger, events: new MemoryEventBus(), vectors: none,
      keywords: new PostgresBm25Index(engine.sql, (work) => engine.transaction(({ sql }) => work(sql)), compileObjectFilter),
      cache: new LruCache({ maxSizeMb: 8, ttlSeconds: 60 }),
      embedder: { models: () => [] },
      // By its name alone.
      media: { sniff: (_head: Uint8Array, name: string) => Promise.resolve(name.endsWith('.md') ? { type: 'DOCUMENT', mimeType: 'text/markdown' } : { type: 'TEXT', mimeType: 'text/plain' }) },
      metrics: { countIngestion: () => undefined, countSagaFailure: () => undefined, observeQuery: () => undefined },
      limits: { maxUpload: 1_000, maxText: 1_000, jobs: { concurrency: 1, batchSize: 1, maxAttempts: 3 } },
    } as unknown as ServiceDependencies;
    const graph = createServices({ ...deps, modelsInUse: new ModelsInUse(deps.embedder) }, {});
    graphs.push(graph);
    return { graph, installation: { engine, objectStore: store, config: { objectStorage: { provider: 'minio' as const } }, deps } };
  }

  async function race(faultRate: number, rounds: number): Promise<void> {
    const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
    onTestFailed(() => console.log(`contents: seed ${seed} (FC_SEED repeats it)`));
    const random = randomNumbers(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    store.random = random;
    const processes = [anotherProcess(), anotherProcess()];
    const viewer: Viewer = { id: 'racer', tenantId: `racing-${seed}-${faultRate}`, role: 'admin' };
    const words = ['The first content.', 'The first content.', 'The second content.'];
    /** The newest are those that are likely to be there. */
    const ids: string[] = [];
    const someId = () => pick(ids.slice(-4));

    const actions: Record<string, (graph: ServiceGraph) => Promise<unknown>> = {
      async ingest({ services }) {
        // Under one name it is a text, under the other a document: the same bytes have two places then.
        const [answer] = await services.ingestions.ingestTexts(viewer, [{ text: pick(words), ...(random() < 0.5 ? {} : { filename: 'words.md' }) }]);
        if (answer === undefined || isStrataError(answer)) throw answer;
        if (!ids.includes(answer.object.id)) ids.push(answer.object.id);
      },
      upload: (graph) => upload(graph),
      replace: (graph) => upload(graph, someId()),
      purge: ({ services }) => services.objects.purge(viewer, someId()),
      delete: ({ services }) => services.objects.delete(viewer, someId()),
      undelete: ({ services }) => services.objects.undelete(viewer, someId()),
    };
    async function upload({ services }: ServiceGraph, replaces?: string): Promise<void> {
      const body = Buffer.from(pick(words));
      const { upload: session } = await services.uploads.create(viewer, { filename: pick(['words.txt', 'words.md']), fileSize: body.length, replaces });
      await store.put(session!.stagingKey, body);
      const { object } = await services.uploads.complete(viewer, { id: session!.id });
      if (!ids.includes(object.id)) ids.push(object.id);
    }

    await actions.ingest!(processes[0]!.graph);
    store.faultRate = faultRate;
    const expected = new Set(['CONFLICT', 'NOT_FOUND', ...(faultRate > 0 ? ['DEPENDENCY_UNAVAILABLE'] : [])]);
    for (let round = 0; round < rounds; round += 1) {
      // Much is purged, so that contents come and go.
      const names = Array.from({ length: 8 }, () => pick(['ingest', 'ingest', 'ingest', 'upload', 'upload', 'replace', 'purge', 'purge', 'purge', 'purge', 'delete', 'undelete']));
      const results = await Promise.allSettled(names.map((name) => actions[name]!(pick(processes).graph)));
      for (const [index, result] of results.entries()) {
        if (result.status === 'fulfilled') continue;
        const code = isStrataError(result.reason) ? result.reason.code : String((result.reason as Error).stack);
        expect(expected, `${names[index]!} in round ${round}: ${code} ${String(result.reason)}`).toContain(code);
      }
    }

    // What failed for now has its next round.
    store.faultRate = 0;
    for (const { graph } of processes) {
      await engine.sql.query(`UPDATE sagas SET owner_until = now() - interval '1 second'`);
      while ((await graph.sagas.recover({ everyOwner: false })) > 0);
    }
    await engine.sql.query(`UPDATE upload_sessions SET expires_at = now() - interval '1 second' WHERE status = 'PENDING'`);
    await processes[0]!.graph.maintenance.housekeeping();
    expect(await violations(processes[0]!.installation)).toEqual([]);
  }

  it('are one object each and never lose their bytes, whoever races', () => race(0, 60), 120_000);
  it('nor where the store fails before or behind what it does', () => race(0.08, 30), 120_000);

  // The second transaction of a purge dooms the bytes, the third deletes them.
  it.each([[2, 'before the bytes are doomed'], [3, 'between their doom and their deletion']])(
    'are not lost to a deletion whose commit fails after the bytes went, where they came %s',
    async (place) => {
      const [written, deleted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      let failures = 1;
      const around = (own: Partial<ObjectStore>): ObjectStore =>
        new Proxy(store, {
          get(target, name) {
            const part = (own as Record<string | symbol, unknown>)[name] ?? (target as unknown as Record<string | symbol, unknown>)[name];
            return typeof part === 'function' ? (part as (...args: unknown[]) => unknown).bind(target) : part;
          },
        });
      const deleter = anotherProcess(around({
        async delete(keys) {
          await store.delete(keys);
          deleted.resolve();
          if (failures-- > 0) throw new Error('the connection broke before the commit');
        },
      }));
      const writer = anotherProcess(around({
        async putMany(objects) {
          await store.putMany(objects);
          written.resolve();
          // Its rows come after the deletion.
          await deleted.promise;
        },
      }));
      const viewer: Viewer = { id: 'racer', tenantId: `commit-fails-${place}`, role: 'admin' };
      const ingest = async ({ graph }: typeof writer) => {
        const [answer] = await graph.services.ingestions.ingestTexts(viewer, [{ text: 'Deleted, and not.' }]);
        if (answer === undefined || isStrataError(answer)) throw answer;
        return answer.object;
      };
      const object = await ingest(anotherProcess());
      let again: Promise<{ storageKey: string }> | undefined;
      const { database } = deleter.installation.deps;
      const transact = database.transaction.bind(database);
      let transactions = 0;
      database.transaction = async (work) => {
        transactions += 1;
        if (transactions === place) {
          again = ingest(writer);
          await written.promise;
        }
        return transact(work);
      };
      await deleter.graph.services.objects.purge(viewer, object.id);
      const { storageKey } = await again!;
      expect((await (await store.get(storageKey)).stream.toArray()).join('')).toBe('Deleted, and not.');
      expect(await violations(writer.installation)).toEqual([]);
    },
  );
});
