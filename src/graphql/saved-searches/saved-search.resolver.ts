import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, ID, Info, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { StrataError, isStrataError } from '../../domain/errors.js';
import type { Json } from '../../domain/model.js';
import type { SaveSearch } from '../../domain/operations.js';
import { given } from '../absent.js';
import type { GraphQLContext } from '../context.js';
import { decodeId } from '../ids.js';
import { ConnectionArgs, pageArgs } from '../paging/connection-args.js';
import type { SearchInput } from '../search/search.inputs.js';
import { toSearchPage, toSearchRequest } from '../search/search.mapping.js';
import { SearchConnectionType } from '../search/search.types.js';
import { CreateSavedSearchInput, SavedSearchConnectionType, SavedSearchMatchType, SavedSearchType, toSavedSearch, UpdateSavedSearchInput } from './saved-search.types.js';

@Resolver(() => SavedSearchType)
export class SavedSearchResolver {
  @Query(() => SavedSearchConnectionType, { description: 'The tenant’s saved searches, newest first.' })
  async savedSearches(@Args(() => ConnectionArgs) args: ConnectionArgs, @Ctx() context: GraphQLContext) {
    return new SavedSearchConnectionType(await context.services.savedSearches.page(context.viewer, pageArgs(args)));
  }

  @Query(() => SavedSearchType, { nullable: true, description: 'One of them; null where there is none.' })
  async savedSearch(@Arg('id', () => ID, { description: '`ssr_…`' }) id: string, @Ctx() context: GraphQLContext) {
    const row = await context.loaders.savedSearches.load(decodeId('ssr', id, ['id']));
    return row && toSavedSearch(row);
  }

  @Mutation(() => SavedSearchType, { description: 'Keeps a search under a name, at most 100 a tenant. Needs an annotator. BAD_USER_INPUT, NOT_CONFIGURED, CONFLICT.' })
  async createSavedSearch(@Arg('input', () => CreateSavedSearchInput) input: CreateSavedSearchInput, @Ctx() context: GraphQLContext) {
    return toSavedSearch(await beneathSearch(async () => context.services.savedSearches.create(context.viewer, { name: input.name, ...toSaved(input.search) })));
  }

  @Mutation(() => SavedSearchType, { description: 'Changes name or search. Needs whoever saved it, or an admin. BAD_USER_INPUT, NOT_FOUND, CONFLICT, FORBIDDEN.' })
  async updateSavedSearch(@Arg('input', () => UpdateSavedSearchInput) input: UpdateSavedSearchInput, @Ctx() context: GraphQLContext) {
    const row = await beneathSearch(async () =>
      context.services.savedSearches.update(context.viewer, {
        id: decodeId('ssr', input.id, ['input', 'id']),
        expectedVersion: given(input.expectedVersion),
        name: given(input.name),
        search: input.search == null ? undefined : toSaved(input.search),
      }),
    );
    return toSavedSearch(row);
  }

  @Mutation(() => ID, { description: 'Removes a saved search. Answers its id. Needs whoever saved it, or an admin. NOT_FOUND, FORBIDDEN.' })
  async deleteSavedSearch(@Arg('id', () => ID, { description: '`ssr_…`' }) id: string, @Ctx() context: GraphQLContext): Promise<string> {
    await context.services.savedSearches.delete(context.viewer, decodeId('ssr', id, ['id']));
    return id;
  }

  @FieldResolver(() => SearchConnectionType, { nullable: true, description: 'What it finds now, over everything; as `search`.' })
  async results(
    @Root() search: SavedSearchType,
    @Arg('first', () => Int, { nullable: true, defaultValue: 10, description: '0 to 500.' }) first: number | null,
    @Arg('after', () => String, { nullable: true, description: 'A cursor of the same search.' }) after: string | null,
    @Ctx() context: GraphQLContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return new SearchConnectionType(await context.services.savedSearches.results(context.viewer, search.row, toSearchPage(first, after, info), context.signal));
  }
}

@Resolver(() => SavedSearchMatchType)
export class SavedSearchMatchResolver {
  @FieldResolver(() => SavedSearchType, { nullable: true, description: 'As it is now; null once it is deleted.' })
  async savedSearch(@Root() match: SavedSearchMatchType, @Ctx() context: GraphQLContext) {
    const row = await context.loaders.savedSearches.load(match.savedSearchId);
    return row && toSavedSearch(row);
  }
}

const toSaved = (search: SearchInput): Omit<SaveSearch, 'name'> => ({ input: JSON.parse(JSON.stringify(search)) as Json, request: toSearchRequest(search) });

/** Where in `search`, which says `input` for itself. */
async function beneathSearch<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isStrataError(error) || error.path[0] !== 'input' || OWN.has(error.path[1] ?? '')) throw error;
    throw new StrataError(error.code, error.message, { path: ['input', 'search', ...error.path.slice(1)], extensions: error.extensions, cause: error.cause });
  }
}

const OWN = new Set(['', 'id', 'name', 'search', 'expectedVersion']);
