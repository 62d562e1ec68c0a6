import { withConnection } from '../connection.js';
import type { CommandContext } from '../context.js';
import { RecommendDocument, type RecommendInput } from '../generated/graphql.js';
import { filterOf, show, type SearchOptions } from './search.js';

export interface RecommendOptions extends Pick<SearchOptions, 'server' | 'config' | 'dataDir' | 'type' | 'filter' | 'diversity' | 'first' | 'explain' | 'json'> {
  dislike?: string[];
}

/** @param liked ids of objects */
export async function recommend(context: CommandContext, liked: string[], options: RecommendOptions): Promise<number> {
  const filter = filterOf(options);
  const { dislike: disliked = [], diversity, first, explain = false } = options;
  const input: RecommendInput = { liked, disliked, ...(filter === undefined ? {} : { filter }), ...(diversity === undefined ? {} : { diversity }) };
  return withConnection(context, options, async (connection) => {
    const { recommend: answer } = await connection.request(RecommendDocument, { input, first, explain });
    show(answer!, options);
    return 0;
  });
}
