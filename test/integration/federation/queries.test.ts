import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Role } from '../../../src/domain/model.js';
import { withApi, type ApiClient } from '../../support/api.js';
import type { SeenRequest } from '../../support/recording-proxy.js';
import { COMPOSERS, withSupergraph, type TestSupergraph } from '../../support/supergraph.js';

afterEach(() => vi.restoreAllMocks());

const ANNOTATE = 'mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) { __typename } }';
const WATCH = 'mutation($id: ID!) { watch(objectId: $id) { id filename watchers { name } } }';
const UNWATCH = WATCH.replace('watch(', 'unwatch(');
const NOT_THERE = 'obj_01h455vb4pex5vsknk084sn02q';
const MANY = 20;
const FEW = 4;

interface Reference {
  __typename: string;
  id: string;
}
/** The entities that were asked for, one list a request. */
const entityRequests = (seen: readonly SeenRequest[]) => seen.flatMap(({ variables }) => (variables.representations ? [variables.representations as Reference[]] : []));

const api = withApi({ tenants: 2 });
let tenant: Record<Role, ApiClient>;
let elsewhere: ApiClient;
let objects: string[];

beforeAll(async () => {
  tenant = api.tenant();
  elsewhere = api.tenant().admin;
  objects = await tenant.admin.texts(Array.from({ length: MANY }, (_, i) => ({ text: `Note ${i} about the harbour and the tide.`, filename: `note-${i}.txt` })));
  for (const client of [tenant.admin, tenant.annotator])
    await client.ask(ANNOTATE, { input: objects.map((objectId) => ({ objectId, type: 'CAPTION', content: { text: `by ${client.viewer}` } })) });
});

/** The answer and what it took, the caches emptied before. The lesser of two times, because the program's own chores can only add to it. */
async function cost(supergraph: TestSupergraph, client: ApiClient, query: string, variables: Record<string, unknown>) {
  // Tests know what they asked for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  let data: any;
  const times: string[][] = [];
  for (let time = 0; time < 2; time += 1) {
    const rows = await api.serving.app.engine.sql.query<{ id: string }>('SELECT id FROM data_objects WHERE tenant_id = $1', [client.tenant]);
    await api.serving.app.deps.cache.delete(rows.map(({ id }) => `object:${client.tenant}:${id}`));
    supergraph.forget();
    const statements = await api.statementsOf(async () => (data = await client.ask(query, variables)));
    times.push(statements.map((text) => text.replace(/LIMIT \d+/, 'LIMIT n')));
  }
  return { data, statements: times.reduce((fewest, each) => (each.length < fewest.length ? each : fewest)) };
}

describe.each(Object.entries(COMPOSERS))('a supergraph by %s, behind a gateway', (_composer, compose) => {
  const supergraph = withSupergraph(api, compose);
  let admin: ApiClient;
  let reader: ApiClient;
  let stranger: ApiClient;

  beforeAll(async () => {
    admin = supergraph.through(tenant.admin);
    reader = supergraph.through(tenant.reader);
    stranger = supergraph.through(elsewhere);
    for (const id of objects) await admin.ask(WATCH, { id });
    await reader.ask(WATCH, { id: objects[0] });
  });

  it('answers one query across both with one request for objects and one batch a type of entity, however many', async () => {
    const named = vi.spyOn(supergraph.store, 'named');
    const watchersOf = vi.spyOn(supergraph.store, 'watchersOf');
    const QUERY = `query($n: Int!) { dataObjects(first: $n) { nodes {
      id filename watchers { id name } annotations { nodes { id annotatorId annotator { id name } } }
    } } }`;
    const statements: string[][] = [];
    for (const n of [FEW, MANY]) {
      const { data, ...took } = await cost(supergraph, admin, QUERY, { n });
      statements.push(took.statements);
      expect(data.dataObjects.nodes).toHaveLength(n);
      for (const { id, watchers, annotations } of data.dataObjects.nodes) {
        expect(watchers).toEqual([{ id: 'admin-1', name: 'admin of 1' }, ...(id === objects[0] ? [{ id: 'reader-1', name: 'reader of 1' }] : [])]);
        const annotators = annotations.nodes.map((each: { annotatorId: string; annotator: { id: string } | null }) => [each.annotatorId, each.annotator && each.annotator.id]);
        // A program is no user.
        expect(Object.fromEntries(annotators)).toMatchObject({ 'admin-1': 'admin-1', 'annotator-1': 'annotator-1', 'system:summary@1': null });
      }
      expect(supergraph.strata.seen).toHaveLength(1);
      const batches = entityRequests(supergraph.users.seen);
      expect(batches).toHaveLength(supergraph.users.seen.length);
      const said = data.dataObjects.nodes.flatMap(({ annotations }: { annotations: { nodes: unknown[] } }) => annotations.nodes).length;
      expect(batches.map((batch) => [batch[0]!.__typename, new Set(batch.map(({ __typename, id }) => `${__typename} ${id}`)).size, batch.length]).sort()).toEqual([
        ['Annotation', said, said],
        ['DataObject', n, n],
      ]);
    }
    expect(statements[1]).toEqual(statements[0]);
    expect(statements[0]).toHaveLength(2);
    // Each of the four times asked the store once for the watchers, once for their names, once for the annotators.
    expect(watchersOf).toHaveBeenCalledTimes(4);
    expect(named).toHaveBeenCalledTimes(8);
  });

  it('asks this server for the objects of another subgraph in one batch, at as many statements for many as for one', async () => {
    const QUERY = 'query($id: ID!) { user(id: $id) { name watching { id filename type annotations { nodes { id } } } } }';
    const one = await cost(supergraph, admin, QUERY, { id: 'reader-1' });
    expect(one.data.user.watching).toMatchObject([{ id: objects[0], filename: 'note-0.txt', type: 'TEXT' }]);
    const many = await cost(supergraph, admin, QUERY, { id: 'admin-1' });
    expect(many.data.user.watching.map(({ filename }: { filename: string }) => filename)).toEqual(objects.map((_, i) => `note-${i}.txt`));
    expect(many.statements).toEqual(one.statements);
    expect(many.statements).toHaveLength(2);
    expect(supergraph.strata.seen).toHaveLength(1);
    expect(entityRequests(supergraph.strata.seen)).toEqual([objects.map((id) => ({ __typename: 'DataObject', id }))]);
  });

  it('makes a change on either side and reads the rest of it from the other', async () => {
    const SAY = `mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) {
      __typename ... on Annotation { annotatorId annotator { name } object { filename watchers { name } } } ... on UserError { code path }
    } }`;
    const { createAnnotations } = await admin.ask(SAY, { input: [objects[1], NOT_THERE].map((objectId) => ({ objectId, type: 'OTHER', content: { said: 'through the gateway' } })) });
    expect(createAnnotations).toEqual([
      { __typename: 'Annotation', annotatorId: 'admin-1', annotator: { name: 'admin of 1' }, object: { filename: 'note-1.txt', watchers: [{ name: 'admin of 1' }] } },
      { __typename: 'UserError', code: 'NOT_FOUND', path: ['input', '1', 'objectId'] },
    ]);
    expect((await reader.ask(WATCH, { id: objects[1] })).watch).toEqual({ id: objects[1], filename: 'note-1.txt', watchers: [{ name: 'admin of 1' }, { name: 'reader of 1' }] });
    expect((await reader.ask(UNWATCH, { id: objects[1] })).unwatch).toEqual({ id: objects[1], filename: 'note-1.txt', watchers: [{ name: 'admin of 1' }] });
  });

  it('hands on who asks, to both, and gives nothing to those whom they do not know', async () => {
    supergraph.forget();
    await reader.ask('{ me { name } dataObjects(first: 1) { nodes { id watchers { name } } } }');
    const seen = [...supergraph.strata.seen, ...supergraph.users.seen];
    expect(seen.length).toBeGreaterThanOrEqual(3);
    for (const { headers } of seen) expect(headers.authorization).toBe(reader.headers.authorization);
    // What the role of that key does not allow is refused by the subgraph, and its code and message come through.
    const refused = await reader.refused('FORBIDDEN', 'mutation { ingestText(input: { text: "no" }) { dataObject { id } } }');
    expect(refused.message).toContain('editor');
    for (const key of [undefined, 'a key that nobody has']) {
      const outsider = supergraph.through(api.stranger(key));
      await outsider.refused('UNAUTHENTICATED', '{ dataObjects { nodes { id } } }');
      await outsider.refused('UNAUTHENTICATED', '{ me { name } }');
    }
  });

  it('gives one tenant nothing of another’s, on either side', async () => {
    const QUERY = 'query($id: ID!) { dataObject(id: $id) { filename watchers { name } } dataObjects { nodes { id } } user(id: "admin-1") { name } }';
    expect(await stranger.ask(QUERY, { id: objects[0] })).toEqual({ dataObject: null, dataObjects: { nodes: [] }, user: null });
    // A reference that another subgraph took unseen: nothing but the id that it came with, and its own tenant's watchers.
    expect((await stranger.ask(WATCH, { id: objects[0] })).watch).toEqual({ id: objects[0], filename: null, watchers: [{ name: 'admin of 2' }] });
    expect((await stranger.ask('{ me { watching { id filename text } } }')).me).toEqual({ watching: [{ id: objects[0], filename: null, text: null }] });
    // What cannot be null takes the object with it, not the list, nor who watches.
    const { data, errors } = await stranger.post('{ me { name watching { type filename } } }');
    expect(data).toEqual({ me: { name: 'admin of 2', watching: [null] } });
    expect(errors).toEqual([expect.objectContaining({ path: ['me', 'watching', 0, 'type'] })]);
    const { watchers } = (await admin.ask('query($id: ID!) { dataObject(id: $id) { watchers { id } } }', { id: objects[0] })).dataObject;
    expect(watchers).toEqual([{ id: 'admin-1' }, { id: 'reader-1' }]);
  });

  it.each([
    ['is not there', NOT_THERE, []],
    ['is no id of ours', 'nonsense', ['BAD_USER_INPUT']],
  ])('keeps the others of a batch where one reference %s', async (_what, id, codes) => {
    await admin.ask('mutation($id: ID!) { watch(objectId: $id) { id } }', { id });
    supergraph.forget();
    const { data, errors = [] } = await admin.post('{ me { name watching { id filename } } }');
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(codes);
    expect(data.me.watching.slice(0, MANY)).toEqual(objects.map((each, i) => ({ id: each, filename: `note-${i}.txt` })));
    expect(data.me.watching.slice(MANY)).toEqual([{ id, filename: null }]);
    expect(supergraph.strata.seen).toHaveLength(1);
    await admin.ask('mutation($id: ID!) { unwatch(objectId: $id) { id } }', { id });
  });

  it('passes on what is wrong with an id, in the subgraph’s words', async () => {
    const malformed = await admin.refused('BAD_USER_INPUT', '{ dataObject(id: "nonsense") { id watchers { name } } }');
    expect(malformed.message).toContain('obj_');
    expect(malformed.extensions.path).toEqual(['id']);
    const missing = await admin.refused('NOT_FOUND', 'mutation($id: ID!) { deleteDataObject(id: $id) { id watchers { name } } }', { id: NOT_THERE });
    expect(missing.message).toContain(NOT_THERE);
    expect(missing.path).toEqual(['deleteDataObject']);
  });
});
