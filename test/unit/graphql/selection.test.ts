import { getOperationAST, Kind, parse, type FragmentDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';

import { mayAskFor } from '../../../src/graphql/selection.js';

const variableValues = { yes: true, no: false };
const asked = (source: string) => {
  const document = parse(source);
  const fragments = Object.fromEntries(document.definitions.filter((each): each is FragmentDefinitionNode => each.kind === Kind.FRAGMENT_DEFINITION).map((each) => [each.name.value, each]));
  return mayAskFor({ operation: getOperationAST(document)!, fragments, variableValues }, 'matches');
};

describe('mayAskFor', () => {
  it.each([
    ['{ search { edges { matches { text } } } }', true],
    ['{ search { edges { found: matches { text } } } }', true],
    ['{ search { edges { ... on SearchEdge { matches { text } } } } }', true],
    ['query { search { ...Page } } fragment Page on SearchConnection { edges { ...Edge } } fragment Edge on SearchEdge { matches { text } }', true],
    ['query ($yes: Boolean!) { search { edges { matches @include(if: $yes) { text } } } }', true],
    ['query ($no: Boolean!) { search { edges { matches @include(if: $no) { text } } } }', false],
    ['query ($no: Boolean!) { search { edges { matches @skip(if: $no) { text } } } }', true],
    ['{ search { edges { matches: score node { id } } } }', false],
    ['{ search(input: { query: "matches" }) { totalCount } }', false],
  ])('%s: %s', (source, expected) => {
    expect(asked(source)).toBe(expected);
  });
});
