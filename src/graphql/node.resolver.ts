import { Arg, Ctx, Directive, ID, Query, Resolver } from 'type-graphql';
import type { GraphQLContext } from './context.js';
import { decodeAnyId } from './ids.js';
import { checkLength, MAX_IDS } from './lists.js';
import { loadNode } from './loaders/nodes.js';
import { NodeType } from './node.type.js';

@Resolver()
export class NodeResolver {
  @Directive('@inaccessible')
  @Directive('@shareable')
  @Query(() => NodeType, { nullable: true, description: 'Anything by its id; null for what is not there, or not the caller’s. No id of ours: BAD_USER_INPUT.' })
  node(@Arg('id', () => ID) id: string, @Ctx() context: GraphQLContext) {
    const { entity, uuid } = decodeAnyId(id, ['id']);
    return loadNode(entity, uuid, context);
  }

  @Directive('@inaccessible')
  @Directive('@shareable')
  @Query(() => [NodeType], { nullable: 'items', description: 'Things by their ids, at most 500, of any kinds, in the same order; null for what is not there, or not the caller’s.' })
  nodes(@Arg('ids', () => [ID]) ids: string[], @Ctx() context: GraphQLContext) {
    checkLength(ids, MAX_IDS, ['ids']);
    const wanted = ids.map((id, i) => decodeAnyId(id, ['ids', i]));
    return Promise.all(wanted.map(({ entity, uuid }) => loadNode(entity, uuid, context)));
  }
}
