import { afterEach, describe, expect, it, vi } from 'vitest';
import { readingFromReplica } from '../../../../src/adapters/db/replica-reads.js';
import { badInput, databaseTimeout, dependencyUnavailable } from '../../../../src/domain/errors.js';
import type { Repositories } from '../../../../src/ports/database.port.js';
import { SqlError } from '../../../../src/ports/sql.port.js';

/** Every method of every repository answers the name of the server that it ran on. */
function server(name: string, fault: () => Error | null = () => null): Repositories {
  const repository = new Proxy({}, {
    get: () => () => {
      const error = fault();
      return error === null ? Promise.resolve(name) : Promise.reject(error);
    },
  });
  return new Proxy({}, {
    get: () => repository,
    ownKeys: () => ['objects', 'annotations', 'aggregations', 'ingestions', 'facets', 'sagas', 'blobs'],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: repository }),
  }) as Repositories;
}

type Loose = Record<string, Record<string, () => Promise<unknown>>>;

describe('reads from a replica', () => {
  afterEach(() => void vi.useRealTimers());

  it('are lists, counts and figures', async () => {
    const both = readingFromReplica(server('primary'), server('replica')) as unknown as Loose;
    expect([await both.objects!.page!(), await both.objects!.count!(), await both.annotations!.page!(), await both.aggregations!.pagesOfObjects!()]).toEqual(Array(4).fill('replica'));
  });

  it('are never twins, generations, leases, sagas, bytes, what a filter or a cached page rests on, or what a caller reads back', async () => {
    const both = readingFromReplica(server('primary'), server('replica')) as unknown as Loose;
    const decided = [
      both.objects!.findLiveByHashes!(), both.objects!.generation!(), both.objects!.findByIds!(), both.objects!.matchingIds!(), both.objects!.sift!(),
      both.ingestions!.lockLeases!(), both.ingestions!.claim!(), both.sagas!.find!(), both.blobs!.lock!(), both.annotations!.pagesOfObjects!(),
      both.annotations!.countOfObjects!(), both.facets!.count!(),
    ];
    expect(await Promise.all(decided)).toEqual(decided.map(() => 'primary'));
  });

  it('go to the primary while the replica is away, and nowhere else where they are wrong', async () => {
    let fault: Error | null = dependencyUnavailable('database', new Error('gone'));
    const both = readingFromReplica(server('primary'), server('replica', () => fault)) as unknown as Loose;
    expect(await both.objects!.page!()).toBe('primary');
    fault = badInput('no such cursor');
    await expect(both.objects!.page!()).rejects.toBe(fault);
    fault = null;
    expect(await both.objects!.page!()).toBe('replica');
  });

  it('that are too much for the replica are not put upon the primary, and others go on there', async () => {
    let fault: Error | null = databaseTimeout('The database ended a statement.', new SqlError('57014', 'canceling statement due to statement timeout'));
    const both = readingFromReplica(server('primary'), server('replica', () => fault)) as unknown as Loose;
    await expect(both.objects!.page!()).rejects.toBe(fault);
    fault = null;
    expect(await both.objects!.page!()).toBe('replica');
  });

  it.each(['40001', '40P01'])('go to the primary where what the replica replays broke them off (%s)', async (state) => {
    let fault: Error | null = new SqlError(state, 'canceling statement due to conflict with recovery');
    const both = readingFromReplica(server('primary'), server('replica', () => fault)) as unknown as Loose;
    expect(await both.objects!.page!()).toBe('primary');
    fault = null;
    expect(await both.objects!.page!()).toBe('replica');
  });

  it.each(['28000', '3D000', '42P01', '42703'])('go to the primary where the replica lets nobody in, or has not yet what they read (%s)', async (state) => {
    let fault: Error | null = new SqlError(state, 'no such thing, yet');
    const both = readingFromReplica(server('primary'), server('replica', () => fault)) as unknown as Loose;
    expect(await both.objects!.page!()).toBe('primary');
    fault = new SqlError('22012', 'division by zero');
    await expect(both.objects!.page!()).rejects.toBe(fault);
  });

  it('do not wait one after the other for a replica that says nothing', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    let [asked, isAway] = [0, true];
    const replica = server('replica', () => {
      asked += 1;
      if (!isAway) return null;
      vi.advanceTimersByTime(10_000);
      return dependencyUnavailable('database', new Error('timeout exceeded when trying to connect'));
    });
    const both = readingFromReplica(server('primary'), replica) as unknown as Loose;
    for (const read of [both.objects!.page!, both.annotations!.count!, both.facets!.count!]) expect(await read()).toBe('primary');
    expect(asked).toBe(1);
    isAway = false;
    vi.advanceTimersByTime(10_000);
    expect(await both.objects!.page!()).toBe('replica');
  });
});
