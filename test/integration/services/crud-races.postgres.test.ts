import { describe, expect, it } from 'vitest';
import { isStrataError } from '../../../src/domain/errors.js';
import type { ObjectChange } from '../../../src/domain/operations.js';
import type { TestDatabase } from '../../support/database.js';
import { withMigratedPostgres } from '../../support/migrated-postgres.js';
import { postgresPrograms } from '../../support/postgres.js';
import { benchOver } from './crud-services.js';

/** Transactions of the embedded database follow each other; here they truly run beside each other. */
describe.skipIf(postgresPrograms === null)('the CRUD services over a PostgreSQL server', () => {
  const postgres = withMigratedPostgres();
  const test: TestDatabase = {
    get engine() {
      return postgres.engine;
    },
    dataDir: '',
    indexes: null,
    freshTenant: () => postgres.freshTenant(),
    statementsOf: () => Promise.reject(new Error('not counted here')),
  };

  it('counts every update once, whatever runs beside it, and searches by the last words', async () => {
    const bench = benchOver(test);
    const admin = bench.viewer('admin');
    const objects = await bench.have({}, {}, {});
    const ids = objects.map((object) => object.id);
    const caption = (objectId: string, text: string) => ({ objectId, type: 'CAPTION' as const, content: { text } });
    const work = Array.from({ length: 60 }, (_, i) => {
      const id = ids[i % 3]!;
      if (i % 4 === 0) return bench.annotations.create(admin, [...ids].reverse().map((each) => caption(each, `heron ${i}`)));
      if (i % 4 === 1) return bench.annotations.create(admin, ids.map((each) => caption(each, `curlew ${i}`)));
      return bench.objects.update(admin, { id, metadata: { [`key${i}`]: `lighthouse ${i}` } });
    });
    await Promise.all(work);
    const after = await bench.objects.byIds(admin, ids);
    expect(after.map((object) => object!.version - 1)).toEqual(after.map((object) => Object.keys(object!.metadata).length));
    expect(after.reduce((sum, object) => sum + object!.version - 1, 0)).toBe(30);
    expect(await (await bench.annotations.page(admin, {})).totalCount()).toBe(90);
    for (const word of ['heron', 'curlew', 'lighthouse']) expect(await bench.wordsFind(word)).toEqual([...ids].sort());
    // One passage of fields an object, however many wrote it.
    expect(await bench.database.passages.keysOfObjects(bench.tenantId, ids, 'fields')).toHaveLength(3);
  });

  it('lets one of many equal expectations win', async () => {
    const bench = benchOver(test);
    const [object] = await bench.have({});
    const settled = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => bench.objects.update(bench.viewer('editor'), { id: object!.id, expectedVersion: 1, metadata: { n } })),
    );
    const refused = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(refused).toHaveLength(7);
    expect(refused.every((reason) => isStrataError(reason) && reason.code === 'CONFLICT')).toBe(true);
  });

  it('makes one annotation, and one aggregation, a key', async () => {
    const bench = benchOver(test);
    const admin = bench.viewer('admin');
    const [object] = await bench.have({});
    const input = { objectId: object!.id, type: 'CAPTION' as const, content: { text: 'x' }, idempotencyKey: 'k' };
    const answers = (await Promise.all(Array.from({ length: 10 }, () => bench.annotations.create(admin, [input])))).flat();
    expect(new Set(answers.map((answer) => (isStrataError(answer) ? answer.message : answer.id))).size).toBe(1);
    const made = await Promise.all(Array.from({ length: 10 }, () => bench.aggregations.create(admin, { type: 'COUNT', filter: {}, idempotencyKey: 'g' })));
    expect(new Set(made.map((aggregation) => aggregation.id)).size).toBe(1);
  });

  it('never serves an object older than the last answered change', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    const [object] = await bench.have({});
    const { id } = object!;
    let done = false;
    const readers = Array.from({ length: 4 }, async () => {
      while (!done) {
        await bench.objects.byIds(editor, [id]);
        // What the cache answers takes no turn of the event loop, and the writer needs some.
        await new Promise(setImmediate);
      }
    });
    try {
      for (let n = 0; n < 100; n += 1) {
        const { version } = await bench.objects.update(editor, { id, metadata: { n } });
        expect((await bench.objects.byIds(editor, [id]))[0]!.version).toBe(version);
      }
    } finally {
      done = true;
      await Promise.all(readers);
    }
  });

  it('tells of every change once, in an order that a cursor can go on from, while transactions overtake each other', async () => {
    const bench = benchOver(test, { timing: { lookMs: 20 } });
    const editor = bench.viewer('editor');
    const objects = await bench.have(...Array.from({ length: 40 }, () => ({})));
    const stream = (await bench.events.objectChanges(editor, {}, new AbortController().signal))[Symbol.asyncIterator]();
    const reading = (async () => {
      const seen: ObjectChange[] = [];
      while (seen.length < 120) seen.push((await stream.next()).value as ObjectChange);
      return seen;
    })();
    await Promise.all(
      objects.map(async ({ id }) => {
        await bench.objects.update(editor, { id, metadata: { a: 1 } });
        await bench.objects.delete(editor, id);
        await bench.objects.undelete(editor, id);
      }),
    );
    const seen = await reading;
    for (const { id } of objects) expect(seen.filter((change) => change.id === id).map((change) => change.kind)).toEqual(['UPDATED', 'DELETED', 'UNDELETED']);
    await stream.return!();
    const again = (await bench.events.objectChanges(editor, { after: seen[30]!.cursor }, new AbortController().signal))[Symbol.asyncIterator]();
    for (const change of seen.slice(31)) expect((await again.next()).value).toEqual(change);
    await again.return!();
  });
});
