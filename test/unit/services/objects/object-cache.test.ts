import { describe, expect, it } from 'vitest';
import { LruCache } from '../../../../src/adapters/cache/lru.cache.js';
import type { DataObject } from '../../../../src/domain/model.js';
import { ObjectCache } from '../../../../src/services/objects/object-cache.js';

const object = (id: string, version = 1): DataObject => ({
  id, tenantId: 't', type: 'TEXT', status: 'READY', contentHash: 'a'.repeat(64), storageKey: `t/text/${id}`, storageTier: 'STANDARD', restoreState: 'NONE',
  filename: null, mimeType: 'text/plain', fileSize: 3, metadata: { tags: ['a'] }, facts: {}, version, isDeleted: false,
  createdAt: new Date('2026-01-02T03:04:05.678Z'), updatedAt: new Date('2026-01-03T00:00:00.000Z'),
});

function setUp(rows: DataObject[]) {
  const objects = new ObjectCache(new LruCache({ maxSizeMb: 1, ttlSeconds: 60 }));
  const loads: string[][] = [];
  const read = (ids: string[], tenantId = 't') =>
    objects.read(tenantId, ids, async (missing) => {
      loads.push([...missing]);
      return rows.filter((row) => missing.includes(row.id));
    });
  return { objects, loads, read };
}

describe('ObjectCache', () => {
  it('reads what it lacks at once, keeps order, and answers the rest itself', async () => {
    const { loads, read } = setUp(['a', 'b', 'c', 'd'].map((id) => object(id)));
    expect(await read(['b', 'a'])).toEqual([object('b'), object('a')]);
    expect((await read(['d', 'b', 'c', 'x'])).map((row) => row?.id ?? null)).toEqual(['d', 'b', 'c', null]);
    expect(loads).toEqual([['b', 'a'], ['d', 'c', 'x']]);
  });

  it('keeps tenants apart, and nothing of what is not there', async () => {
    const { loads, read } = setUp([object('a')]);
    await read(['a']);
    await read(['a'], 'other');
    await read(['x']);
    await read(['x']);
    expect(loads).toEqual([['a'], ['a'], ['x'], ['x']]);
  });

  it('gives everyone a copy, dates as dates', async () => {
    const { read } = setUp([object('a')]);
    const [first] = await read(['a']);
    (first!.metadata.tags as string[]).push('b');
    first!.createdAt.setFullYear(1999);
    expect(await read(['a'])).toEqual([object('a')]);
  });

  it('never stores a row that was read before a change, nor hands it to those who ask after it', async () => {
    const objects = new ObjectCache(new LruCache({ maxSizeMb: 1, ttlSeconds: 60 }));
    let release!: () => void;
    const held = new Promise<void>((resolve) => { release = resolve; });
    let begun!: () => void;
    const loading = new Promise<void>((resolve) => { begun = resolve; });
    const early = objects.read('t', ['a'], async () => {
      begun();
      await held;
      return [object('a', 1)];
    });
    await loading;
    await objects.invalidate('t', ['a']);
    const late = objects.read('t', ['a'], async () => [object('a', 2)]);
    release();
    expect((await early)[0]!.version).toBe(1);
    expect((await late)[0]!.version).toBe(2);
    expect((await objects.read('t', ['a'], async () => [object('a', 3)]))[0]!.version).toBe(2);
  });

  it('passes a failure on and keeps none', async () => {
    const { objects, read } = setUp([object('a')]);
    await expect(objects.read('t', ['a'], () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    expect((await read(['a']))[0]!.id).toBe('a');
  });
});
