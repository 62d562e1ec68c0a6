import { visit, BREAK, type GraphQLResolveInfo } from 'graphql';

/**
 * Whether a field of this name is anywhere in the operation or in a fragment beside it: where it is not, what it would show need not
 * be read. Where it is, somebody else may have asked for it; then it is read for nothing, and nothing is wrong.
 */
export function mayAskFor({ operation, fragments }: Pick<GraphQLResolveInfo, 'operation' | 'fragments'>, name: string): boolean {
  let found = false;
  for (const node of [operation, ...Object.values(fragments)]) {
    if (found) break;
    visit(node, {
      Field(field) {
        if (field.name.value !== name) return undefined;
        found = true;
        return BREAK;
      },
    });
  }
  return found;
}
