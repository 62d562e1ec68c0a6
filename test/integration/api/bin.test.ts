import { describe, expect, it } from 'vitest';
import { sha256 } from '../../support/app.js';
import { withApi, type ApiClient } from '../../support/api.js';

const api = withApi();

const OBJECT = 'query($id: ID!) { dataObject(id: $id) { id isDeleted version updatedAt text } }';
const DELETE = 'mutation($id: ID!) { deleteDataObject(id: $id) { id isDeleted version updatedAt } }';
const UNDELETE = 'mutation($id: ID!) { undeleteDataObject(id: $id) { id isDeleted version updatedAt } }';
const PURGE = 'mutation($id: ID!) { purgeDataObject(id: $id) { id bytesFreed annotations embeddings } }';
const LIST = 'query($filter: DataObjectFilter) { dataObjects(filter: $filter) { totalCount nodes { id } } }';
const FIND = 'query($input: SearchInput!) { search(input: $input) { totalCount nodes { id } } }';
const ANNOTATE = 'mutation($id: ID!) { createAnnotations(input: [{ objectId: $id, type: SUMMARY, content: { text: "a caption" } }]) { ... on Annotation { id } ... on UserError { code path } } }';

const found = async (client: ApiClient, query: string, mode = 'HYBRID') =>
  (await client.ask(FIND, { input: { query, mode } })).search.nodes.map((node: { id: string }) => node.id) as string[];
const listed = async (client: ApiClient, filter: object = {}) => (await client.ask(LIST, { filter })).dataObjects.nodes.map((node: { id: string }) => node.id) as string[];
const storedBytes = async (tenant: string) =>
  (await api.serving.app.engine.sql.query<{ key: string; references: number }>('SELECT * FROM blobs WHERE tenant_id = $1', [tenant])).length;

describe('an object in the bin', () => {
  it('is returned by id with isDeleted, is out of lists and searches, and comes back whole', async () => {
    const { admin } = api.tenant();
    const [kept, binned] = (await admin.texts([{ text: 'A curlew walks the mud flats.' }, { text: 'A curlew calls over the mud flats at dusk.' }])) as [string, string];
    const before = (await admin.ask(OBJECT, { id: binned })).dataObject;
    for (const mode of ['HYBRID', 'VECTOR', 'KEYWORD']) expect(new Set(await found(admin, 'curlew mud flats', mode)), mode).toEqual(new Set([kept, binned]));

    const first = (await admin.ask(DELETE, { id: binned })).deleteDataObject;
    expect(first).toMatchObject({ id: binned, isDeleted: true, version: before.version });
    expect((await admin.ask(DELETE, { id: binned })).deleteDataObject).toEqual(first);

    expect((await admin.ask(OBJECT, { id: binned })).dataObject).toMatchObject({ isDeleted: true, text: before.text });
    expect((await admin.ask('query($id: ID!) { node(id: $id) { ... on DataObject { isDeleted } } }', { id: binned })).node).toEqual({ isDeleted: true });
    const { _entities } = await admin.ask('query($r: [_Any!]!) { _entities(representations: $r) { ... on DataObject { id isDeleted } } }', { r: [{ __typename: 'DataObject', id: binned }] });
    expect(_entities).toEqual([{ id: binned, isDeleted: true }]);

    expect(await admin.ask(LIST)).toEqual({ dataObjects: { totalCount: 1, nodes: [{ id: kept }] } });
    expect(new Set(await listed(admin, { includeDeleted: true }))).toEqual(new Set([kept, binned]));
    expect(await listed(admin, { and: [{ includeDeleted: true }] })).toEqual([kept]);
    expect(await listed(admin, { includeDeleted: null })).toEqual([kept]);
    for (const mode of ['HYBRID', 'VECTOR', 'KEYWORD']) {
      expect(await found(admin, 'curlew mud flats', mode), mode).toEqual([kept]);
      const { search } = await admin.ask(FIND, { input: { query: 'curlew', mode, filter: { includeDeleted: true } } });
      expect(search, mode).toEqual({ totalCount: 1, nodes: [{ id: kept }] });
    }
    const { dataObject: alike } = await admin.ask('query($id: ID!) { dataObject(id: $id) { similar { nodes { id } } } }', { id: kept });
    expect(alike.similar.nodes).toEqual([]);
    expect((await admin.ask(FIND, { input: { objectId: binned } })).search.nodes).toEqual([{ id: kept }]);

    const back = (await admin.ask(UNDELETE, { id: binned })).undeleteDataObject;
    expect(back).toMatchObject({ id: binned, isDeleted: false, version: before.version });
    expect((await admin.ask(UNDELETE, { id: binned })).undeleteDataObject).toEqual(back);
    for (const mode of ['HYBRID', 'VECTOR', 'KEYWORD']) expect(new Set(await found(admin, 'curlew mud flats', mode)), mode).toEqual(new Set([kept, binned]));
    expect(new Set(await listed(admin))).toEqual(new Set([kept, binned]));
  });

  it('is not changed or annotated before it is undeleted', async () => {
    const { admin } = api.tenant();
    const [id] = await admin.texts([{ text: 'Something to be put aside.' }]);
    const { createAnnotations } = await admin.ask(ANNOTATE, { id });
    await admin.ask(DELETE, { id });
    expect((await admin.refused('CONFLICT', 'mutation($id: ID!) { updateDataObject(input: { id: $id, metadata: { a: 1 } }) { id } }', { id })).extensions.path).toEqual(['input', 'id']);
    expect((await admin.ask(ANNOTATE, { id })).createAnnotations).toEqual([{ code: 'CONFLICT', path: ['input', '0', 'objectId'] }]);
    await admin.refused('CONFLICT', 'mutation($id: ID!) { updateAnnotation(input: { id: $id, confidence: 0.5 }) { id } }', { id: createAnnotations[0].id });
    expect((await admin.ask(OBJECT, { id })).dataObject.version).toBe(1);
  });

  it('gives way to a new object of the same content, and then cannot be undeleted: CONFLICT', async () => {
    const { admin } = api.tenant();
    const text = 'The slip is steep and green with weed.';
    const [first] = await admin.texts([{ text, metadata: { copy: 1 } }]);
    await admin.ask(DELETE, { id: first });
    const { dataObjectByHash } = await admin.ask('query($h: SHA256!) { dataObjectByHash(contentHash: $h) { id } }', { h: sha256(text) });
    expect(dataObjectByHash).toBeNull();
    const [second] = await admin.texts([{ text, metadata: { copy: 2 } }]);
    expect(second).not.toBe(first);
    const error = await admin.refused('CONFLICT', UNDELETE, { id: first });
    expect(error.extensions.path).toEqual(['id']);
    expect(await listed(admin)).toEqual([second]);
    expect(await found(admin, 'steep slip')).toEqual([second]);
    await admin.ask(DELETE, { id: second });
    expect((await admin.ask(UNDELETE, { id: first })).undeleteDataObject).toMatchObject({ isDeleted: false });
    await admin.refused('CONFLICT', UNDELETE, { id: second });
  });
});

describe('purging', () => {
  it('takes rows, bytes, vectors and words; a second time answers the same', async () => {
    const { admin } = api.tenant();
    const text = 'A wren nests in the gallery rail, close to the horn.';
    const [id] = await admin.texts([{ text }]);
    const { createAnnotations } = await admin.ask(ANNOTATE, { id });
    const { dataObject } = await admin.ask('query($id: ID!) { dataObject(id: $id) { downloadUrl { url } embeddings { id } annotations { totalCount } ingestion { id } } }', { id });
    expect((await fetch(dataObject.downloadUrl.url)).status).toBe(200);
    const aggregation = await admin.ask('mutation($id: ID!) { createAggregation(input: { type: COUNT, objectIds: [$id] }) { id } }', { id });

    const first = (await admin.ask(PURGE, { id })).purgeDataObject;
    expect(first).toEqual({ id, bytesFreed: text.length, annotations: dataObject.annotations.totalCount, embeddings: dataObject.embeddings.length });
    expect(first.annotations).toBeGreaterThanOrEqual(1);
    expect((await admin.ask(PURGE, { id })).purgeDataObject).toEqual(first);

    expect((await admin.ask(OBJECT, { id })).dataObject).toBeNull();
    const ids = [id, createAnnotations[0].id, dataObject.embeddings[0].id, dataObject.ingestion.id];
    expect((await admin.ask('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })).nodes).toEqual([null, null, null, null]);
    expect(await listed(admin, { includeDeleted: true })).toEqual([]);
    for (const mode of ['HYBRID', 'VECTOR', 'KEYWORD']) expect(await found(admin, 'wren gallery rail', mode), mode).toEqual([]);
    expect((await fetch(dataObject.downloadUrl.url)).status).toBe(404);
    expect(await storedBytes(admin.tenant)).toBe(0);
    const { node } = await admin.ask('query($id: ID!) { node(id: $id) { ... on Aggregation { sourceCount sourceObjects { totalCount nodes { id } } } } }', { id: aggregation.createAggregation.id });
    expect(node).toEqual({ sourceCount: 1, sourceObjects: { totalCount: 0, nodes: [] } });
    await admin.refused('NOT_FOUND', UNDELETE, { id });
  });

  it('frees bytes only with the last row that refers to them', async () => {
    const { admin } = api.tenant();
    const text = 'Bytes that two objects share, one of them in the bin.';
    const [binned] = await admin.texts([{ text }]);
    await admin.ask(DELETE, { id: binned });
    const [live] = await admin.texts([{ text }]);
    expect(await storedBytes(admin.tenant)).toBe(1);
    expect((await admin.ask(PURGE, { id: live })).purgeDataObject.bytesFreed).toBe(0);
    const { dataObject } = await admin.ask('query($id: ID!) { dataObject(id: $id) { text downloadUrl { url } } }', { id: binned });
    expect(await (await fetch(dataObject.downloadUrl.url)).text()).toBe(text);
    expect((await admin.ask(PURGE, { id: binned })).purgeDataObject.bytesFreed).toBe(text.length);
    expect((await admin.ask(PURGE, { id: live })).purgeDataObject.bytesFreed).toBe(0);
    const other = api.tenant().admin;
    const [theirs] = await other.texts([{ text }]);
    await other.refused('NOT_FOUND', PURGE, { id: binned });
    expect((await other.ask(PURGE, { id: theirs })).purgeDataObject.bytesFreed).toBe(text.length);
  });

  it('at once from many sides happens once', async () => {
    const { admin } = api.tenant();
    const text = 'To be purged by everyone at once.';
    const [id] = await admin.texts([{ text }]);
    const answers = await Promise.all([1, 2, 3].map(() => admin.ask(PURGE, { id })));
    const again = (await admin.ask(PURGE, { id })).purgeDataObject;
    expect(again.bytesFreed).toBe(text.length);
    for (const { purgeDataObject } of answers) expect([0, text.length]).toContain(purgeDataObject.bytesFreed);
    expect(answers.map(({ purgeDataObject }) => purgeDataObject)).toContainEqual(again);
  });

  it('while it is still being taken in leaves nothing behind', async () => {
    const { admin } = api.tenant();
    const { ingestText } = await admin.ask('mutation { ingestText(input: { text: "gone before it was read" }) { dataObject { id } ingestion { id } } }');
    expect((await admin.ask(PURGE, { id: ingestText.dataObject.id })).purgeDataObject.bytesFreed).toBe(23);
    expect(await listed(admin, { includeDeleted: true })).toEqual([]);
    expect(await found(admin, 'gone before it was read')).toEqual([]);
  });
});

describe('an annotation in the bin', () => {
  it('is returned by id with isDeleted, is out of lists, and twice answers the same', async () => {
    const { admin } = api.tenant();
    const [id] = await admin.texts([{ text: 'Seen from the boat.' }]);
    const { createAnnotations } = await admin.ask(ANNOTATE, { id });
    const annotation = createAnnotations[0].id as string;
    const OWN = 'query($v: [String!], $d: Boolean) { annotations(filter: { annotatorIds: $v, includeDeleted: $d }) { totalCount nodes { id isDeleted version } } }';
    const first = (await admin.ask('mutation($id: ID!) { deleteAnnotation(id: $id) { id isDeleted version updatedAt } }', { id: annotation })).deleteAnnotation;
    expect(first).toMatchObject({ isDeleted: true, version: 1 });
    expect((await admin.ask('mutation($id: ID!) { deleteAnnotation(id: $id) { id isDeleted version updatedAt } }', { id: annotation })).deleteAnnotation).toEqual(first);
    expect((await admin.ask('query($id: ID!) { node(id: $id) { ... on Annotation { isDeleted } } }', { id: annotation })).node).toEqual({ isDeleted: true });
    expect((await admin.ask(OWN, { v: [admin.viewer] })).annotations).toEqual({ totalCount: 0, nodes: [] });
    expect((await admin.ask(OWN, { v: [admin.viewer], d: true })).annotations.nodes).toEqual([{ id: annotation, isDeleted: true, version: 1 }]);
    expect(await listed(admin, { annotation: { annotatorIds: [admin.viewer] } })).toEqual([]);
    expect(await found(admin, 'caption', 'KEYWORD')).toEqual([]);
    await admin.refused('CONFLICT', 'mutation($id: ID!) { updateAnnotation(input: { id: $id, confidence: 0.5 }) { id } }', { id: annotation });
    const back = (await admin.ask('mutation($id: ID!) { undeleteAnnotation(id: $id) { id isDeleted version updatedAt } }', { id: annotation })).undeleteAnnotation;
    expect(back).toMatchObject({ isDeleted: false, version: 1 });
    expect((await admin.ask('mutation($id: ID!) { undeleteAnnotation(id: $id) { id isDeleted version updatedAt } }', { id: annotation })).undeleteAnnotation).toEqual(back);
    expect(await found(admin, 'caption', 'KEYWORD')).toEqual([id]);
    expect(await listed(admin, { annotation: { annotatorIds: [admin.viewer] } })).toEqual([id]);
  });
});
