import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { withApi, type ApiAnswer, type ApiClient } from '../../support/api.js';
import { violations } from '../../support/invariants.js';

const api = withApi();

const MERGE = `mutation($input: MergeDuplicatesInput!) { mergeDuplicates(input: $input) {
  dataObject { id version filename metadata isDeleted } merged annotationsMoved annotationsLeft warnings } }`;
const ANNOTATE = 'mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) { __typename ... on Annotation { id } ... on UserError { code } } }';
const OBJECT = 'query($id: ID!) { dataObject(id: $id) { isDeleted version metadata annotations(first: 100) { nodes { id annotatorId type version createdAt updatedAt content } } aggregations { nodes { id } } } }';

const caption = (objectId: string, text: string, more: object = {}) => ({ objectId, type: 'CAPTION', content: { text }, ...more });
async function annotate(client: ApiClient, input: object[]): Promise<string[]> {
  const { createAnnotations } = await client.ask(ANNOTATE, { input });
  return createAnnotations.map(({ id }: { id: string }) => id);
}
interface Shown { isDeleted: boolean; version: number; metadata: object; annotations: { nodes: { id: string; content: { text?: string }; annotatorId: string }[] }; aggregations: { nodes: { id: string }[] } }
const shown = async (client: ApiClient, id: string): Promise<Shown> => (await client.ask(OBJECT, { id })).dataObject;
const people = ({ annotations }: Shown) => annotations.nodes.filter(({ annotatorId }) => !annotatorId.startsWith('system:'));
const found = async (client: ApiClient, query: string): Promise<string[]> =>
  (await client.ask('query($query: String!) { search(input: { query: $query, mode: KEYWORD }) { nodes { id } } }', { query })).search.nodes.map(({ id }: { id: string }) => id);
const picture = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: { r: width % 255, g: height % 255, b: 7 } } }).png().toBuffer();

describe('a merge', () => {
  it('keeps what people said as they said it, fills the metadata, and puts the others into the bin', async () => {
    const { admin, editor, annotator } = api.tenant();
    const [keep, one, two] = (await admin.texts([
      { text: 'The keep.', metadata: { a: 1, deep: { x: 1, z: null } } },
      { text: 'The one.', metadata: { a: 2, b: 'from one', deep: { x: 2, y: 2, z: 3 } } },
      { text: 'The two.', metadata: { b: 'from two', c: 'from two' } },
    ])) as [string, string, string];
    await annotate(annotator, [caption(keep, 'a heron')]);
    const [same, other] = await annotate(annotator, [caption(one, 'a heron'), caption(one, 'an egret at low tide')]);
    const [again] = await annotate(admin, [caption(two, 'an egret at low tide')]);
    await admin.ask('mutation($id: ID!) { updateAnnotation(input: { id: $id, confidence: 0.5 }) { version } }', { id: other });
    const before = people(await shown(admin, one)).find(({ id }) => id === other);
    const { createAggregation } = await admin.ask('mutation($ids: [ID!]) { createAggregation(input: { type: COUNT, objectIds: $ids }) { id } }', { ids: [one] });

    const { mergeDuplicates } = await editor.ask(MERGE, { input: { keep, merge: [one, two], expectedVersion: 1 } });
    expect(mergeDuplicates).toEqual({
      dataObject: { id: keep, version: 2, filename: null, metadata: { a: 1, b: 'from one', c: 'from two', deep: { x: 1, y: 2, z: null } }, isDeleted: false },
      merged: [one, two], annotationsMoved: 2, annotationsLeft: 1, warnings: [],
    });
    const kept = await shown(admin, keep);
    expect(people(kept).map(({ id }) => id)).toEqual(expect.arrayContaining([other, again]));
    expect(people(kept)).toHaveLength(3);
    expect(people(kept).find(({ id }) => id === other)).toEqual(before);
    expect(kept.aggregations.nodes).toEqual([{ id: createAggregation.id }]);
    const gone = await shown(admin, one);
    expect([gone.isDeleted, people(gone).map(({ id }) => id)]).toEqual([true, [same]]);
    expect(await found(admin, 'egret')).toEqual([keep]);
    await editor.ask('mutation($id: ID!) { undeleteDataObject(id: $id) { isDeleted } }', { id: one });
    expect(await found(admin, 'egret')).toEqual([keep]);
  });

  it('moves boxes where the pictures have one shape, and says where they have not', async () => {
    const { admin } = api.tenant();
    const ids: string[] = [];
    for (const [width, height] of [[200, 100], [400, 200], [100, 100]] as const) ids.push((await admin.upload(await picture(width, height), { filename: `${width}.png` })).id);
    const [keep, larger, square] = ids as [string, string, string];
    const box = (objectId: string) => ({ objectId, type: 'DETECTION', content: { boxes: [{ label: `bird of ${objectId}`, x: 0.1, y: 0.1, width: 0.5, height: 0.5 }] } });
    const [fits, not] = await annotate(admin, [box(larger), box(square)]);
    const { mergeDuplicates } = await admin.ask(MERGE, { input: { keep, merge: [larger, square] } });
    expect(mergeDuplicates).toMatchObject({ annotationsMoved: 1, annotationsLeft: 1, warnings: [expect.stringContaining('shape')] });
    expect(people(await shown(admin, keep)).map(({ id }) => id)).toEqual([fits]);
    expect(people(await shown(admin, square)).map(({ id }) => id)).toEqual([not]);
  });

  it('takes captions along, with the passages that are made of them', async () => {
    const { admin } = api.tenant();
    const ids: string[] = [];
    for (const width of [200, 300]) ids.push((await admin.upload(await picture(width, 100), { filename: `${width}.png` })).id);
    const [keep, other] = ids as [string, string];
    await annotate(admin, [{ objectId: other, type: 'CAPTION', content: { text: 'A kestrel above the quarry' } }]);
    const captioned = async () => (await admin.ask(`{ search(input: { query: "kestrel quarry", mode: VECTOR, minVectorScore: 0.5 }) { edges { node { id } matches { text } } } }`)).search.edges;
    const shows = (id: string) => vi.waitFor(async () => expect(await captioned()).toEqual([{ node: { id }, matches: [{ text: 'A kestrel above the quarry' }] }]), { timeout: 30_000 });
    await shows(other);
    await admin.ask(MERGE, { input: { keep, merge: [other] } });
    await shows(keep);
  });

  it('refuses what cannot be merged and leaves everything as it was; answers a repeated request as the first time', async () => {
    const { admin, annotator } = api.tenant();
    const [keep, one, binned] = (await admin.texts([{ text: 'K.' }, { text: 'O.' }, { text: 'B.' }])) as [string, string, string];
    await admin.ask('mutation($id: ID!) { deleteDataObject(id: $id) { id } }', { id: binned });
    const nobody = 'obj_01h455vb4pex5vsknk084sn02q';
    const refused = async (code: 'BAD_USER_INPUT' | 'CONFLICT' | 'NOT_FOUND', input: object) => (await admin.refused(code, MERGE, { input })).extensions.path;
    expect(await refused('BAD_USER_INPUT', { keep, merge: [] })).toEqual(['input', 'merge']);
    expect(await refused('BAD_USER_INPUT', { keep, merge: [one, keep] })).toEqual(['input', 'merge', '1']);
    expect(await refused('CONFLICT', { keep: binned, merge: [one] })).toEqual(['input', 'keep']);
    expect(await refused('CONFLICT', { keep, merge: [one, binned] })).toEqual(['input', 'merge', '1']);
    expect(await refused('NOT_FOUND', { keep, merge: [one, nobody] })).toEqual(['input', 'merge', '1']);
    expect(await refused('CONFLICT', { keep, merge: [one], expectedVersion: 7 })).toEqual(['input', 'expectedVersion']);
    await annotator.refused('FORBIDDEN', MERGE, { input: { keep, merge: [one] } });
    expect((await shown(admin, one)).isDeleted).toBe(false);

    const input = { keep, merge: [one], idempotencyKey: 'once' };
    const first = await admin.ask(MERGE, { input });
    expect(await admin.ask(MERGE, { input })).toEqual(first);
    expect(await refused('CONFLICT', { ...input, keep: one, merge: [keep] })).toEqual(['input', 'idempotencyKey']);
  });

  it('loses and doubles no annotation beside others that annotate, change, merge and purge the same objects', async () => {
    const { admin } = api.tenant();
    for (let round = 0; round < 3; round++) {
      const [a, b] = (await admin.texts([{ text: `A of ${round}.` }, { text: `B of ${round}.` }])) as [string, string];
      const made = await annotate(admin, [caption(a, `a ${round}`), caption(b, `b ${round}`)]);
      const late = Array.from({ length: 6 }, (_, i) => admin.post(ANNOTATE, { input: [caption(i % 2 === 0 ? a : b, `late ${round} ${i}`)] }));
      const changes = made.map((id) => admin.post('mutation($id: ID!, $content: JSON!) { updateAnnotation(input: { id: $id, content: $content, confidence: 0.25 }) { id } }', { id, content: { text: `changed ${id}` } }));
      const merges = [admin.post(MERGE, { input: { keep: a, merge: [b] } }), admin.post(MERGE, { input: { keep: b, merge: [a] } })];
      const answers = await Promise.all([...late, ...changes, ...merges]);
      const [first, second] = answers.slice(-2);
      expect([first!.errors === undefined, second!.errors === undefined].filter(Boolean)).toHaveLength(1);
      expect([...(first!.errors ?? []), ...(second!.errors ?? [])].map(({ extensions }) => extensions.code)).toEqual(['CONFLICT']);
      const keep = first!.errors === undefined ? a : b;
      const accepted = answers.slice(0, 6).flatMap(({ data }) => data.createAnnotations).flatMap((answer: { id?: string }) => answer.id ?? []);
      const here = people(await shown(admin, keep)).map(({ id }) => id);
      const there = people(await shown(admin, keep === a ? b : a)).map(({ id }) => id);
      expect([...here, ...there].sort()).toEqual([...made, ...accepted].sort());
      expect(there).toEqual([]);
    }
    const [keep, victim] = (await admin.texts([{ text: 'Kept.' }, { text: 'Purged meanwhile.' }])) as [string, string];
    const [said] = await annotate(admin, [caption(victim, 'said of the victim')]);
    const [merge, purge] = await Promise.all([
      admin.post(MERGE, { input: { keep, merge: [victim] } }),
      admin.post('mutation($id: ID!) { purgeDataObject(id: $id) { annotations } }', { id: victim }),
    ]);
    expect(purge.errors).toBeUndefined();
    // Either it was moved before, or it went with its object and nothing was merged.
    expect(people(await shown(admin, keep)).map(({ id }) => id)).toEqual(merge.errors === undefined ? [said] : []);
  });

  it('knows no objects of another tenant: neither as the kept one nor among the others', async () => {
    const [own, foreign] = [api.tenant().admin, api.tenant().admin];
    const [mine, twin] = (await own.texts([{ text: 'Mine.' }, { text: 'Said in both tenants.' }])) as [string, string];
    const [theirs] = (await foreign.texts([{ text: 'Said in both tenants.', metadata: { theirs: true } }])) as [string];
    const [said] = await annotate(foreign, [caption(theirs, 'said there')]);
    const refused = async (input: object) => (await own.refused('NOT_FOUND', MERGE, { input })).extensions.path;
    expect(await refused({ keep: mine, merge: [twin, theirs] })).toEqual(['input', 'merge', '1']);
    expect(await refused({ keep: theirs, merge: [mine] })).toEqual(['input', 'keep']);
    // An object of nobody's is refused in the same words.
    const [{ message }, nobody] = [await own.refused('NOT_FOUND', MERGE, { input: { keep: theirs, merge: [mine] } }), 'obj_01h455vb4pex5vsknk084sn02q'];
    expect((await own.refused('NOT_FOUND', MERGE, { input: { keep: nobody, merge: [mine] } })).message).toBe(message.replace(theirs, nobody));
    expect([(await shown(own, mine)).isDeleted, (await shown(own, twin)).isDeleted]).toEqual([false, false]);
    expect(await shown(foreign, theirs)).toMatchObject({ isDeleted: false, version: 1, metadata: { theirs: true }, annotations: { nodes: expect.arrayContaining([expect.objectContaining({ id: said })]) } });
  });

  it('comes before or after an edit and a deletion of the same objects, and loses nothing of either', async () => {
    const { admin } = api.tenant();
    const edit = (id: string, metadata: object) => admin.post('mutation($input: UpdateDataObjectInput!) { updateDataObject(input: $input) { isDeleted } }', { input: { id, metadata } });
    const remove = (id: string) => admin.post('mutation($id: ID!) { deleteDataObject(id: $id) { id } }', { id });
    for (let round = 0; round < 6; round++) {
      const [a, b] = (await admin.texts([{ text: `Edited A of ${round}.` }, { text: `Edited B of ${round}.` }])) as [string, string];
      const [said] = await annotate(admin, [caption(b, `said of ${round}`)]);
      // Each comes first once.
      const work = { merge: () => admin.post(MERGE, { input: { keep: a, merge: [b] } }), a: () => edit(a, { ofA: round }), b: () => edit(b, { ofB: round }), gone: () => remove(round % 2 === 0 ? b : a) };
      const names = Object.keys(work) as (keyof typeof work)[];
      const order = [...names.slice(round % 4), ...names.slice(0, round % 4)];
      const answers = new Map(await Promise.all(order.map(async (name) => [name, await work[name]()] as const)));
      const [merge, ofA, ofB]: [ApiAnswer, ApiAnswer, ApiAnswer] = [answers.get('merge')!, answers.get('a')!, answers.get('b')!];
      // What lies in the bin is neither merged nor edited.
      for (const { errors = [] } of [merge, ofA, ofB]) expect(errors.every(({ extensions }) => extensions.code === 'CONFLICT')).toBe(true);
      expect(answers.get('gone')!.errors).toBeUndefined();
      const [isMerged, isAEdited, isBEdited] = [merge, ofA, ofB].map(({ errors }) => errors === undefined);
      const [kept, other] = [await shown(admin, a), await shown(admin, b)];
      expect([people(kept), people(other)].map((each) => each.map(({ id }) => id))).toEqual(isMerged ? [[said], []] : [[], [said]]);
      expect([kept.isDeleted, other.isDeleted]).toEqual([round % 2 === 1, isMerged || round % 2 === 0]);
      // An edit of the other one came first where it came about, and its words came along.
      expect(kept.metadata).toEqual({ ...(isAEdited && { ofA: round }), ...(isMerged && isBEdited && { ofB: round }) });
      expect(other.metadata).toEqual(isBEdited ? { ofB: round } : {});
    }
    expect(await violations(api.serving.app)).toEqual([]);
  });

  it('costs as many statements for many objects as for two', async () => {
    const { admin } = api.tenant();
    const counts: number[] = [];
    for (const count of [2, 12]) {
      const [keep, ...merge] = await admin.texts(Array.from({ length: count }, (_, i) => ({ text: `Number ${i} of ${count}.` })));
      // Captions and transcripts cost three more, and give the background something to do.
      await annotate(admin, merge.map((id) => ({ ...caption(id, `on ${id}`), type: 'SUMMARY' })));
      counts.push((await api.statementsOf(() => admin.ask(MERGE, { input: { keep, merge } }))).length);
    }
    expect(counts[0]).toBe(counts[1]);
  });
});
