import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { withApi, type ApiClient } from '../../support/api.js';

const api = withApi({ tenants: 3, settings: 'embedding:\n  near_duplicates: [{model: all-MiniLM-L6-v2, from: 0.8}]' });

const GROUPS = 'query($minSimilarity: Float) { duplicateGroups(tier: [SEMANTIC], minSimilarity: $minSimilarity) { nodes { similarity objects { id } } } }';
const DUPLICATES = 'query($id: ID!, $minSimilarity: Float) { dataObject(id: $id) { duplicates(tier: [SEMANTIC], minSimilarity: $minSimilarity) { similarity model object { id } } } }';

interface Group {
  similarity: number;
  objects: { id: string }[];
}

const compared = () =>
  vi.waitFor(async () => expect(await api.serving.app.engine.sql.query('SELECT object_id FROM comparisons_due')).toEqual([]), { timeout: 30_000, interval: 50 });
const groups = async (client: ApiClient, minSimilarity?: number): Promise<Group[]> => (await client.ask(GROUPS, { minSimilarity })).duplicateGroups.nodes;
const idsOf = (found: readonly Group[]) => found.map(({ objects }) => objects.map(({ id }) => id));

describe('the cosine from which two objects are near', () => {
  it('is each model’s own, the configured one where there is one, and the one that is asked for in any case', async () => {
    const { admin } = api.tenant();
    const photo = sharp('samples/images/lighthouse-dawn.jpg').autoOrient();
    const { width, height } = await photo.metadata();
    const cropped = await photo.clone().extract({ left: Math.round(width * 0.1), top: Math.round(height * 0.1), width: Math.floor(width * 0.9), height: Math.floor(height * 0.9) }).jpeg().toBuffer();
    const pictures: string[] = [];
    for (const bytes of [await photo.clone().jpeg().toBuffer(), cropped, await sharp('samples/images/lighthouse-fog.jpg').jpeg().toBuffer()]) pictures.push((await admin.upload(bytes, { filename: 'photo.jpg' })).id);
    const texts = await admin.texts([{ text: 'The ferry to the island leaves at noon.' }, { text: 'At noon a ferry leaves for the island in the bay.' }, { text: 'Quarterly results exceeded expectations.' }]);
    await compared();
    const found = await groups(admin);
    expect(idsOf(found)).toEqual([pictures.slice(0, 2), texts.slice(0, 2)]);
    // Neither would be near by the other's bound, nor by the bound of texts as it was measured.
    for (const { similarity } of found) expect(similarity).toBeLessThan(0.95);
    expect(await groups(admin, 0.95)).toEqual([]);

    const duplicatesOf = async (id: string, minSimilarity?: number) => (await admin.ask(DUPLICATES, { id, minSimilarity })).dataObject.duplicates;
    expect(await duplicatesOf(pictures[0]!)).toEqual([{ similarity: expect.closeTo(found[0]!.similarity, 5) as number, model: 'image-descriptor', object: { id: pictures[1] } }]);
    expect((await duplicatesOf(texts[0]!)).map(({ model }: { model: string }) => model)).toEqual(['all-MiniLM-L6-v2']);
    expect([await duplicatesOf(pictures[0]!, 0.95), await duplicatesOf(texts[0]!, 0.95)]).toEqual([[], []]);
  });

  it('has what is here compared again where it is lowered, and nothing where it stays', async () => {
    const { admin } = api.tenant();
    await admin.texts([{ text: 'The ferry to the island leaves at noon.' }, { text: 'The ferry to the island leaves at midday.' }]);
    await compared();
    const { database } = api.serving.app.deps;
    const { sql } = api.serving.app.engine;
    const due = () => sql.query('SELECT object_id FROM comparisons_due');
    const forget = () => sql.query('DELETE FROM near_duplicates WHERE tenant_id = $1', [admin.tenant]);
    await forget();
    await database.duplicates.keepFrom([{ model: 'all-MiniLM-L6-v2', similarity: 0.75 }, { model: 'never-seen', similarity: 0.5 }]);
    await database.duplicates.keepFrom([{ model: 'all-MiniLM-L6-v2', similarity: 0.9 }]);
    expect([await due(), await groups(admin)]).toEqual([[], []]);
    await database.duplicates.keepFrom([{ model: 'all-MiniLM-L6-v2', similarity: 0.75 }]);
    await vi.waitFor(async () => expect(await groups(admin)).toHaveLength(1), { timeout: 30_000, interval: 50 });
  });
});
