import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankObjects, RecordsAnObject } from '../../../../../src/adapters/vectors/weaviate/ranking.js';

interface Item {
  objectId: string;
  score: number;
}

/** A store that answers its best, falling, and never more than it may. */
const storeOf = (items: readonly Item[]) => {
  const sorted = [...items].sort((a, b) => b.score - a.score);
  return (size: number, without: readonly string[]) => {
    expect(size).toBeLessThanOrEqual(10_000);
    return Promise.resolve(sorted.filter(({ objectId }) => !without.includes(objectId)).slice(0, size));
  };
};

describe('objects by their best record', () => {
  it('are as many as there are, up to the limit, in order', async () => {
    const item = fc.record({ objectId: fc.nat(30).map(String), score: fc.nat(1_000) });
    const given = fc.tuple(
      fc.array(item, { maxLength: 400 }),
      fc.integer({ min: 1, max: 40 }),
      fc.option(fc.nat(30).map(String)),
    );
    await fc.assert(
      fc.asyncProperty(given, async ([items, limit, except]) => {
        const best = new Map<string, number>();
        for (const { objectId, score } of items)
          if (objectId !== except) best.set(objectId, Math.max(score, best.get(objectId) ?? 0));
        const { objects, complete } = await rankObjects(storeOf(items), { limit, except, canLeaveOut: true, tenantId: 'a', rates: new RecordsAnObject() });
        expect(complete).toBe(true);
        expect([...objects.values()].map(([first]) => first!.score)).toEqual(
          [...best.values()].sort((a, b) => b - a).slice(0, limit),
        );
        for (const [id, [first]] of objects) expect(first!.score).toBe(best.get(id));
      }),
    );
  });

  it('come out from behind one that has more records than a store gives', async () => {
    const items = [
      ...Array.from({ length: 25_000 }, (_, i) => ({ objectId: 'long', score: 1e6 - i })),
      { objectId: 'short', score: 1 },
    ];
    const found = await rankObjects(storeOf(items), { limit: 2, canLeaveOut: true, tenantId: 'a', rates: new RecordsAnObject() });
    expect([[...found.objects.keys()], found.complete]).toEqual([['long', 'short'], true]);
    const cut = await rankObjects(storeOf(items), { limit: 2, canLeaveOut: false, tenantId: 'a', rates: new RecordsAnObject() });
    expect([[...cut.objects.keys()], cut.complete]).toEqual([['long'], false]);
  });
});

describe('what is asked for at first', () => {
  const asked = async (rates: RecordsAnObject, tenantId: string, recordsAnObject: number): Promise<number[]> => {
    const items = Array.from({ length: 4_000 }, (_, i) => ({ objectId: String(Math.floor(i / recordsAnObject)), score: -i }));
    const sizes: number[] = [];
    const ask = (size: number, without: readonly string[]) => {
      sizes.push(size);
      return storeOf(items)(size, without);
    };
    const { objects } = await rankObjects(ask, { limit: 100, canLeaveOut: true, tenantId, rates });
    expect(objects.size).toBe(100);
    return sizes;
  };

  it('is learned from what each tenant has: at once where more is needed, by and by where less is', async () => {
    const rates = new RecordsAnObject();
    const [first] = await asked(rates, 'books', 30);
    expect(await asked(rates, 'books', 30)).toHaveLength(1);
    expect(await asked(rates, 'notes', 1)).toEqual([first]);
    let last = first!;
    for (let search = 0; search < 60; search += 1) {
      const [size] = await asked(rates, 'notes', 1);
      expect(size).toBeLessThanOrEqual(last);
      last = size!;
    }
    expect(last).toBeLessThanOrEqual(114);
    expect(await asked(rates, 'books', 30)).toHaveLength(1);
  });
});
