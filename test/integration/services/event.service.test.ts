import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import type { Ingestion } from '../../../src/domain/model.js';
import type { ObjectChange } from '../../../src/domain/operations.js';
import { EventService } from '../../../src/services/events/event.service.js';
import { EVENT_TIMING } from '../../../src/services/events/timing.js';
import { announceChanges, changesChannel, ingestionChannel, recordChanges } from '../../../src/services/shared/changes.js';
import { withDatabase } from '../../support/database.js';
import { silent } from '../../support/redis.js';
import { STACK } from '../../support/stacks.js';
import { benchOver, failure, type Bench } from './crud-services.js';

const test = withDatabase();
const NOWHERE = '0190a000-0000-7000-8000-000000000000';
/**
 * Longer than a test: what arrives was hinted at. Not so over a server, which tells of a change once every older transaction on it
 * has ended, those of other databases too: a hint alone may come too soon there.
 */
const HINTS_ONLY = { lookMs: STACK === 'embedded' ? 600_000 : 1_000 };
/** Without hints. */
const LOOKS_ONLY = { lookMs: 5 };

const iterate = <T>(iterable: AsyncIterable<T>) => iterable[Symbol.asyncIterator]();
async function take<T>(iterator: AsyncIterator<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const { done, value } = await iterator.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

async function ingestionsOf(bench: Bench, count: number): Promise<Ingestion[]> {
  const objects = await bench.have(...Array.from({ length: count }, () => ({})));
  return bench.database.ingestions.insert(objects.map((object) => ({ id: uuidv7(), tenantId: bench.tenantId, objectId: object.id })));
}

describe('EventService.ingestionProgress', () => {
  it('gives the state first, then each change, and ends', async () => {
    const bench = benchOver(test, { timing: HINTS_ONLY });
    const [{ id }] = (await ingestionsOf(bench, 1)) as [Ingestion];
    const { ingestions } = bench.database;
    const stream = iterate(await bench.events.ingestionProgress(bench.viewer('reader'), [id], new AbortController().signal));
    const next = async () => {
      const { value } = (await stream.next()) as IteratorResult<Ingestion>;
      return `${value.status} ${value.stage} ${value.progress}`;
    };
    const hint = () => bench.bus.publish(ingestionChannel(id), {});
    expect(await next()).toBe('QUEUED STORE 0');
    const [lease] = await ingestions.claim([id], 'ingest', uuidv7(), 60);
    const held = [{ ingestionId: id, epoch: lease!.epoch }];
    hint();
    expect(await next()).toBe('RUNNING STORE 0');
    await ingestions.advance(held, { stage: 'EMBED', progress: 0.5 });
    hint();
    hint();
    expect(await next()).toBe('RUNNING EMBED 0.5');
    await ingestions.succeed(held);
    hint();
    expect(await next()).toBe('SUCCEEDED DONE 1');
    expect((await stream.next()).done).toBe(true);
  });

  it('follows many in one statement a look, and ends when all have', async () => {
    const bench = benchOver(test, { timing: LOOKS_ONLY });
    const ingestions = await ingestionsOf(bench, 3);
    const ids = ingestions.map((each) => each.id);
    const leases = (await bench.database.ingestions.claim(ids.slice(0, 2), 'ingest', uuidv7(), 60)).map((each) => ({ ingestionId: each.id, epoch: each.epoch }));
    await bench.database.ingestions.succeed(leases);
    const stream = iterate(await bench.events.ingestionProgress(bench.viewer('reader'), ids, new AbortController().signal));
    expect((await take(stream, 3)).map((each) => [each.id, each.status])).toEqual([[ids[0], 'SUCCEEDED'], [ids[1], 'SUCCEEDED'], [ids[2], 'QUEUED']]);
    const waiting = stream.next();
    const [last] = await bench.database.ingestions.claim([ids[2]!], 'ingest', uuidv7(), 60);
    const failed = { ingestionId: ids[2]!, epoch: last!.epoch };
    await bench.database.ingestions.fail(failed, { code: 'DAMAGED', message: 'no', retryable: false }, null);
    const seen = [(await waiting).value as Ingestion, ...(await take(stream, 2))];
    expect(seen.at(-1)).toMatchObject({ id: ids[2], status: 'FAILED', error: { code: 'DAMAGED' } });
    expect((await stream.next()).done).toBe(true);
  });

  it('reads only what was hinted at', async () => {
    const bench = benchOver(test);
    const ids = (await ingestionsOf(bench, 20)).map(({ id }) => id);
    const looks: (readonly string[])[] = [];
    const ingestions = Object.assign(Object.create(bench.database.ingestions) as typeof bench.database.ingestions, {
      findByIds(tenantId: string, asked: readonly string[]) {
        looks.push(asked);
        return bench.database.ingestions.findByIds(tenantId, asked);
      },
    });
    const events = new EventService({ database: { ...bench.database, ingestions }, events: bench.bus, logger: silent }, { ...EVENT_TIMING, restMs: 0, lookMs: 600_000 });
    const stream = iterate(await events.ingestionProgress(bench.viewer('reader'), ids, new AbortController().signal));
    await take(stream, 20);
    looks.length = 0;
    const [third, ninth] = [ids[2]!, ids[8]!];
    const waiting = take(stream, 2);
    await bench.database.ingestions.claim([third, ninth], 'ingest', uuidv7(), 60);
    for (const id of [ninth, third]) bench.bus.publish(ingestionChannel(id), {});
    expect((await waiting).map(({ id, status }) => `${id} ${status}`).sort()).toEqual([third, ninth].map((id) => `${id} RUNNING`).sort());
    expect([...new Set(looks.flat())].sort()).toEqual([third, ninth].sort());
    await stream.return?.();
  });

  it('ends when what it follows is purged', async () => {
    const bench = benchOver(test, { timing: LOOKS_ONLY });
    const [ingestion] = (await ingestionsOf(bench, 1)) as [Ingestion];
    const stream = iterate(await bench.events.ingestionProgress(bench.viewer('reader'), [ingestion.id], new AbortController().signal));
    await stream.next();
    await bench.database.objects.delete(bench.tenantId, ingestion.objectId);
    expect((await stream.next()).done).toBe(true);
  });

  it('refuses from the start what is not there or too much', async () => {
    const bench = benchOver(test);
    const { signal } = new AbortController();
    const reader = bench.viewer('reader');
    const [ingestion] = await ingestionsOf(bench, 1);
    await expect(bench.events.ingestionProgress(reader, [NOWHERE], signal)).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('ing_') });
    await expect(bench.events.ingestionProgress({ ...reader, tenantId: 'other' }, [ingestion!.id], signal)).rejects.toEqual(failure('NOT_FOUND'));
    await expect(bench.events.ingestionProgress(reader, Array.from({ length: 501 }, () => uuidv7()), signal)).rejects.toEqual(failure('BAD_USER_INPUT', 'ids'));
  });

  it('ends and leaves the bus when it is aborted while it waits', async () => {
    const bench = benchOver(test, { timing: HINTS_ONLY });
    const [ingestion] = (await ingestionsOf(bench, 1)) as [Ingestion];
    const controller = new AbortController();
    const stream = iterate(await bench.events.ingestionProgress(bench.viewer('reader'), [ingestion.id], controller.signal));
    await stream.next();
    const waiting = stream.next();
    controller.abort();
    expect((await waiting).done).toBe(true);
    const statements = await bench.statementsOf(async () => {
      bench.bus.publish(ingestionChannel(ingestion.id), {});
      await new Promise(setImmediate);
    });
    expect(statements).toBe(0);
  });
});

describe('EventService.objectChanges', () => {
  const changes = async (bench: Bench, args: Parameters<Bench['events']['objectChanges']>[1] = {}, signal = new AbortController().signal) => {
    await bench.changesAreReadable(); // or what happened just before is told as well
    return iterate(await bench.events.objectChanges(bench.viewer('reader'), args, signal));
  };
  const told = (change: ObjectChange) => [change.kind, change.id];

  it('tells of what happens from now on, and replays from a cursor', async () => {
    const bench = benchOver(test, { timing: HINTS_ONLY });
    const editor = bench.viewer('editor');
    const [object] = await bench.have({});
    const { id } = object!;
    await bench.objects.update(editor, { id, metadata: { before: 1 } });
    const stream = await changes(bench);
    const first = stream.next();
    await bench.objects.update(editor, { id, metadata: { a: 1 } });
    expect((await first).value).toMatchObject({ kind: 'UPDATED', id, version: 3, occurredAt: expect.any(Date) });
    const second = stream.next();
    await bench.objects.delete(editor, id);
    expect(told((await second).value as ObjectChange)).toEqual(['DELETED', id]);
    await bench.objects.undelete(editor, id);

    const again = await changes(bench, { after: ((await first).value as ObjectChange).cursor });
    expect((await take(again, 2)).map(told)).toEqual([['DELETED', id], ['UNDELETED', id]]);
    await stream.return!();
    await again.return!();
  });

  it('replays more than a page of changes, each once, in order', async () => {
    const bench = benchOver(test, { timing: HINTS_ONLY });
    const [object] = await bench.have({});
    await bench.objects.delete(bench.viewer('editor'), object!.id);
    const stream = await changes(bench);
    await bench.database.transaction((tx) => recordChanges(tx, Array.from({ length: 1_201 }, () => ({ kind: 'UPDATED' as const, before: object!, after: object! }))));
    const all = await take(stream, 1_201);
    expect(new Set(all.map((change) => change.cursor)).size).toBe(1_201);
    const rest = await take(await changes(bench, { after: all[700]!.cursor }), 500);
    expect(rest).toEqual(all.slice(701));
  });

  it('is woken without a hint, too', async () => {
    const bench = benchOver(test, { timing: LOOKS_ONLY });
    const [object] = await bench.have({});
    const stream = await changes(bench);
    const next = stream.next();
    await bench.database.transaction((tx) => recordChanges(tx, [{ kind: 'UPDATED', before: object!, after: object! }]));
    expect(told((await next).value as ObjectChange)).toEqual(['UPDATED', object!.id]);
    await stream.return!();
  });

  it('tests its filter on the old and on the new state', async () => {
    const bench = benchOver(test, { timing: HINTS_ONLY });
    const editor = bench.viewer('editor');
    const [object] = await bench.have({ metadata: { colour: 'red' } });
    const { id } = object!;
    const red = await changes(bench, { filter: { metadata: [{ path: ['colour'], equals: 'red' }] } });
    const binned = await changes(bench, { filter: { includeDeleted: true } });
    const update = (metadata: { colour: string; n?: number }) => bench.objects.update(editor, { id, metadata });
    await update({ colour: 'blue' }); // red no more
    await update({ colour: 'green' }); // not red's business
    await update({ colour: 'red' }); // red again
    await bench.objects.delete(editor, id);
    await bench.objects.undelete(editor, id);
    expect((await take(red, 4)).map((change) => [change.kind, change.version])).toEqual([['UPDATED', 2], ['UPDATED', 4], ['DELETED', 4], ['UNDELETED', 4]]);
    expect((await take(binned, 5)).map((change) => change.kind)).toEqual(['UPDATED', 'UPDATED', 'UPDATED', 'DELETED', 'UNDELETED']);
    await bench.objects.delete(editor, id);
    const gone = { ...object!, isDeleted: true };
    await bench.database.transaction((tx) => recordChanges(tx, [{ kind: 'PURGED', before: gone, after: null }]));
    announceChanges(bench.bus, bench.tenantId);
    expect((await take(red, 2)).map(told)).toEqual([['DELETED', id], ['PURGED', id]]);
  });

  it('asks for annotations as they are, in one statement a clause', async () => {
    const bench = benchOver(test, { timing: HINTS_ONLY });
    const annotator = bench.viewer('annotator');
    const [cat, dog] = await bench.have({}, {});
    const label = (objectId: string, name: string) => ({ objectId, type: 'CLASSIFICATION' as const, content: { labels: [{ label: name }] } });
    const cats = await changes(bench, { filter: { or: [{ annotation: { label: 'cat' } }] } });
    const others = await changes(bench, { filter: { not: { annotation: { label: 'cat' } } } });
    await bench.annotations.create(annotator, [label(cat!.id, 'cat'), label(dog!.id, 'dog')]);
    expect(told((await cats.next()).value as ObjectChange)).toEqual(['UPDATED', cat!.id]);
    expect(told((await others.next()).value as ObjectChange)).toEqual(['UPDATED', dog!.id]);
  });

  it('keeps tenants apart', async () => {
    const bench = benchOver(test, { timing: LOOKS_ONLY });
    const other = benchOver(test);
    const [mine] = await bench.have({});
    const [theirs] = await other.have({});
    const stream = await changes(bench);
    await other.objects.delete(other.viewer('editor'), theirs!.id);
    await bench.objects.delete(bench.viewer('editor'), mine!.id);
    expect(told((await stream.next()).value as ObjectChange)).toEqual(['DELETED', mine!.id]);
    await stream.return!();
  });

  it('refuses foreign cursors, and those of what is no longer kept', async () => {
    const bench = benchOver(test, { timing: HINTS_ONLY });
    const editor = bench.viewer('editor');
    const [object] = await bench.have({});
    const stream = await changes(bench);
    await bench.objects.delete(editor, object!.id);
    const { cursor } = (await stream.next()).value as ObjectChange;
    await expect(changes(bench, { after: 'nonsense' })).rejects.toEqual(failure('BAD_USER_INPUT', 'after'));
    await expect(changes(benchOver(test), { after: cursor })).rejects.toEqual(failure('BAD_USER_INPUT', 'after'));
    await test.engine.sql.query(`UPDATE events SET occurred_at = now() - interval '25 hours' WHERE tenant_id = $1`, [bench.tenantId]);
    await expect(changes(bench, { after: cursor })).rejects.toEqual(failure('CURSOR_EXPIRED', 'after'));
    await test.engine.sql.query('DELETE FROM events WHERE tenant_id = $1', [bench.tenantId]);
    await expect(changes(bench, { after: cursor })).rejects.toEqual(failure('CURSOR_EXPIRED', 'after'));
  });

  it('closes a consumer that takes nothing while the world goes on, after what it was given', async () => {
    const bench = benchOver(test, { timing: { ...HINTS_ONLY, patience: 10 } });
    const editor = bench.viewer('editor');
    const [object] = await bench.have({});
    const stream = await changes(bench);
    const first = stream.next();
    await bench.objects.delete(editor, object!.id);
    await first;
    for (let i = 0; i < 11; i += 1) {
      announceChanges(bench.bus, bench.tenantId);
      await new Promise(setImmediate);
    }
    await expect(stream.next()).rejects.toMatchObject({ code: 'RATE_LIMITED', extensions: { retryable: true } });
    expect((await stream.next()).done).toBe(true);
  });

  it('ends when it is aborted while it waits, and looks no more', async () => {
    const bench = benchOver(test, { timing: HINTS_ONLY });
    const [object] = await bench.have({});
    const controller = new AbortController();
    const stream = await changes(bench, {}, controller.signal);
    await bench.objects.delete(bench.viewer('editor'), object!.id);
    await stream.next();
    const waiting = stream.next();
    controller.abort();
    expect((await waiting).done).toBe(true);
    const statements = await bench.statementsOf(async () => {
      bench.bus.publish(changesChannel(bench.tenantId), {});
      await new Promise(setImmediate);
    });
    expect(statements).toBe(0);
  });
});
