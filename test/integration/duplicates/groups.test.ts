import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { decodeTypeId } from '../../../src/domain/type-id.js';
import { withApi, type ApiClient } from '../../support/api.js';

const api = withApi();

const GROUPS = `query($first: Int, $after: String, $tier: [DuplicateTier!], $filter: DataObjectFilter, $minSimilarity: Float) {
  duplicateGroups(first: $first, after: $after, tier: $tier, filter: $filter, minSimilarity: $minSimilarity) {
    totalCount pageInfo { hasNextPage endCursor } nodes { id tier similarity count keep { id } objects { id } } } }`;
const DUPLICATES = 'query($ids: [ID!]!, $tier: [DuplicateTier!]) { nodes(ids: $ids) { ... on DataObject { id duplicates(tier: $tier) { tier similarity model object { id } } } } }';

interface Group {
  id: string;
  tier: string;
  similarity: number;
  count: number;
  keep: { id: string };
  objects: { id: string }[];
}

const compared = () =>
  vi.waitFor(async () => expect(await api.serving.app.engine.sql.query('SELECT object_id FROM comparisons_due')).toEqual([]), { timeout: 30_000, interval: 50 });
const groupsOf = async (client: ApiClient, variables: object = {}): Promise<Group[]> => (await client.ask(GROUPS, variables as Record<string, unknown>)).duplicateGroups.nodes;
const membersOf = (groups: readonly Group[]) => groups.map(({ tier, objects }) => [tier, ...objects.map(({ id }) => id)]);

/** Rings and bars that no plain surface has, told apart by their number. */
const scene = (number: number) =>
  sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="320" height="240"><rect width="320" height="240" fill="#${['204060', '803020', '308040'][number % 3]}"/>
    <circle cx="${60 + ((number * 71) % 200)}" cy="${50 + ((number * 37) % 140)}" r="48" fill="#f0e0a0"/><rect x="${(number * 53) % 240}" y="${(number * 91) % 180}" width="80" height="40" fill="#101010"/>
    <path d="M0 ${40 + number * 17} L320 ${220 - number * 23}" stroke="#ffffff" stroke-width="9"/></svg>`));

const STORY = Array.from({ length: 120 }, (_, i) => `${['The keeper', 'A gull', 'Some rain', 'That boat', 'My sister'][i % 5]} ${['counted', 'left', 'found', 'painted'][i % 4]} number ${i * 7}`).join('. ');

describe('groups of duplicates', () => {
  it('find pictures of the same pixels, of the same looks, and nobody else’s', async () => {
    const { admin } = api.tenant();
    const png = await scene(1).png({ compressionLevel: 9 }).toBuffer();
    const pixels = [png, await scene(1).webp({ lossless: true }).toBuffer(), await scene(1).png({ compressionLevel: 1, adaptiveFiltering: true }).toBuffer()];
    const looks = [await scene(1).resize(200).jpeg({ quality: 60 }).toBuffer(), await scene(1).resize(640).jpeg({ quality: 80 }).toBuffer()];
    const ids: string[] = [];
    for (const [i, bytes] of [...pixels, ...looks, await scene(2).png().toBuffer(), await scene(5).png().toBuffer()].entries()) ids.push((await admin.upload(bytes, { filename: `${i}` })).id);
    // Plain surfaces have no looks to be alike in.
    for (const colour of ['#ff0000', '#0000ff']) await admin.upload(await sharp({ create: { width: 90, height: 90, channels: 3, background: colour } }).png().toBuffer(), { filename: colour });
    await compared();

    const tiers = ['DECODED', 'PERCEPTUAL'];
    const found = await groupsOf(admin, { tier: tiers });
    expect(membersOf(found)).toEqual([['DECODED', ...ids.slice(0, 3)], ['PERCEPTUAL', ...ids.slice(0, 5)]]);
    expect(found.map(({ count, keep }) => [count, keep.id])).toEqual([[3, expect.any(String)], [5, ids[4]]]);
    expect(found[0]!.similarity).toBe(1);
    expect(found[1]!.similarity).toBeGreaterThan(0.88);

    const { nodes } = await admin.ask(DUPLICATES, { ids, tier: tiers });
    expect(nodes[0].duplicates.map(({ tier, object }: { tier: string; object: { id: string } }) => [tier, object.id])).toEqual(
      expect.arrayContaining([['DECODED', ids[1]], ['DECODED', ids[2]], ['PERCEPTUAL', ids[3]], ['PERCEPTUAL', ids[4]]]),
    );
    expect(nodes[0].duplicates).toHaveLength(4);
    expect(nodes[5].duplicates).toEqual([]);
    expect(await groupsOf(api.tenant().admin)).toEqual([]);
  });

  it('find texts that are the same but for white space, that share most of their words, and that mean the same', async () => {
    const { admin } = api.tenant();
    const ids = await admin.texts([
      { text: STORY },
      { text: STORY.replaceAll(' ', '  \n') },
      { text: STORY.replace('number 77', 'nothing at all') },
      { text: `${STORY.slice(0, 900)} ${'Quite another end with other words entirely, told at some length. '.repeat(30)}` },
      { text: 'The ferry to the island leaves at noon.' },
      { text: 'The ferry to the island leaves at midday.' },
    ]);
    await compared();
    expect(membersOf(await groupsOf(admin, { tier: ['DECODED', 'PERCEPTUAL'] }))).toEqual([['DECODED', ids[0], ids[1]], ['PERCEPTUAL', ids[0], ids[1], ids[2]]]);
    const semantic = await groupsOf(admin, { tier: ['SEMANTIC'], minSimilarity: 0.9 });
    expect(membersOf(semantic)).toContainEqual(['SEMANTIC', ids[4], ids[5]]);
    const [, , , , ferry] = (await admin.ask(DUPLICATES, { ids, tier: ['SEMANTIC'] })).nodes;
    expect(ferry.duplicates.every(({ model }: { model: string }) => model !== null)).toBe(true);
  });

  it('are one of as many copies as there are, though each finds but a few of the others, and stay it when the oldest is compared again', async () => {
    const { admin } = api.tenant();
    const { sql } = api.serving.app.engine;
    const ids: string[] = [];
    for (let quality = 48; quality < 96; quality += 1) ids.push((await admin.upload(await scene(4).resize(160 + quality).jpeg({ quality }).toBuffer(), { filename: `${quality}.jpg` })).id);
    for (const again of [[], ids.slice(0, 1)]) {
      await sql.query('INSERT INTO comparisons_due (object_id, tenant_id) SELECT id, tenant_id FROM data_objects WHERE id = ANY($1::uuid[]) ON CONFLICT DO NOTHING', [again.map((id) => decodeTypeId('obj', id))]);
      await compared();
      for (const tier of ['PERCEPTUAL', 'SEMANTIC']) expect((await groupsOf(admin, { tier: [tier] })).map(({ count, objects }) => [count, objects[0]!.id])).toEqual([[ids.length, ids[0]]]);
    }
  });

  it('come page by page, in an order that new objects do not change, under a filter, and with the bin where it is asked for', async () => {
    const { admin } = api.tenant();
    const stories = [1, 2, 3].map((n) => STORY.replaceAll('number', `number ${n} of`));
    const first = await admin.texts(stories.map((text, i) => ({ text, metadata: { shelf: i } })));
    const second = await admin.texts(stories.map((text, i) => ({ text: `${text}  `, metadata: { shelf: i } })));
    await compared();
    const all = { tier: ['DECODED'] };
    const page = (await admin.ask(GROUPS, { ...all, first: 1 })).duplicateGroups;
    expect(page).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    await admin.texts([{ text: `${stories[0]} \n` }]);
    await compared();
    const rest = await groupsOf(admin, { ...all, after: page.pageInfo.endCursor });
    expect([...page.nodes, ...rest].map((group: Group) => group.objects[0]!.id).sort()).toEqual([...first].sort());
    expect(membersOf(await groupsOf(admin, { ...all, filter: { metadata: [{ path: 'shelf', equals: 1 }] } }))).toEqual([['DECODED', first[1], second[1]]]);
    expect((await admin.refused('BAD_USER_INPUT', GROUPS, { ...all, after: page.pageInfo.endCursor, minSimilarity: 0.5 })).extensions.path).toEqual(['after']);

    // The same bytes again, beside a twin in the bin.
    expect(await groupsOf(admin, { tier: ['BYTES'] })).toEqual([]);
    await admin.ask('mutation($id: ID!) { deleteDataObject(id: $id) { id } }', { id: first[2] });
    const [again] = await admin.texts([{ text: stories[2]! }]);
    expect(membersOf(await groupsOf(admin, { tier: ['BYTES'], filter: { includeDeleted: true } }))).toEqual([['BYTES', first[2], again]]);
    expect(await groupsOf(admin, { tier: ['BYTES'] })).toEqual([]);
  });

  it('cost as many statements for a page of objects as for one', async () => {
    const { admin } = api.tenant();
    const ids = await admin.texts([1, 2, 3, 4, 5, 6].map((n) => ({ text: `${STORY}${' '.repeat(n)}` })));
    await compared();
    await admin.ask(DUPLICATES, { ids });
    const counts: number[] = [];
    for (const some of [ids.slice(0, 1), ids]) counts.push((await api.statementsOf(() => admin.ask(DUPLICATES, { ids: some }))).length);
    expect(counts[0]).toBe(counts[1]);
    expect((await api.statementsOf(() => groupsOf(admin))).length).toBeLessThanOrEqual(5);
  });

  it('refuse what is out of bounds', async () => {
    const { admin, reader } = api.tenant();
    expect((await admin.refused('BAD_USER_INPUT', GROUPS, { minSimilarity: 1.5 })).extensions.path).toEqual(['minSimilarity']);
    expect((await admin.refused('BAD_USER_INPUT', GROUPS, { tier: [] })).extensions.path).toEqual(['tier']);
    expect(await groupsOf(reader)).toEqual([]);
  });
});
