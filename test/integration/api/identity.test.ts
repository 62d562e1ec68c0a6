import { describe, expect, it } from 'vitest';
import { encodeTypeId } from '../../../src/domain/type-id.js';
import { withApi, type ApiClient } from '../../support/api.js';

const api = withApi();

const TYPE_ID = (prefix: string) => new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`);
const ABSENT = '01890000-0000-7000-8000-00000000abcd';
const NODES = 'query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';
const LIST = `query($first: Int, $after: String, $last: Int, $before: String, $filter: DataObjectFilter, $orderBy: DataObjectOrder) {
  dataObjects(first: $first, after: $after, last: $last, before: $before, filter: $filter, orderBy: $orderBy) {
    edges { cursor node { id filename } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

/** One of each kind, in the tenant of `admin`. */
async function oneOfEach(admin: ApiClient) {
  const [object] = await admin.texts([{ text: 'The barn owl sleeps in the oil store.' }]);
  const made = await admin.ask(
    `mutation($object: ID!) {
      createAnnotations(input: [{ objectId: $object, type: CAPTION, content: { text: "an owl" } }]) { ... on Annotation { id } }
      createAggregation(input: { type: COUNT, objectIds: [$object] }) { id }
      createUpload(input: { filename: "a.bin", fileSize: 3 }) { upload { id } }
    }`,
    { object },
  );
  const { dataObject } = await admin.ask('query($id: ID!) { dataObject(id: $id) { embeddings { id } ingestion { id } } }', { id: object });
  return {
    DataObject: object!,
    Annotation: made.createAnnotations[0].id as string,
    Aggregation: made.createAggregation.id as string,
    UploadSession: made.createUpload.upload.id as string,
    Embedding: dataObject.embeddings[0].id as string,
    Ingestion: dataObject.ingestion.id as string,
  };
}

async function numbered(admin: ApiClient, count: number): Promise<string[]> {
  const ids: string[] = [];
  // Each in a request of its own, so that their order in time is theirs alone.
  for (let i = 1; i <= count; i++) ids.push(...(await made(admin, [{ text: `note number ${i}`, filename: `note-${i}.txt` }])));
  return ids;
}

/** Without waiting for what becomes of them. */
async function made(admin: ApiClient, input: { text: string; filename?: string }[]): Promise<string[]> {
  const { ingestTexts } = await admin.ask('mutation($input: [IngestTextInput!]!) { ingestTexts(input: $input) { ... on IngestPayload { dataObject { id } } } }', { input });
  return ingestTexts.map((each: { dataObject: { id: string } }) => each.dataObject.id);
}

const idsOf = (page: { nodes: { id: string }[] }) => page.nodes.map((node) => node.id);

describe('ids', () => {
  it('are TypeIDs over UUIDs of version 7, which is what the database holds', async () => {
    const { admin } = api.tenant();
    const ids = await oneOfEach(admin);
    const prefixes = { DataObject: 'obj', Annotation: 'ann', Embedding: 'emb', Aggregation: 'agg', Ingestion: 'ing', UploadSession: 'upl' };
    for (const [kind, prefix] of Object.entries(prefixes)) expect(ids[kind as keyof typeof ids]).toMatch(TYPE_ID(prefix));
    const [row] = await api.serving.app.engine.sql.query<{ id: string }>('SELECT id FROM data_objects WHERE tenant_id = $1', [admin.tenant]);
    expect(row!.id[14]).toBe('7');
    expect(encodeTypeId('obj', row!.id)).toBe(ids.DataObject);
  });

  it('of any kind are resolved by node and nodes, in order, null for what is not there or not the caller’s', async () => {
    const { admin, reader } = api.tenant();
    const ids = await oneOfEach(admin);
    const entries = Object.entries(ids);
    const mixed = [ids.Ingestion, encodeTypeId('obj', ABSENT), ...entries.map(([, id]) => id), ids.DataObject];
    const { nodes } = await reader.ask(NODES, { ids: mixed });
    expect(nodes).toEqual([
      { __typename: 'Ingestion', id: ids.Ingestion }, null, ...entries.map(([__typename, id]) => ({ __typename, id })), { __typename: 'DataObject', id: ids.DataObject },
    ]);
    for (const [__typename, id] of entries) expect((await reader.ask('query($id: ID!) { node(id: $id) { __typename id } }', { id })).node).toEqual({ __typename, id });

    const other = api.tenant().admin;
    expect((await other.ask(NODES, { ids: mixed })).nodes).toEqual(mixed.map(() => null));
    const apart = await other.ask(
      `query($object: ID!, $upload: ID!, $ingestion: ID!, $annotations: [ID!]) {
        node(id: $object) { id } dataObject(id: $object) { id } uploadSession(id: $upload) { id } ingestion(id: $ingestion) { id }
        annotations(filter: { objectIds: $annotations }) { totalCount } aggregations { totalCount } ingestions { totalCount } dataObjects(filter: { includeDeleted: true }) { totalCount }
      }`,
      { object: ids.DataObject, upload: ids.UploadSession, ingestion: ids.Ingestion, annotations: [ids.DataObject] },
    );
    expect(apart).toEqual({
      node: null, dataObject: null, uploadSession: null, ingestion: null, annotations: { totalCount: 0 }, aggregations: { totalCount: 0 }, ingestions: { totalCount: 0 }, dataObjects: { totalCount: 0 },
    });
  });

  it('of another kind or of no shape are refused, with the place', async () => {
    const { admin } = api.tenant();
    const annotation = encodeTypeId('ann', ABSENT);
    const object = encodeTypeId('obj', ABSENT);
    const wrong: [string, Record<string, unknown>, string[]][] = [
      ['query($id: ID!) { dataObject(id: $id) { id } }', { id: annotation }, ['id']],
      ['query($id: ID!) { uploadSession(id: $id) { id } }', { id: object }, ['id']],
      ['query($id: ID!) { ingestion(id: $id) { id } }', { id: object }, ['id']],
      ['query($id: ID!) { node(id: $id) { id } }', { id: 'nonsense' }, ['id']],
      ['query($id: ID!) { node(id: $id) { id } }', { id: `${object}0` }, ['id']],
      ['query($id: ID!) { node(id: $id) { id } }', { id: object.toUpperCase() }, ['id']],
      ['query($id: ID!) { node(id: $id) { id } }', { id: `obj_8${'0'.repeat(25)}` }, ['id']],
      [NODES, { ids: [object, ABSENT] }, ['ids', '1']],
      ['mutation($id: ID!) { deleteDataObject(id: $id) { id } }', { id: annotation }, ['id']],
      ['mutation($id: ID!) { deleteAnnotation(id: $id) { id } }', { id: object }, ['id']],
      ['mutation($id: ID!) { purgeDataObject(id: $id) { id } }', { id: '' }, ['id']],
      ['mutation($id: ID!) { retryIngestion(id: $id) { id } }', { id: object }, ['id']],
      ['mutation($id: ID!) { abortUpload(id: $id) { id } }', { id: object }, ['id']],
      ['mutation($id: ID!) { deleteAggregation(id: $id) }', { id: object }, ['id']],
      ['mutation($id: ID!) { updateDataObject(input: { id: $id }) { id } }', { id: annotation }, ['input', 'id']],
      ['query($id: ID!) { search(input: { objectId: $id }) { totalCount } }', { id: annotation }, ['input', 'objectId']],
      ['query($id: ID!) { annotations(filter: { objectIds: [$id] }) { totalCount } }', { id: annotation }, ['filter', 'objectIds', '0']],
    ];
    for (const [query, variables, path] of wrong) expect((await admin.refused('BAD_USER_INPUT', query, variables)).extensions.path, query).toEqual(path);
  });

  it.each([
    ['deleteDataObject(id: $id) { id }', 'obj', ['id']],
    ['undeleteDataObject(id: $id) { id }', 'obj', ['id']],
    ['purgeDataObject(id: $id) { id }', 'obj', ['id']],
    ['updateDataObject(input: { id: $id }) { id }', 'obj', ['input', 'id']],
    ['deleteAnnotation(id: $id) { id }', 'ann', ['id']],
    ['undeleteAnnotation(id: $id) { id }', 'ann', ['id']],
    ['updateAnnotation(input: { id: $id }) { id }', 'ann', ['input', 'id']],
    ['deleteAggregation(id: $id)', 'agg', ['id']],
    ['retryIngestion(id: $id) { id }', 'ing', ['id']],
    ['abortUpload(id: $id) { id }', 'upl', ['id']],
    ['completeUpload(input: { id: $id }) { deduplicated }', 'upl', ['input', 'id']],
    ['createAggregation(input: { type: COUNT, objectIds: [$id] }) { id }', 'obj', ['input', 'objectIds', '0']],
  ] as const)('that are not there: NOT_FOUND from %s', async (field, prefix, path) => {
    const id = encodeTypeId(prefix, ABSENT);
    const error = await api.tenant().admin.refused('NOT_FOUND', `mutation($id: ID!) { ${field} }`, { id });
    expect(error.extensions.path).toEqual(path);
    expect(error.message).toContain(id);
  });

  it('are taken by nodes and objectIds up to 500, by list mutations up to 1,000', async () => {
    const { admin } = api.tenant();
    const ids = (count: number) => Array.from({ length: count }, (_, i) => encodeTypeId('obj', `01890000-0000-7000-8000-${String(i).padStart(12, '0')}`));
    expect((await admin.ask(NODES, { ids: ids(500) })).nodes).toHaveLength(500);
    const most = await admin.refused('BAD_USER_INPUT', NODES, { ids: ids(501) });
    expect(most.extensions.path).toEqual(['ids']);
    const ANNOTATED = 'query($ids: [ID!]) { annotations(filter: { objectIds: $ids }) { nodes { id } } }';
    expect((await admin.ask(ANNOTATED, { ids: ids(500) })).annotations.nodes).toEqual([]);
    await admin.refused('BAD_USER_INPUT', ANNOTATED, { ids: ids(501) });
    await admin.refused('BAD_USER_INPUT', 'query($ids: [ID!]) { dataObjects(filter: { not: { annotation: { objectIds: $ids } } }) { nodes { id } } }', { ids: ids(501) });
    await admin.refused('BAD_USER_INPUT', 'mutation($ids: [ID!]) { createAggregation(input: { type: COUNT, objectIds: $ids }) { id } }', { ids: ids(501) });
    const ANNOTATE = 'mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) { ... on UserError { code } } }';
    const inputs = (count: number) => ids(count).map((objectId) => ({ objectId, type: 'CAPTION', content: { text: 'x' } }));
    const answers = await admin.ask(ANNOTATE, { input: inputs(1_000) });
    expect(new Set(answers.createAnnotations.map((each: { code: string }) => each.code))).toEqual(new Set(['NOT_FOUND']));
    expect(answers.createAnnotations).toHaveLength(1_000);
    expect((await admin.refused('BAD_USER_INPUT', ANNOTATE, { input: inputs(1_001) })).extensions.path).toEqual(['input']);
    const texts = Array.from({ length: 1_001 }, (_, i) => ({ text: `${i}` }));
    await admin.refused('BAD_USER_INPUT', 'mutation($input: [IngestTextInput!]!) { ingestTexts(input: $input) { __typename } }', { input: texts });
    expect((await admin.ask('{ dataObjects { totalCount } }')).dataObjects.totalCount).toBe(0);
  });
});

describe('connections', () => {
  it('come newest first, in pages that meet without gaps, from either end', async () => {
    const { admin } = api.tenant();
    const newest = (await numbered(admin, 7)).reverse();
    const forwards: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { dataObjects: page }: { dataObjects: Page } = await admin.ask(LIST, { first: 3, after });
      forwards.push(...idsOf(page));
      expect(page.edges.map((edge) => edge.node.id)).toEqual(idsOf(page));
      expect(page.pageInfo).toMatchObject({ startCursor: page.edges[0]!.cursor, endCursor: page.edges.at(-1)!.cursor, hasPreviousPage: after !== null });
      ({ endCursor: after, hasNextPage: more } = page.pageInfo);
    }
    expect(forwards).toEqual(newest);
    const backwards: string[] = [];
    for (let before: string | null = null, more = true; more; ) {
      const { dataObjects: page }: { dataObjects: Page } = await admin.ask(LIST, { last: 3, before });
      backwards.unshift(...idsOf(page));
      expect(page.pageInfo.hasNextPage).toBe(before !== null);
      ({ startCursor: before, hasPreviousPage: more } = page.pageInfo);
    }
    expect(backwards).toEqual(newest);
    const all = (await admin.ask(LIST)).dataObjects as Page;
    expect(idsOf(all)).toEqual(newest);
    expect(all.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    const between = await admin.ask(LIST, { after: all.edges[1]!.cursor, before: all.edges[5]!.cursor });
    expect(idsOf(between.dataObjects)).toEqual(newest.slice(2, 5));
    const nobody = (await admin.ask(LIST, { first: 0 })).dataObjects;
    expect(nobody).toEqual({ edges: [], nodes: [], pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null } });
  });

  it('are stable under inserts and deletions', async () => {
    const { admin } = api.tenant();
    const [oldest, second, third, newest] = (await numbered(admin, 4)) as [string, string, string, string];
    const { dataObjects: page } = await admin.ask(LIST, { first: 2 });
    expect(idsOf(page)).toEqual([newest, third]);
    await made(admin, [{ text: 'newer than all of them' }]);
    await admin.ask('mutation($id: ID!) { deleteDataObject(id: $id) { id } }', { id: third });
    const { dataObjects: next } = await admin.ask(LIST, { first: 2, after: page.pageInfo.endCursor });
    expect(idsOf(next)).toEqual([second, oldest]);
  });

  it('default to 50, take at most 500, count only when asked', async () => {
    const { admin } = api.tenant();
    await made(admin, Array.from({ length: 60 }, (_, i) => ({ text: `leaf ${i}` })));
    expect((await admin.ask(LIST)).dataObjects.nodes).toHaveLength(50);
    expect((await admin.ask(LIST, { first: 500 })).dataObjects.nodes).toHaveLength(60);
    const quiet = await api.statementsOf(() => admin.ask('{ dataObjects(first: 1) { nodes { id } } }'));
    expect(quiet.filter((text) => /count\(/i.test(text))).toEqual([]);
    expect((await admin.ask('{ dataObjects(first: 1) { totalCount } }')).dataObjects).toEqual({ totalCount: 60 });
    expect((await admin.ask('{ dataObjects(first: 1, filter: { types: [IMAGE] }) { totalCount } }')).dataObjects).toEqual({ totalCount: 0 });
  });

  const CONNECTIONS = [
    ['dataObjects', 'dataObjects(ARGS) { nodes { id } }'],
    ['annotations', 'annotations(ARGS) { nodes { id } }'],
    ['aggregations', 'aggregations(ARGS) { nodes { id } }'],
    ['ingestions', 'ingestions(ARGS) { nodes { id } }'],
    ['DataObject.annotations', 'dataObject(id: $object) { annotations(ARGS) { nodes { id } } }'],
    ['DataObject.aggregations', 'dataObject(id: $object) { aggregations(ARGS) { nodes { id } } }'],
    ['Aggregation.sourceObjects', 'node(id: $aggregation) { ... on Aggregation { sourceObjects(ARGS) { nodes { id } } } }'],
  ] as const;

  it('refuse both ends at once, a negative or too large size, and what is no cursor of theirs; every one of them', async () => {
    const { admin } = api.tenant();
    const ids = await oneOfEach(admin);
    const variables = { object: ids.DataObject, aggregation: ids.Aggregation };
    const { dataObjects, annotations } = await admin.ask('{ dataObjects { edges { cursor } } annotations { edges { cursor } } }');
    const foreign = { objects: dataObjects.edges[0].cursor as string, annotations: annotations.edges[0].cursor as string };
    for (const [name, field] of CONNECTIONS) {
      const query = (args: string) => `query($object: ID!, $aggregation: ID!) { dataObject(id: $object) { id } node(id: $aggregation) { id } again: ${field.replace('ARGS', args)} }`;
      const cases: [string, string][] = [
        ['first: 2, last: 2', 'last'], ['first: -1', 'first'], ['last: -1', 'last'], ['first: 501', 'first'], ['last: 501', 'last'],
        ['after: "nonsense"', 'after'], ['before: ""', 'before'], [`after: "${name === 'annotations' ? foreign.objects : foreign.annotations}"`, 'after'],
        [`last: 1, before: "${name === 'dataObjects' ? foreign.annotations : foreign.objects}"`, 'before'],
      ];
      for (const [args, path] of cases) expect((await admin.refused('BAD_USER_INPUT', query(args), variables)).extensions.path, `${name}(${args})`).toEqual([path]);
    }
  });

  it('refuse a cursor of the same list under another filter, order or owner', async () => {
    const { admin } = api.tenant();
    await made(admin, [{ text: 'one' }, { text: 'two' }]);
    const { dataObjects: page } = await admin.ask(LIST, { first: 1, filter: { types: ['TEXT'] } });
    const after = page.pageInfo.endCursor as string;
    expect((await admin.ask(LIST, { after, filter: { types: ['TEXT'] } })).dataObjects.nodes).toHaveLength(1);
    await admin.refused('BAD_USER_INPUT', LIST, { after });
    await admin.refused('BAD_USER_INPUT', LIST, { after, filter: { types: ['IMAGE'] } });
    await admin.refused('BAD_USER_INPUT', LIST, { after, filter: { types: ['TEXT'] }, orderBy: { field: 'CREATED_AT', direction: 'ASC' } });
    await admin.refused('BAD_USER_INPUT', LIST, { after, filter: { types: ['TEXT'] }, orderBy: { field: 'FILENAME', direction: 'DESC' } });
    // Across tenants a cursor shows nothing but the caller's own rows.
    const other = api.tenant().admin;
    await made(other, [{ text: 'theirs' }]);
    for (const id of idsOf((await other.ask(LIST, { after, filter: { types: ['TEXT'] } })).dataObjects)) expect(id).not.toBe(page.nodes[0].id);
  });

  it('are ordered by each field in both directions, nulls last', async () => {
    const { admin } = api.tenant();
    const named = await admin.texts([
      { text: 'a rather long text, the longest', filename: 'b.txt' }, { text: 'short', filename: 'Z.txt' }, { text: 'middling text', filename: 'a.txt' },
      { text: 'nameless text' }, { text: 'nameless, too, and of a different length' },
    ]);
    const order = async (field: string, direction: string) => {
      const pages: string[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const { dataObjects: page }: { dataObjects: Page } = await admin.ask(LIST, { first: 2, after, orderBy: { field, direction } });
        pages.push(...idsOf(page));
        ({ endCursor: after, hasNextPage: more } = page.pageInfo);
      }
      const { dataObjects: reversed } = await admin.ask(LIST, { last: 5, orderBy: { field, direction } });
      expect(idsOf(reversed)).toEqual(pages);
      return pages;
    };
    const [b, capital, a, ...nameless] = named as [string, string, string, string, string];
    expect((await order('FILENAME', 'ASC')).slice(0, 3)).toEqual([capital, a, b]);
    expect((await order('FILENAME', 'DESC')).slice(0, 3)).toEqual([b, a, capital]);
    for (const direction of ['ASC', 'DESC']) expect(new Set((await order('FILENAME', direction)).slice(3))).toEqual(new Set(nameless));
    const ascending = await order('FILE_SIZE', 'ASC');
    expect(ascending[0]).toBe(capital);
    expect(ascending.at(-1)).toBe(nameless[1]);
    expect(await order('FILE_SIZE', 'DESC')).toEqual([...ascending].reverse());
    expect(await order('CREATED_AT', 'DESC')).toEqual([...(await order('CREATED_AT', 'ASC'))].reverse());
    await admin.ask('mutation($id: ID!) { updateDataObject(input: { id: $id, metadata: { touched: true } }) { id } }', { id: b });
    expect((await order('UPDATED_AT', 'DESC'))[0]).toBe(b);
    expect((await order('UPDATED_AT', 'ASC')).at(-1)).toBe(b);
  });
});

interface Page {
  edges: { cursor: string; node: { id: string } }[];
  nodes: { id: string }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}
