import { describe, expect, it } from 'vitest';
import { readingFromReplica } from '../../../../src/adapters/db/replica-reads.js';
import { badInput, dependencyUnavailable } from '../../../../src/domain/errors.js';
import type { Repositories } from '../../../../src/ports/database.port.js';

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
  it('are lists, counts, figures and facets', async () => {
    const both = readingFromReplica(server('primary'), server('replica')) as unknown as Loose;
    expect([await both.objects!.page!(), await both.objects!.count!(), await both.annotations!.pagesOfObjects!(), await both.facets!.count!()]).toEqual(Array(4).fill('replica'));
  });

  it('are never twins, generations, leases, sagas, bytes, or what a caller reads back', async () => {
    const both = readingFromReplica(server('primary'), server('replica')) as unknown as Loose;
    const decided = [
      both.objects!.findLiveByHashes!(), both.objects!.generation!(), both.objects!.findByIds!(), both.objects!.matchingIds!(), both.objects!.matchingAmong!(),
      both.ingestions!.lockLeases!(), both.ingestions!.claim!(), both.sagas!.find!(), both.blobs!.lock!(),
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
});
