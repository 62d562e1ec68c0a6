import { describe, expect, it } from 'vitest';
import type { DataObject, Json } from '../../../src/domain/model.js';
import type { UpdateObject } from '../../../src/domain/operations.js';
import { withDatabase } from '../../support/database.js';
import { benchOver, failure } from './crud-services.js';

const test = withDatabase();
const NOWHERE = '0190a000-0000-7000-8000-000000000000';

describe('ObjectService: reads', () => {
  it('answers by id in order, from the cache once it has them, never another tenant’s', async () => {
    const bench = benchOver(test);
    const other = benchOver(test);
    const reader = bench.viewer('reader');
    const rows = await bench.have({}, {}, {});
    const [theirs] = await other.have({});
    const ids = [rows[2]!.id, theirs!.id, rows[0]!.id];
    const read = () => bench.objects.byIds(reader, ids);
    expect(await read()).toEqual([rows[2], null, rows[0]]);
    expect(await bench.statementsOf(read)).toBe(1); // the one that is not there
    expect(await bench.statementsOf(() => bench.objects.byIds(reader, [rows[2]!.id, rows[0]!.id]))).toBe(0);
  });

  it('answers by hash what lives, texts in order, and where the bytes are', async () => {
    const bench = benchOver(test);
    const reader = bench.viewer('reader');
    const [object, silent] = await bench.have({}, {});
    await bench.database.objects.saveExtraction(bench.tenantId, [{ objectId: object!.id, facts: {}, text: { objectId: object!.id, text: 'words', pages: [], blocks: [] } }]);
    expect(await bench.objects.texts(reader, [silent!.id, object!.id])).toEqual([null, 'words']);
    expect(bench.objects.storageLocation(object!)).toBe(`memory:${object!.storageKey}`);
    expect((await bench.objects.byHash(reader, object!.contentHash))!.id).toBe(object!.id);
    await bench.objects.delete(bench.viewer('editor'), object!.id);
    expect(await bench.objects.byHash(reader, object!.contentHash)).toBeNull();
  });

  it('pages in every order, both ways, one statement a page', async () => {
    const bench = benchOver(test);
    const reader = bench.viewer('reader');
    const names = ['b.txt', null, 'a.txt', 'c.txt', null];
    await bench.have(...names.map((filename, i) => ({ filename, fileSize: 10 - i })));
    for (const field of ['CREATED_AT', 'UPDATED_AT', 'FILE_SIZE', 'FILENAME'] as const) {
      for (const direction of ['ASC', 'DESC'] as const) {
        const order = { field, direction };
        const all = (await bench.objects.page(reader, { order })).items.map((item) => item.node.id);
        expect(all).toHaveLength(5);
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = await bench.objects.page(reader, { order, first: 2, after });
          seen.push(...page.items.map((item) => item.node.id));
          after = page.hasNextPage ? page.items.at(-1)!.cursor : undefined;
        } while (after !== undefined);
        expect(seen).toEqual(all);
        const last = await bench.objects.page(reader, { order, last: 2 });
        expect(last.items.map((item) => item.node.id)).toEqual(all.slice(-2));
        expect([last.hasPreviousPage, last.hasNextPage]).toEqual([true, false]);
      }
    }
    const byName = await bench.objects.page(reader, { order: { field: 'FILENAME', direction: 'DESC' } });
    expect(byName.items.map((item) => item.node.filename)).toEqual(['c.txt', 'b.txt', 'a.txt', null, null]);
    expect(await bench.statementsOf(() => bench.objects.page(reader, { first: 500 }))).toBe(1);
    expect(await (await bench.objects.page(reader, { first: 1, filter: { fileSize: { gte: 8 } } })).totalCount()).toBe(3);
  });

  it('refuses bad pages and cursors of other lists', async () => {
    const bench = benchOver(test);
    const reader = bench.viewer('reader');
    await bench.have({}, {});
    const { items } = await bench.objects.page(reader, { first: 1 });
    await expect(bench.objects.page(reader, { after: items[0]!.cursor, filter: { types: ['TEXT'] } })).rejects.toEqual(failure('BAD_USER_INPUT', 'after'));
    await expect(bench.objects.page(reader, { first: 501 })).rejects.toEqual(failure('BAD_USER_INPUT', 'first'));
    const many = Array.from({ length: 501 }, () => NOWHERE);
    await expect(bench.objects.page(reader, { filter: { or: [{ annotation: { objectIds: many } }] } })).rejects.toEqual(
      failure('BAD_USER_INPUT', 'filter.or.0.annotation.objectIds'),
    );
  });

  it('signs links, for its tenant alone', async () => {
    const bench = benchOver(test);
    const [object] = await bench.have({});
    const options = { expiresIn: 60, disposition: 'ATTACHMENT' as const };
    expect((await bench.objects.downloadLink(bench.viewer('reader'), object!, options))!.method).toBe('GET');
    expect(await bench.objects.downloadLink({ ...bench.viewer('reader'), tenantId: 'other' }, object!, options)).toBeNull();
    await bench.store.delete([object!.storageKey]);
    expect(await bench.objects.downloadLink(bench.viewer('reader'), object!, options)).toBeNull();
  });
});

describe('ObjectService: update', () => {
  it('merges metadata, renames, counts a version, and is seen by every read at once', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    const [object] = await bench.have({ metadata: { keep: 1, drop: { a: 1 }, deep: { x: 1, y: 2 } } });
    const { id } = object!;
    await bench.objects.byIds(editor, [id]);
    const generation = await bench.database.objects.generation(bench.tenantId);

    let updated!: DataObject;
    const changes = await bench.changesOf(async () => {
      updated = await bench.objects.update(editor, { id, expectedVersion: 1, metadata: { drop: null, deep: { x: null, z: 'lighthouse' } }, filename: 'folder/new.txt' });
    });
    expect(updated).toMatchObject({ version: 2, filename: 'new.txt', metadata: { keep: 1, deep: { y: 2, z: 'lighthouse' } } });
    expect(await bench.objects.byIds(editor, [id])).toEqual([updated]);
    expect(await bench.wordsFind('lighthouses')).toEqual([id]);
    expect(await bench.database.objects.generation(bench.tenantId)).toBeGreaterThan(generation);
    expect(changes).toMatchObject([
      { kind: 'UPDATED', version: 2, before: { metadata: { keep: 1 } }, after: { metadata: { deep: { z: 'lighthouse' } } } },
    ]);

    expect((await bench.objects.update(editor, { id, filename: null })).filename).toBeNull();
    await bench.objects.update(editor, { id, metadata: { deep: null } });
    expect(await bench.wordsFind('lighthouse')).toEqual([]);
  });

  it('makes no version and no event of what changes nothing', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    const [object] = await bench.have({ metadata: { a: [1] }, filename: 'x' });
    const nothings: Omit<UpdateObject, 'id'>[] = [{}, { metadata: {} }, { metadata: { a: [1], b: null } }, { filename: 'x' }];
    const changes = await bench.changesOf(async () => {
      for (const change of nothings) {
        expect(await bench.objects.update(editor, { id: object!.id, ...change })).toEqual(object);
      }
    });
    expect(changes).toEqual([]);
  });

  it('names both versions where another was first', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    const [object] = await bench.have({});
    const update = (n: number) => bench.objects.update(editor, { id: object!.id, expectedVersion: 1, metadata: { n } });
    const settled = await Promise.allSettled([update(1), update(2), update(3)]);
    expect(settled.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
    await expect(bench.objects.update(editor, { id: object!.id, expectedVersion: 7 })).rejects.toMatchObject({
      code: 'CONFLICT', path: ['input', 'expectedVersion'], message: expect.stringMatching(/2.*7/),
    });
  });

  it.each<[string, Json, string]>([
    ['null', null, 'input.metadata'],
    ['a list', [1], 'input.metadata'],
    ['U+0000', { a: 'x\0' }, 'input.metadata.a'],
    ['too much', { a: 'x'.repeat(1_048_577) }, 'input.metadata'],
  ])('refuses metadata: %s', async (_, metadata, path) => {
    const bench = benchOver(test);
    const [object] = await bench.have({});
    await expect(bench.objects.update(bench.viewer('editor'), { id: object!.id, metadata })).rejects.toEqual(failure('BAD_USER_INPUT', path));
  });

  it('refuses a sum that is too large, a bad name, what is not there, what is in the bin, and readers', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    const [object] = await bench.have({ metadata: { a: 'x'.repeat(600_000) } });
    const { id } = object!;
    await expect(bench.objects.update(editor, { id, metadata: { b: 'x'.repeat(600_000) } })).rejects.toEqual(failure('BAD_USER_INPUT', 'input.metadata'));
    await expect(bench.objects.update(editor, { id, filename: 'a\0b' })).rejects.toEqual(failure('BAD_USER_INPUT', 'input.filename'));
    await expect(bench.objects.update(editor, { id: NOWHERE })).rejects.toEqual(failure('NOT_FOUND', 'input.id'));
    await expect(bench.objects.update(bench.viewer('annotator'), { id, filename: 'x' })).rejects.toEqual(failure('FORBIDDEN'));
    await expect(bench.objects.update({ ...editor, tenantId: 'other' }, { id, filename: 'x' })).rejects.toEqual(failure('NOT_FOUND'));
    await bench.objects.delete(editor, id);
    await expect(bench.objects.update(editor, { id, filename: 'x' })).rejects.toEqual(failure('CONFLICT'));
  });
});

describe('ObjectService: the bin', () => {
  it('takes and gives back, each twice alike, with one event each', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    const [object] = await bench.have({});
    const { id } = object!;
    const changes = await bench.changesOf(async () => {
      const deleted = await bench.objects.delete(editor, id);
      expect(deleted).toMatchObject({ isDeleted: true, version: 1 });
      expect(await bench.objects.delete(editor, id)).toEqual(deleted);
      expect((await bench.objects.byIds(editor, [id]))[0]!.isDeleted).toBe(true);
      expect((await bench.objects.page(editor, {})).items).toEqual([]);
      expect((await bench.objects.page(editor, { filter: { includeDeleted: true } })).items).toHaveLength(1);
      const back = await bench.objects.undelete(editor, id);
      expect(await bench.objects.undelete(editor, id)).toEqual(back);
      expect((await bench.objects.byIds(editor, [id]))[0]!.isDeleted).toBe(false);
    });
    expect(changes.map((change) => change.kind)).toEqual(['DELETED', 'UNDELETED']);
  });

  it('gives nothing back beside a live twin', async () => {
    const bench = benchOver(test);
    const editor = bench.viewer('editor');
    const [object] = await bench.have({});
    await bench.objects.delete(editor, object!.id);
    await bench.have({ contentHash: object!.contentHash });
    await expect(bench.objects.undelete(editor, object!.id)).rejects.toEqual(failure('CONFLICT', 'id'));
    expect((await bench.objects.byIds(editor, [object!.id]))[0]!.isDeleted).toBe(true);
  });

  it('knows what is not there, and who may', async () => {
    const bench = benchOver(test);
    await expect(bench.objects.delete(bench.viewer('editor'), NOWHERE)).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('obj_') });
    await expect(bench.objects.delete(bench.viewer('reader'), NOWHERE)).rejects.toEqual(failure('FORBIDDEN'));
    await expect(bench.objects.purge(bench.viewer('editor'), NOWHERE)).rejects.toEqual(failure('FORBIDDEN'));
  });

  it('forgets a purged object', async () => {
    const bench = benchOver(test);
    const admin = bench.viewer('admin');
    const [object] = await bench.have({});
    await bench.objects.byIds(admin, [object!.id]);
    await bench.objects.purge(admin, object!.id);
    expect(await bench.objects.byIds(admin, [object!.id])).toEqual([null]);
  });
});
