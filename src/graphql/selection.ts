import { BREAK, getDirectiveValues, GraphQLIncludeDirective, GraphQLSkipDirective, visit, type FieldNode, type GraphQLResolveInfo } from 'graphql';

/**
 * Whether a field of this name, and not left out by a directive of its own, is anywhere in the operation or in a fragment beside it: where it
 * is not, what it would show need not be read. Where it is, somebody else may have asked for it; then it is read for nothing, and nothing is wrong.
 */
export function mayAskFor({ operation, fragments, variableValues }: Pick<GraphQLResolveInfo, 'operation' | 'fragments' | 'variableValues'>, name: string): boolean {
  let found = false;
  for (const node of [operation, ...Object.values(fragments)]) {
    if (found) break;
    visit(node, {
      Field(field) {
        if (field.name.value !== name || isLeftOut(field, variableValues)) return undefined;
        found = true;
        return BREAK;
      },
    });
  }
  return found;
}

function isLeftOut(field: FieldNode, variables: GraphQLResolveInfo['variableValues']): boolean {
  return getDirectiveValues(GraphQLSkipDirective, field, variables)?.if === true || getDirectiveValues(GraphQLIncludeDirective, field, variables)?.if === false;
}
