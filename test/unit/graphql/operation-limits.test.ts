import { getOperationAST, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkOperation, measureOperation } from '../../../src/graphql/operation-limits.js';
import { buildStrataSchema } from '../../../src/graphql/schema.js';

const { schema } = buildStrataSchema();

function measure(query: string, variables: Record<string, unknown> = {}) {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  return measureOperation(schema, document, getOperationAST(document)!, variables);
}

describe('the cost of an operation', () => {
  it.each<[string, Record<string, unknown>, number]>([
    ['{ dataObject(id: "x") { id type } }', {}, 1],
    ['{ dataObjects { nodes { id } } }', {}, 1 + 50],
    ['{ dataObjects(first: 3) { nodes { id } edges { node { id } } } }', {}, 1 + 3 + 3 * 2],
    ['query($n: Int) { dataObjects(first: $n) { nodes { id } } }', { n: 7 }, 8],
    ['query($n: Int = 9) { dataObjects(first: $n) { nodes { id } } }', {}, 10],
    ['query($n: Int = 9) { dataObjects(first: $n) { nodes { id } } }', { n: null }, 51],
    ['{ dataObjects(last: 4) { nodes { id } pageInfo { endCursor } } }', {}, 1 + 4 + 1],
    ['{ dataObjects(first: 50) { nodes { annotations(first: 20) { nodes { id } } } } }', {}, 1 + 50 * (1 + 1 + 20)],
    ['{ dataObjects(first: 100000) { nodes { id } } }', {}, 501],
    ['{ dataObjects(first: -5) { nodes { id } } }', {}, 1],
    ['{ search(input: {query: "x"}) { nodes { id } } }', {}, 10 + 1 + 10],
    ['{ search(input: {query: "x"}, first: 500) { edges { matches { highlights { start } } } } }', {}, 10 + 1 + 500 * (1 + 10 * (1 + 10))],
    ['query($ids: [ID!]!) { nodes(ids: $ids) { id ... on DataObject { ingestion { id } } } }', { ids: ['a', 'b', 'c'] }, 3 * (1 + 1)],
    ['{ nodes(ids: ["a", "b"]) { ... on Embedding { vector } } }', {}, 2 * (1 + 5)],
    ['{ __schema { types { fields { name } } } }', {}, 0],
  ])('%s %o', (query, variables, cost) => {
    expect(measure(query, variables).cost).toBe(cost);
  });

  it('counts depth and aliases through fragments', () => {
    const size = measure('{ a: dataObject(id: "x") { ...F b: id } } fragment F on DataObject { annotations { c: nodes { d: object { id } } } }');
    expect(size).toMatchObject({ depth: 5, aliases: 4 });
  });

  it('measures fragments that double a hundred times at once', () => {
    const fragments = Array.from({ length: 100 }, (_, i) => `fragment F${i} on DataObject { ...F${i + 1} ... on DataObject { ...F${i + 1} } }`);
    const size = measure(`{ dataObject(id: "x") { ...F0 } } ${fragments.join(' ')} fragment F100 on DataObject { ingestion { id } }`);
    expect(size.cost).toBeGreaterThan(1e29);
  });

  it('is refused with both numbers', () => {
    const limits = { maxDepth: 5, maxAliases: 5, maxCost: 1_000 };
    expect(() => checkOperation({ cost: 1_000, depth: 5, aliases: 5 }, limits)).not.toThrow();
    expect(() => checkOperation({ cost: 1_001, depth: 5, aliases: 5 }, limits)).toThrow(/1,001.*1,000/);
    expect(() => checkOperation({ cost: 1, depth: 6, aliases: 5 }, limits)).toThrow(/6 fields deep/);
    expect(() => checkOperation({ cost: 1, depth: 1, aliases: 6 }, limits)).toThrow(/6 aliases/);
  });
});
