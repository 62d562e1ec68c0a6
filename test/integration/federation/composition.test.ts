import { composeServices as composeWithApollo } from '@apollo/composition';
import { buildClientSchema, getIntrospectionQuery, lexicographicSortSchema, parse, printSchema, type GraphQLSchema } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { USERS_SDL } from '../../../examples/federation/users-subgraph.js';
import { withApi, type ApiClient } from '../../support/api.js';
import { COMPOSERS, STRATA_SDL, withSupergraph, type TestSupergraph } from '../../support/supergraph.js';

const api = withApi({ tenants: 1 });
const supergraphs = Object.entries(COMPOSERS).map(([name, compose]) => ({ name, compose, supergraph: withSupergraph(api, compose, 1) }));
let admin: ApiClient;

beforeAll(() => {
  admin = api.tenant().admin;
});

/** What a client of the gateway sees. */
async function schemaOf(supergraph: TestSupergraph): Promise<GraphQLSchema> {
  return buildClientSchema(await supergraph.through(admin).ask(getIntrospectionQuery()));
}
const fieldsOf = (schema: GraphQLSchema, type: string) => Object.keys((schema.getType(type) as { getFields?(): object } | undefined)?.getFields?.() ?? {});

describe('the supergraph', () => {
  it.each(supergraphs)('by $name shows clients both halves of an entity, and nothing that is for routers', async ({ supergraph }) => {
    const schema = await schemaOf(supergraph);
    expect(fieldsOf(schema, 'DataObject')).toEqual(expect.arrayContaining(['filename', 'watchers']));
    expect(fieldsOf(schema, 'Annotation')).toEqual(expect.arrayContaining(['annotatorId', 'annotator']));
    expect(fieldsOf(schema, 'Query')).toEqual(expect.arrayContaining(['dataObjects', 'search', 'me', 'user']));
    expect(fieldsOf(schema, 'Subscription').sort()).toEqual(['dataObjectChanged', 'ingestionProgress', 'ingestionsProgress', 'modelChangeProgress']);
    expect(fieldsOf(schema, 'Query').filter((name) => /^(nodes?|_entities|_service)$/.test(name))).toEqual([]);
    expect(Object.keys(schema.getTypeMap()).filter((name) => /^(_Any|_Entity|_Service|join__|link__|federation__)/.test(name))).toEqual([]);
  });

  it('hides node and nodes from a query, too', async () => {
    for (const { supergraph } of supergraphs) {
      for (const field of ['node(id: "obj_01h455vb4pex5vsknk084sn02q")', 'nodes(ids: [])']) {
        const { errors } = await supergraph.through(admin).post(`{ ${field} { id } }`);
        expect(errors?.[0]?.message).toContain('Cannot query field');
        expect(errors?.[0]?.message).not.toContain('Did you mean "node');
      }
    }
  });

  it('is the same to a client, whoever composed it', async () => {
    const [first, second] = await Promise.all(supergraphs.map(async ({ supergraph }) => printSchema(lexicographicSortSchema(await schemaOf(supergraph)))));
    expect(first).toBe(second);
  });
});

describe('what the subgraphs say of themselves', () => {
  it('composes as their committed schemas do', async () => {
    const { supergraph } = supergraphs[0]!;
    const SERVICE = '{ _service { sdl } }';
    const served = {
      strata: (await admin.ask(SERVICE))._service.sdl as string,
      users: (await admin.at(supergraph.users.url).ask(SERVICE))._service.sdl as string,
    };
    for (const { compose } of supergraphs) {
      const composed = (strata: string, users: string) =>
        compose([
          { name: 'strata', url: 'http://strata', sdl: strata },
          { name: 'users', url: 'http://users', sdl: users },
        ]);
      expect(inOrder(composed(served.strata, served.users))).toEqual(inOrder(composed(STRATA_SDL, USERS_SDL)));
    }
  });

  it('gives no hints that something is off', () => {
    const { hints = [] } = composeWithApollo([
      { name: 'strata', url: 'http://strata', typeDefs: parse(STRATA_SDL) },
      { name: 'users', url: 'http://users', typeDefs: parse(USERS_SDL) },
    ]);
    expect(hints.map(({ message }) => message)).toEqual([]);
  });
});

/** Without empty lines: printing puts one before each described field but a type's first, and which is first is not said. */
const inOrder = (sdl: string) => sdl.split('\n').filter((line) => line.trim() !== '').sort();
