import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Info, Int, Query, Resolver } from 'type-graphql';
import { given } from '../absent.js';
import type { GraphQLContext } from '../context.js';
import { mayAskFor } from '../selection.js';
import { SearchInput } from './search.inputs.js';
import { firstOfSearch, toSearchRequest } from './search.mapping.js';
import { SearchConnectionType } from './search.types.js';

@Resolver()
export class SearchResolver {
  @Query(() => SearchConnectionType, {
    nullable: true,
    description:
      'Finds objects by meaning, by words, or by both, best first. BAD_USER_INPUT for input that contradicts itself; CURSOR_EXPIRED 300 seconds after the first page; DEPENDENCY_UNAVAILABLE where no leg could run.',
  })
  async search(
    @Arg('input', () => SearchInput) input: SearchInput,
    @Arg('first', () => Int, { nullable: true, defaultValue: 10, description: '0 to 500.' }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'A cursor of the same search.' }) after: string | null,
    @Ctx() context: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    const page = { first: firstOfSearch(first), after: given(after), matches: mayAskFor(info, 'matches') };
    return new SearchConnectionType(await context.services.search.search(context.viewer, toSearchRequest(input), page, context.signal));
  }
}
