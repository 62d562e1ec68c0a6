import { composeServices as composeWithApollo } from '@apollo/composition';
import { composeServices } from '@theguild/federation-composition';
import { parse, print } from 'graphql';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildStrataSchema } from '../../../src/graphql/schema.js';

const { schema, sdl } = buildStrataSchema();

/** Another team's subgraph: it extends an object, has a `node` of its own, and shares our page type. */
const REVIEWS = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@inaccessible"])
  interface Node { id: ID! }
  type Review implements Node @key(fields: "id") { id: ID! stars: Int! of: DataObject! }
  type DataObject @key(fields: "id") { id: ID! reviews: [Review!]! }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type Query { node(id: ID!): Node @inaccessible @shareable reviews: [Review!]! }
`;

describe('the subgraph', () => {
  it('composes with Apollo’s composition, beside another', () => {
    const { errors, supergraphSdl } = composeWithApollo([
      { name: 'strata', typeDefs: parse(sdl), url: 'http://strata' },
      { name: 'reviews', typeDefs: parse(REVIEWS), url: 'http://reviews' },
    ]);
    expect(errors).toBeUndefined();
    expect(supergraphSdl).toContain('join__Graph');
  });

  it('composes with The Guild’s composition, beside another', () => {
    const result = composeServices([
      { name: 'strata', typeDefs: parse(sdl), url: 'http://strata' },
      { name: 'reviews', typeDefs: parse(REVIEWS), url: 'http://reviews' },
    ]);
    expect('errors' in result ? result.errors : undefined).toBeUndefined();
    // The API that clients of the supergraph see: entities joined, node and nodes hidden.
    const api = result.publicSdl ?? '';
    expect(api).toMatch(/type DataObject[^}]*reviews/s);
    expect(api).not.toMatch(/\bnodes\(ids/);
    expect(api).not.toMatch(/\bnode\(id/);
  });

  it('would not compose if a directive were not imported', () => {
    const broken = sdl.replace('"@inaccessible"', '"@tag"');
    const { errors } = composeWithApollo([{ name: 'strata', typeDefs: parse(broken), url: 'http://strata' }]);
    expect(errors?.length).toBeGreaterThan(0);
  });
});

describe('schema.graphql', () => {
  it('is what the classes say', () => {
    // Orders follow that of the imports, and another test may have imported some classes first.
    const inOrder = (text: string) => parse(text, { noLocation: true }).definitions.flatMap((definition) => print(definition).split(/\n|(?<= implements .*) & |(?<=^union .*) \| /)).sort();
    expect(inOrder(sdl), 'Run "npm run schema" and commit schema.graphql').toEqual(inOrder(readFileSync('schema.graphql', 'utf8')));
  });

  it('describes every type and every enum value', () => {
    const bare = Object.values(schema.getTypeMap())
      .filter((type) => !type.name.startsWith('_') && !['Query', 'Mutation', 'Subscription'].includes(type.name) && !/^(federation|link)__/.test(type.name))
      .flatMap((type) => [...(type.description ? [] : [type.name]), ...('getValues' in type ? type.getValues().filter((value) => !value.description).map((value) => `${type.name}.${value.name}`) : [])]);
    expect(bare).toEqual([]);
  });

  it('describes every operation', () => {
    const roots = [schema.getQueryType()!, schema.getMutationType()!, schema.getSubscriptionType()!];
    const bare = roots.flatMap((root) => Object.values(root.getFields()).filter((field) => !field.description && !field.name.startsWith('_')).map((field) => `${root.name}.${field.name}`));
    expect(bare).toEqual([]);
  });
});
