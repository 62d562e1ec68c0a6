import { describe, expect, it } from 'vitest';
import { verifyMove } from '../../../../src/services/moving/verify-move.js';

type Parts = Parameters<typeof verifyMove>[0];

const embedding = (id: string) => ({ id, tenantId: 'museum', objectId: `object of ${id}`, passageId: null, model: 'words', dimensions: 2, metadata: {} });
const vectorOf = () => new Float32Array([0.6, 0.8]);

/** Rows of `there`, and a store that has what `stored` says. */
function move(there: Set<string>, stored: Map<string, Float32Array>, catchUp: () => void): Parts {
  const rows = () => [...there].map(embedding);
  const reindexes = {
    counts: async () => [{ tenantId: 'museum', model: 'words', dimensions: 2, count: there.size }],
    changes: async () => Array.from({ length: 9 }, () => ({ tenantId: 'museum', kind: 'VECTOR' })),
    sample: async () => rows(),
    findPassages: async () => [],
    findEmbeddings: async (ids: string[]) => rows().filter(({ id }) => ids.includes(id)),
  };
  const target = {
    count: async () => stored.size,
    fetch: async (_tenant: string, _space: object, ids: string[]) => new Map(ids.flatMap((id) => (stored.has(id) ? [[id, stored.get(id)!] as const] : []))),
  };
  const vectors = { of: async (_tenant: string, wanted: ReturnType<typeof embedding>[]) => wanted.map((each) => ({ ...each, vector: vectorOf() })) };
  return { deps: { database: { reindexes } }, source: null, target, vectors, models: null, catchUp: async () => (catchUp(), 0), signal: new AbortController().signal, pauseMs: 0 } as unknown as Parts;
}

describe('the comparison of samples', () => {
  it('waits for a row that came since all was caught up with, as while people work', async () => {
    const stored = new Map([['a', vectorOf()]]);
    let times = 0;
    // The count's own catching up comes before the row does.
    const report = await verifyMove(move(new Set(['a', 'late']), stored, () => (times += 1) === 2 && stored.set('late', vectorOf())));
    expect(report.samples).toBe(2);
  });

  it('passes over a row that goes while it looks', async () => {
    const there = new Set(['a', 'gone']);
    let times = 0;
    expect((await verifyMove(move(there, new Map([['a', vectorOf()]]), () => (times += 1) === 2 && there.delete('gone')))).samples).toBe(1);
  });

  it.each([['is another one', new Float32Array([0.8, 0.6])], ['never comes', undefined]])('refuses a vector that %s', async (_what, other) => {
    const stored = new Map([['a', vectorOf()], ...(other === undefined ? [] : [['b', other] as const])]);
    await expect(verifyMove(move(new Set(['a', 'b']), stored, () => undefined))).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/^A vector of the model words is another one in the new store\./) as string });
  });
});

describe('the comparison of searches', () => {
  /** The new store finds nothing until all was caught up with so many times. */
  function searching(after: number): Parts {
    let times = 0;
    const parts = move(new Set(['a']), new Map([['a', vectorOf()]]), () => void (times += 1));
    const search = (hits: () => object[]) => async () => ({ hits: hits() });
    const hit = { objectId: 'object of a', score: 1 };
    Object.assign(parts.deps.database, { objects: { sift: async () => ({ others: new Set() }) } });
    Object.assign(parts.target, { search: search(() => (times >= after ? [hit] : [])) });
    return { ...parts, source: { search: search(() => [hit]) } as unknown as Parts['source'] };
  }

  it('looks again where the new store does not find yet what came meanwhile', async () => {
    expect(await verifyMove(searching(3))).toMatchObject({ searches: 1, overlap: 1 });
  });

  it('refuses a store that does not find it in the end', async () => {
    await expect(verifyMove(searching(Infinity))).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/^Of the first 10 objects of 1 searches the new store finds 0 %\./) as string });
  });
});
