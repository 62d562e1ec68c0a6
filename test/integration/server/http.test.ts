import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { internal } from '../../../src/domain/errors.js';
import { encodeId } from '../../../src/graphql/ids.js';
import { annotation, dataObject, embedding, ingestion, secretFailure, uuid } from '../../support/fake-services.js';
import { startServer, type TestServer } from '../../support/graphql-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  server.fake.add(...Array.from({ length: 60 }, (_, i) => dataObject(i + 1)));
  server.fake.add(annotation(101, uuid(1)), annotation(102, uuid(2)), ingestion(201, uuid(1)), embedding(301, uuid(1)), embedding(303, uuid(2)));
});
afterAll(() => server.close(1_000));

const obj = (n: number) => encodeId('obj', uuid(n));
const codes = (answer: { errors?: { extensions: Record<string, unknown> }[] }) => answer.errors?.map((error) => error.extensions.code);

describe('GraphQL over HTTP', () => {
  it('passes the audit of graphql-http', async () => {
    const fetchFn = ((url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), 'apollo-require-preflight': 'true' } })) as typeof fetch;
    const failed: string[] = [];
    const audits = serverAudits({ url: server.endpoint, fetchFn });
    for (const audit of audits) {
      const result = await audit.fn();
      if (result.status !== 'ok') failed.push(`${result.status} ${audit.id} ${audit.name}: ${result.status === 'notice' || result.status === 'warn' || result.status === 'error' ? result.reason : ''}`);
      if ('response' in result) await result.response.body?.cancel().catch(() => undefined);
    }
    expect(failed).toEqual([]);
    expect(audits.length).toBeGreaterThanOrEqual(61);
  });

  it('gives a page with cursors, and counts only when asked', async () => {
    const first = await server.ask('{ dataObjects(first: 2) { edges { cursor node { id filename storageLocation } } nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor } } }');
    const page = first.data.dataObjects;
    expect(page.nodes).toEqual([{ id: obj(60) }, { id: obj(59) }]);
    expect(page.edges[0].node).toEqual({ id: obj(60), filename: 'file-60.txt', storageLocation: `file:tenant/TEXT/60` });
    expect(page.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false, endCursor: page.edges[1].cursor });
    const next = await server.ask('query($after: String) { dataObjects(first: 1, after: $after) { totalCount nodes { id } } }', { after: page.pageInfo.endCursor });
    expect(next.data.dataObjects).toEqual({ totalCount: 60, nodes: [{ id: obj(58) }] });
  });

  it('reads each relation of a whole list at once', async () => {
    server.fake.calls.length = 0;
    const answer = await server.ask(`{ dataObjects(first: 50) { nodes {
      text ingestion { id } embeddings { vector object { id } } annotations(first: 20) { nodes { id object { id filename } } }
    } } }`);
    expect(answer.errors).toBeUndefined();
    const names = server.fake.calls.map((call) => call.name).filter((name) => name !== 'objects.storageLocation');
    expect(names.sort()).toEqual([...new Set(names)]);
  });

  it('takes explicit nulls as absent', async () => {
    const answer = await server.ask(
      'query($first: Int, $filter: DataObjectFilter, $expires: Int) { dataObjects(first: $first, filter: $filter, orderBy: null) { nodes { downloadUrl(expiresIn: $expires, disposition: null) { expiresAt } } } }',
      { first: null, expires: null, filter: { types: null, createdAt: { gte: null }, metadata: [{ path: 'camera.model', equals: 'X', gt: null }], or: null } },
    );
    expect(answer.errors).toBeUndefined();
    expect(answer.data.dataObjects.nodes).toHaveLength(50);
    expect(server.fake.called('objects.page').at(-1)).toEqual([
      expect.objectContaining({ filter: { createdAt: {}, metadata: [{ path: ['camera', 'model'], equals: 'X' }] }, order: { field: 'CREATED_AT', direction: 'DESC' } }),
    ]);
    expect(server.fake.called('objects.downloadLink').at(-1)?.[1]).toEqual({ expiresIn: 3600, disposition: 'ATTACHMENT' });
  });

  it('carries the request id in and out', async () => {
    const own = await server.ask('{ __typename }', {}, { 'x-request-id': 'trace-7' });
    expect(own.headers.get('x-request-id')).toBe('trace-7');
    const hostile = await server.ask('{ __typename }', {}, { 'x-request-id': 'a b {"level":"fatal"}' });
    expect(hostile.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('node and nodes', () => {
  it('resolve any kind, keep order, and give null for what is not there', async () => {
    const ids = [obj(1), encodeId('ann', uuid(101)), obj(999), encodeId('ing', uuid(201)), encodeId('emb', uuid(301)), obj(1)];
    const answer = await server.ask('query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids });
    expect(answer.data.nodes).toEqual([
      { __typename: 'DataObject', id: ids[0] }, { __typename: 'Annotation', id: ids[1] }, null, { __typename: 'Ingestion', id: ids[3] },
      { __typename: 'Embedding', id: ids[4] }, { __typename: 'DataObject', id: ids[0] },
    ]);
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['an unknown kind', 'usr_01h455vb4pex5vsknk084sn02q'],
    ['a cut id', 'obj_01h455vb4pex5vsknk084sn02'],
  ])('refuse %s', async (_what, id) => {
    const one = await server.ask('query($id: ID!) { node(id: $id) { id } }', { id });
    expect([codes(one), one.errors?.[0]?.extensions.path]).toEqual([['BAD_USER_INPUT'], ['id']]);
    const many = await server.ask('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: [obj(1), id] });
    expect([codes(many), many.errors?.[0]?.extensions.path]).toEqual([['BAD_USER_INPUT'], ['ids', '1']]);
  });

  it('refuse an id of another kind where one is asked for', async () => {
    const answer = await server.ask('query($id: ID!) { dataObject(id: $id) { id } }', { id: encodeId('ann', uuid(101)) });
    expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
    expect(answer.errors?.[0]?.message).toContain('an annotation');
  });

  it('take 500, not 501, and not 10,000', async () => {
    const ask = (count: number) => server.ask('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array.from({ length: count }, () => obj(1)) });
    expect((await ask(500)).data.nodes).toHaveLength(500);
    expect(codes(await ask(501))).toEqual(['BAD_USER_INPUT']);
    expect(codes(await ask(10_000))).toEqual(['BAD_USER_INPUT']);
  });
});

describe('_entities', () => {
  it('costs one read a type, whatever the number of representations', async () => {
    server.fake.calls.length = 0;
    const representations = [
      ...Array.from({ length: 40 }, (_, i) => ({ __typename: 'DataObject', id: obj(i + 1) })),
      { __typename: 'DataObject', id: obj(1) },
      { __typename: 'Annotation', id: encodeId('ann', uuid(101)) },
      { __typename: 'DataObject', id: obj(999) },
    ];
    const answer = await server.ask('query($representations: [_Any!]!) { _entities(representations: $representations) { __typename ... on DataObject { id filename } } }', { representations });
    expect(answer.errors).toBeUndefined();
    expect(answer.data._entities).toHaveLength(43);
    expect(answer.data._entities[40]).toEqual({ __typename: 'DataObject', id: obj(1), filename: 'file-1.txt' });
    expect(answer.data._entities[42]).toBeNull();
    expect(server.fake.calls.map((call) => call.name)).toEqual(['objects.byIds', 'annotations.byIds']);
  });

  it('publishes its own schema', async () => {
    const answer = await server.ask('{ _service { sdl } }');
    expect(answer.data._service.sdl).toContain('@key(fields: "id")');
  });
});

describe('errors', () => {
  it.each([
    ['a document that does not parse', '{ dataObject(', {}],
    ['an unknown field', '{ dataObjekt { id } }', {}],
    ['an unknown enum value in the document', '{ dataObjects(filter: { types: [SMELL] }) { nodes { id } } }', {}],
    ['an unknown enum value in a variable', 'query($filter: DataObjectFilter) { dataObjects(filter: $filter) { nodes { id } } }', { filter: { types: ['SMELL'] } }],
    ['a missing variable', 'query($id: ID!) { dataObject(id: $id) { id } }', {}],
    ['a hash that is none', '{ dataObjectByHash(contentHash: "abc") { id } }', {}],
    ['a time without offset', '{ dataObjects(filter: { createdAt: { gte: "2026-01-01" } }) { nodes { id } } }', {}],
    ['first with last', '{ dataObjects(first: 1, last: 1) { nodes { id } } }', {}],
    ['a negative first', '{ dataObjects(first: -1) { nodes { id } } }', {}],
    ['a foreign cursor', '{ dataObjects(after: "bm9wZQ") { nodes { id } } }', {}],
    ['a metadata filter without comparison', '{ dataObjects(filter: { metadata: [{ path: "a" }] }) { nodes { id } } }', {}],
    ['a subscription over plain HTTP', 'subscription { dataObjectChanged { id } }', {}],
    ['several operations and no name', 'query A { __typename } query B { __typename }', {}],
  ])('%s: BAD_USER_INPUT', async (_what, query, variables) => {
    const answer = await server.ask(query, variables);
    expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
    expect(JSON.stringify(answer)).not.toMatch(/stacktrace|node_modules|\.ts:/);
  });

  it('say where in the input', async () => {
    const variable = await server.ask('query($filter: DataObjectFilter) { dataObjects(filter: $filter) { nodes { id } } }', { filter: { metadata: [{ path: 'a', exists: 'yes' }] } });
    expect(variable.errors?.[0]?.extensions.path).toEqual(['filter', 'metadata', '0', 'exists']);
    const nested = await server.ask('{ dataObjects(filter: { not: { annotation: { objectIds: ["x"] } } }) { nodes { id } } }');
    expect(nested.errors?.[0]?.extensions.path).toEqual(['filter', 'not', 'annotation', 'objectIds', '0']);
  });

  it('of services go out as they are, with ids as clients know them', async () => {
    const missing = await server.ask('mutation($id: ID!) { deleteDataObject(id: $id) { id } }', { id: obj(999) });
    expect(missing.errors?.[0]).toMatchObject({ message: `There is no object "${obj(999)}".`, path: ['deleteDataObject'], extensions: { code: 'NOT_FOUND', path: ['id'] } });
    const unavailable = await server.ask('{ dataObjects(last: 5) { nodes { embeddings { id } } } a: nodes(ids: ["' + encodeId('emb', uuid(303)) + '"]) { ... on Embedding { id } } }');
    expect(unavailable.errors).toBeUndefined();
    server.fake.add(embedding(0x30f, uuid(3)));
    const vector = await server.ask('query($id: ID!) { node(id: $id) { ... on Embedding { vector dimensions } } }', { id: encodeId('emb', uuid(0x30f)) });
    expect(vector.data.node).toEqual({ vector: null, dimensions: 3 });
    expect(vector.errors?.[0]?.extensions).toEqual({ code: 'DEPENDENCY_UNAVAILABLE', dependency: 'vectors', retryable: true });
    expect(JSON.stringify(vector)).not.toContain('10.0.0.7');
    server.fake.embeddings.delete(uuid(0x30f));
  });

  it.each([['an unknown fault', secretFailure()], ['a fault of ours', internal('row lost in table data_objects')], ['a thrown string', 'SELECT secret']])(
    'mask %s and log it under the id that the client gets',
    async (_what, failure) => {
      server.fake.failures.set('objects.byIds', failure);
      server.lines.length = 0;
      const answer = await server.ask('query($id: ID!) { dataObject(id: $id) { id } }', { id: obj(1) }, { 'x-request-id': 'req-1' });
      expect(answer.data).toEqual({ dataObject: null });
      expect(answer.errors).toEqual([
        {
          message: 'Something went wrong here. Tell the operator this request id: req-1',
          locations: [{ line: 1, column: 19 }],
          path: ['dataObject'],
          extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'req-1' },
        },
      ]);
      expect(server.lines.filter((line) => line.level === 'error')).toMatchObject([{ fields: { requestId: 'req-1' } }]);
      expect(server.lines.find((line) => line.level === 'error')?.fields.err).toBeDefined();
    },
  );

  it('of lists stand item by item, in order', async () => {
    const answer = await server.ask(
      'mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) { __typename ... on Annotation { type content } ... on UserError { code path message } } }',
      {
        input: [
          { objectId: 'nonsense', type: 'CAPTION', content: { text: 'a' } },
          { objectId: obj(1), type: 'CAPTION', content: { text: 'b' } },
          { objectId: obj(1), type: 'CAPTION', content: { text: 'c' }, confidence: 1.01 },
          { objectId: obj(999), type: 'CAPTION', content: { text: 'd' } },
        ],
      },
    );
    expect(answer.data.createAnnotations).toMatchObject([
      { __typename: 'UserError', code: 'BAD_USER_INPUT', path: ['input', '0', 'objectId'] },
      { __typename: 'Annotation', type: 'CAPTION', content: { text: 'b' } },
      { __typename: 'UserError', code: 'BAD_USER_INPUT', path: ['input', '2', 'confidence'] },
      { __typename: 'UserError', code: 'NOT_FOUND', path: ['input', '3', 'objectId'] },
    ]);
  });

  it('of a list that is too long refuse the whole', async () => {
    const input = Array.from({ length: 1_001 }, () => ({ text: 'x' }));
    const answer = await server.ask('mutation($input: [IngestTextInput!]!) { ingestTexts(input: $input) { __typename } }', { input });
    expect([codes(answer), answer.errors?.[0]?.extensions.path]).toEqual([['BAD_USER_INPUT'], ['input']]);
  });

  it('of one text are thrown, at its place in the input', async () => {
    const answer = await server.ask('mutation { ingestText(input: { text: "" }) { deduplicated } }');
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT', path: ['input', 'text'] });
  });

  it('unauthenticated is 401, and a fault of the key check is masked', async () => {
    const refused = await server.ask('{ __typename }', {}, { authorization: 'Bearer wrong' });
    expect([refused.status, codes(refused)]).toEqual([401, ['UNAUTHENTICATED']]);
    const broken = await server.ask('{ __typename }', {}, { authorization: 'Bearer broken', 'x-request-id': 'req-2' });
    expect([broken.status, broken.errors?.[0]?.extensions]).toEqual([500, { code: 'INTERNAL_SERVER_ERROR', requestId: 'req-2' }]);
    expect(JSON.stringify(broken)).not.toContain('/etc/keys');
  });
});

describe('limits', () => {
  it('of cost count with variables', async () => {
    const query = 'query($first: Int) { dataObjects(first: $first) { nodes { annotations(first: 500) { nodes { id } } } } }';
    expect((await server.ask(query, { first: 5 })).errors).toBeUndefined();
    const answer = await server.ask(query, { first: 500 });
    expect([answer.status, codes(answer)]).toEqual([400, ['TOO_COMPLEX']]);
    expect(answer.errors?.[0]?.message).toContain('100,000');
    // Seen before with other variables: still measured.
    expect((await server.ask(query, { first: 5 })).errors).toBeUndefined();
  });

  it('of depth', async () => {
    let query = 'id';
    for (let i = 0; i < 10; i++) query = `annotations(first: 1) { nodes { object { ${query} } } }`;
    expect(codes(await server.ask(`{ dataObject(id: "${obj(1)}") { ${query} } }`))).toEqual(['TOO_COMPLEX']);
  });

  it('of aliases', async () => {
    const fields = Array.from({ length: 101 }, (_, i) => `a${i}: __typename`).join(' ');
    expect(codes(await server.ask(`{ ${fields} }`))).toEqual(['TOO_COMPLEX']);
  });

  it('of tokens', async () => {
    expect(codes(await server.ask(`{ ${'__typename '.repeat(10_001)} }`))).toEqual(['BAD_USER_INPUT']);
  });

  it('of fragments within fragments, measured once each', async () => {
    const fragments = Array.from({ length: 60 }, (_, i) => `fragment F${i} on DataObject { ${i < 59 ? `...F${i + 1} ...F${i + 1}` : 'annotations { nodes { id } }'} }`);
    const answer = await server.ask(`{ dataObject(id: "${obj(1)}") { ...F0 } } ${fragments.join(' ')}`);
    expect(codes(answer)).toEqual(['TOO_COMPLEX']);
  });

  it('of the body', async () => {
    const response = await fetch(server.endpoint, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ __typename }', pad: 'x'.repeat(2 ** 20) }) });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] });
  });

  it('let introspection through', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    expect((await server.ask(getIntrospectionQuery({ inputValueDeprecation: true, schemaDescription: true }))).errors).toBeUndefined();
  });
});
