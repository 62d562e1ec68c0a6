import { beforeAll, describe, expect, it, vi } from 'vitest';
import { keyPattern } from '../../../src/domain/key-patterns.js';
import { portionsOf } from '../../../src/services/shared/portions.js';
import { STACK } from '../../support/stacks.js';
import { withApi, type ApiClient } from '../../support/api.js';

const api = withApi();

/** Objects with annotations, and aggregations over all of them. */
let admin: ApiClient;
let objects: string[];
let few: string[];

beforeAll(async () => {
  admin = api.tenant().admin;
  objects = await admin.texts(Array.from({ length: 50 }, (_, i) => ({ text: `Note ${i} about the harbour and the tide, and whatever else there is.`, filename: `note-${i}.txt`, metadata: { n: i } })));
  few = objects.slice(0, 5);
  const input = objects.flatMap((objectId) => [1, 2].map((n) => ({ objectId, type: 'CAPTION', content: { text: `caption ${n}` } })));
  await admin.ask('mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) { __typename } }', { input });
  for (const ids of [objects, few]) await admin.ask('mutation($ids: [ID!]) { createAggregation(input: { type: COUNT, objectIds: $ids }) { id } }', { ids });
});

/** What an operation sends, the caches emptied before: the least of three times, because the program's own chores can only add to it. */
async function cost(query: string, variables: Record<string, unknown> = {}): Promise<{ statements: string[]; data: unknown }> {
  let data: unknown;
  const statements = await least(forget, async () => {
    data = await admin.ask(query, variables);
  });
  return { statements, data };
}

async function least(before: () => Promise<void>, work: (time: number) => Promise<unknown>): Promise<string[]> {
  const times: string[][] = [];
  for (const time of [1, 2, 3]) {
    await before();
    times.push(await api.statementsOf(() => work(time)));
  }
  return times.reduce((fewest, each) => (each.length < fewest.length ? each : fewest));
}

async function forget(): Promise<void> {
  const ids = await api.serving.app.engine.sql.query<{ id: string }>('SELECT id FROM data_objects WHERE tenant_id = $1', [admin.tenant]);
  await api.serving.app.deps.cache.invalidate(keyPattern`search:${admin.tenant}:*`);
  await api.serving.app.deps.cache.delete(ids.map(({ id }) => `object:${admin.tenant}:${id}`));
}

const beginnings = (statements: readonly string[]) => statements.map((text) => text.replace(/\s+/g, ' ').slice(0, 100));

describe('_entities', () => {
  const ENTITIES = `query($r: [_Any!]!) { _entities(representations: $r) {
    __typename ... on DataObject { id filename } ... on Annotation { id type } ... on Embedding { id dimensions } ... on Aggregation { id sourceCount }
  } }`;

  it('costs one query a type, however many representations', async () => {
    const { dataObjects, aggregations } = await admin.ask(
      '{ dataObjects(first: 50) { nodes { id annotations { nodes { id } } embeddings { id } } } aggregations { nodes { id } } }',
    );
    const nodes = dataObjects.nodes as { id: string; annotations: { nodes: { id: string }[] }; embeddings: { id: string }[] }[];
    const references = (count: number) => [
      ...nodes.slice(0, count).flatMap((node) => [
        { __typename: 'DataObject', id: node.id },
        { __typename: 'Annotation', id: node.annotations.nodes[0]!.id },
        { __typename: 'Embedding', id: node.embeddings[0]!.id },
      ]),
      ...(aggregations.nodes as { id: string }[]).slice(0, count).map(({ id }) => ({ __typename: 'Aggregation', id })),
    ];
    for (const count of [1, 50]) {
      const r = references(count);
      const { statements, data } = await cost(ENTITIES, { r });
      expect(beginnings(statements), `${count} of each`).toHaveLength(4);
      const resolved = (data as { _entities: { __typename: string; id: string }[] })._entities;
      expect(resolved.map(({ __typename, id }) => ({ __typename, id }))).toEqual(r);
    }
    const one = nodes[0]!.id;
    const { statements, data } = await cost(ENTITIES, { r: [one, one, 'obj_01h455vb4pex5vsknk084sn02q', one].map((id) => ({ __typename: 'DataObject', id })) });
    expect(statements).toHaveLength(1);
    expect((data as { _entities: unknown[] })._entities[2]).toBeNull();
  });

  it('answers again from what it answered before: nothing is written onto what is kept', async () => {
    const r = few.map((id) => ({ __typename: 'DataObject', id }));
    const first = await admin.ask(ENTITIES, { r });
    expect(await admin.ask(ENTITIES, { r })).toEqual(first);
    const { dataObject } = await admin.ask('query($id: ID!) { dataObject(id: $id) { __typename metadata facts } }', { id: few[0] });
    expect(JSON.stringify(dataObject.metadata)).not.toContain('__typename');
  });

  it('refuses what is of another kind', async () => {
    expect((await admin.refused('BAD_USER_INPUT', ENTITIES, { r: [{ __typename: 'Annotation', id: few[0] }] })).message).toContain('annotation');
    await admin.refused('BAD_USER_INPUT', ENTITIES, { r: [{ __typename: 'DataObject', id: 'x' }] });
  });

  it('answers the others of a batch where one reference is refused', async () => {
    const { data, errors } = await admin.post(ENTITIES, { r: [few[0], 'x', few[1]].map((id) => ({ __typename: 'DataObject', id })) });
    expect(data._entities.map((entity: { id: string } | null) => entity?.id)).toEqual([few[0], undefined, few[1]]);
    expect(errors).toEqual([expect.objectContaining({ path: ['_entities', 1] })]);
  });
});

/** Every list, with everything that hangs on it. */
const OBJECT_FIELDS = `id filename text downloadUrl { url } storageLocation
  annotations(first: 3) { totalCount nodes { id object { id filename } } pageInfo { hasNextPage } }
  embeddings { id vector object { id } }
  aggregations(first: 3) { totalCount nodes { id result sourceObjects(first: 2) { totalCount nodes { id } } } }
  similar(first: 2) { totalCount edges { score node { id filename } matches { text } } }
  ingestion { id status object { id } }`;

/**
 * The very same. A server answers several statements at once, and what two of its answers bring is asked for together or apart as
 * it happens: there each is of a kind that the few had as well, and three more of 25 are no more a row.
 */
function expectAsMany(large: readonly string[], small: readonly string[]): void {
  const [many, few] = [beginnings(large).sort(), beginnings(small).sort()];
  if (STACK === 'embedded') return expect(many).toEqual(few);
  expect(new Set(many)).toEqual(new Set(few));
  expect(Math.abs(many.length - few.length), JSON.stringify({ many, few })).toBeLessThanOrEqual(3);
}

describe('a list operation', () => {
  it.each([
    ['dataObjects', `query($n: Int!) { dataObjects(first: $n) { totalCount nodes { ${OBJECT_FIELDS} } } }`],
    ['dataObjects, in an order', `query($n: Int!) { dataObjects(last: $n, orderBy: { field: FILENAME, direction: ASC }) { edges { cursor node { ${OBJECT_FIELDS} } } } }`],
    ['annotations', `query($n: Int!) { annotations(first: $n) { totalCount nodes { id content object { ${OBJECT_FIELDS} } } } }`],
    ['ingestions', `query($n: Int!) { ingestions(first: $n) { totalCount nodes { id stage warnings object { ${OBJECT_FIELDS} } } } }`],
    ['aggregations', `query($n: Int!) { aggregations(first: 2) { nodes { id sourceObjects(first: $n) { nodes { ${OBJECT_FIELDS} } } } } }`],
    ['search', `query($n: Int!) { search(input: { query: "harbour tide", mode: KEYWORD }, first: $n) { totalCount edges { score matches { text highlights { start } } node { ${OBJECT_FIELDS} } } } }`],
  ])('costs as many statements over 5 as over 50: %s', async (_name, query) => {
    const small = await cost(query, { n: 5 });
    const large = await cost(query, { n: 50 });
    expect(JSON.stringify(large.data).length).toBeGreaterThan(JSON.stringify(small.data).length * 3);
    expectAsMany(large.statements, small.statements);
    expect(large.statements.length).toBeLessThanOrEqual(35);
  });

  it('costs as many statements over 5 as over 50: nodes', async () => {
    const NODES = `query($ids: [ID!]!) { nodes(ids: $ids) { id ... on DataObject { ${OBJECT_FIELDS} } } }`;
    const small = await cost(NODES, { ids: few });
    const large = await cost(NODES, { ids: objects });
    expectAsMany(large.statements, small.statements);
  });

  it('costs as many statements over one, 5 and 50, each with its like, which is what a search of its own finds', async () => {
    const SIMILAR = 'query($n: Int!) { dataObjects(first: $n) { nodes { id similar(first: 2) { totalCount edges { score node { id } } } } } }';
    const costs = [];
    for (const n of [1, 5, 50]) costs.push(await cost(SIMILAR, { n }));
    const [one, ...more] = costs.map(({ statements }) => beginnings(statements));
    for (const statements of more) expect(statements).toEqual(one);
    expect(one!.length).toBeLessThanOrEqual(10);
    const { nodes } = (costs.at(-1)!.data as { dataObjects: { nodes: { id: string; similar: unknown }[] } }).dataObjects;
    expect(nodes).toHaveLength(50);
    for (const { id, similar } of nodes) {
      const { search } = await admin.ask('query($id: ID!) { search(input: { objectId: $id, mode: VECTOR }, first: 2) { totalCount edges { score node { id } } } }', { id });
      expect(similar).toEqual(search);
    }
  });

  it('reads each relation once: the statements are few, and known', async () => {
    const { statements } = await cost('{ dataObjects(first: 50) { nodes { id annotations { nodes { id } } } } }');
    expect(statements).toHaveLength(2);
    for (const [relation, count] of [['text', 1], ['embeddings { id }', 1], ['ingestion { id }', 1], ['aggregations { nodes { id } }', 1], ['downloadUrl { url }', 0], ['storageLocation', 0], ['facts metadata', 0]] as const) {
      const { statements: more } = await cost(`{ dataObjects(first: 50) { nodes { id ${relation} } } }`);
      expect(beginnings(more), relation).toHaveLength(1 + count);
    }
  });

  it('of mutations costs as many for many as for one: ingestTexts and createAnnotations', async () => {
    const other = api.tenant().admin;
    const INGEST = `mutation($input: [IngestTextInput!]!) { ingestTexts(input: $input) { ... on IngestPayload { ingestion { id } } } }`;
    const ANNOTATE = 'mutation($input: [CreateAnnotationInput!]!) { createAnnotations(input: $input) { ... on Annotation { id } } }';
    const ingest = async (count: number) => {
      const made: string[] = [];
      const statements = await least(async () => void (await other.ended(made)), async (time) => {
        const input = Array.from({ length: count }, (_, i) => ({ text: `${count} ${time} ${i}`, idempotencyKey: `${count} ${time} ${i}` }));
        const { ingestTexts } = await other.ask(INGEST, { input });
        made.push(...ingestTexts.map((each: { ingestion: { id: string } }) => each.ingestion.id));
      });
      await other.ended(made);
      // The workers begin before the answer is there; these are not theirs.
      return beginnings(statements).filter((text) => /^INSERT INTO (data_objects|blobs|ingestions|idempotency_keys)/.test(text));
    };
    const one = await ingest(1);
    expect(one).toHaveLength(4);
    // As while someone reads; who searched before is forgotten soon.
    const { engine, deps } = api.serving.app;
    const endReading = engine.beginReading();
    try {
      await vi.waitFor(() => expect(engine.readersWaiting()).not.toBe('searchers'), { timeout: 10_000, interval: 50 });
      const { admitted } = portionsOf(deps.database);
      for (const count of [96, 104]) expect(await ingest(count)).toEqual(Array.from({ length: Math.ceil(count / admitted) }, () => one).flat());
    } finally {
      endReading();
    }
    const annotate = async (ids: readonly string[]) =>
      beginnings(
        await least(forget, (time) =>
          admin.ask(ANNOTATE, { input: ids.map((objectId, i) => ({ objectId, type: 'SUMMARY', content: { text: `said of ${i}` }, idempotencyKey: `summary ${ids.length} ${time} ${i}` })) }),
        ),
      );
    const single = await annotate(objects.slice(0, 1));
    expect(await annotate(objects)).toEqual(single);
    // An index outside the database: one that reads what it is to be told, and one that notes that it was.
    expect(single.length).toBeLessThanOrEqual(STACK === 'embedded' ? 20 : 22);
  });
});
