import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { withDatabase } from '../../support/database.js';
import { benchOver } from './crud-services.js';

const test = withDatabase();

describe('what a store found, sifted', () => {
  it('is told apart in one statement, with the rows of what came first in their order', async () => {
    const bench = benchOver(test);
    const [text, binned, film, other] = await bench.have({}, {}, { type: 'VIDEO' }, {});
    const [theirs] = await benchOver(test).have({});
    await bench.objects.delete(bench.viewer('editor'), binned!.id);
    const unknown = uuidv7();
    const asked = [other!.id, unknown, binned!.id, text!.id, theirs!.id, film!.id];
    const { objects } = bench.database;
    let live!: Awaited<ReturnType<typeof objects.sift>>;
    expect(await bench.statementsOf(async () => { live = await objects.sift(bench.tenantId, null, asked, 4); })).toBe(1);
    expect(live).toEqual({ others: new Set([unknown, binned!.id, theirs!.id]), rows: [other, text] });
    expect(await objects.sift(bench.tenantId, { types: ['VIDEO'] }, asked, 6)).toEqual({ others: new Set(asked.filter((id) => id !== film!.id)), rows: [film] });
    expect((await objects.sift(bench.tenantId, { includeDeleted: true }, asked, 0)).others).toEqual(new Set([unknown, theirs!.id]));
    expect(await objects.sift(bench.tenantId, null, [], 9)).toEqual({ others: new Set(), rows: [] });
  });
});
