import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Int, Query, Resolver } from 'type-graphql';
import type { GraphQLContext } from '../context.js';
import { RecommendInput, SearchInput } from './search.inputs.js';
import { toRecommendRequest, toSearchPage, toSearchRequest } from './search.mapping.js';
import { SearchConnectionType } from './search.types.js';

@Resolver()
export class SearchResolver {
  @Query(() => SearchConnectionType, {
    nullable: true,
    description:
      'Finds objects by meaning, by words, or by both, best first. BAD_USER_INPUT for input that contradicts itself; CURSOR_EXPIRED 300 seconds after the first page; DEPENDENCY_UNAVAILABLE where no leg could run, or Redis, which keeps the later pages for all servers, is away.',
  })
  async search(
    @Arg('input', () => SearchInput) input: SearchInput,
    @Arg('first', () => Int, { nullable: true, defaultValue: 10, description: '0 to 500.' }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'A cursor of the same search.' }) after: string | null,
    @Ctx() context: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return new SearchConnectionType(await context.services.search.search(context.viewer, toSearchRequest(input), toSearchPage(first, after, info), context.signal));
  }

  @Query(() => SearchConnectionType, {
    nullable: true,
    description:
      'Objects by the liked and away from the disliked, best first; a warning names those that have no vectors. NOT_FOUND for an object that is not there; BAD_USER_INPUT where none of the liked has vectors, or likes and dislikes cancel each other out; otherwise as `search`.',
  })
  async recommend(
    @Arg('input', () => RecommendInput) input: RecommendInput,
    @Arg('first', () => Int, { nullable: true, defaultValue: 10, description: '0 to 500.' }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'A cursor of the same recommendation.' }) after: string | null,
    @Ctx() context: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return new SearchConnectionType(await context.services.search.recommend(context.viewer, toRecommendRequest(input), toSearchPage(first, after, info), context.signal));
  }
}
