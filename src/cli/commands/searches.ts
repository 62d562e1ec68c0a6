import { withConnection, type Connection } from '../connection.js';
import type { ClientOptions, CommandContext } from '../context.js';
import { UsageFailure } from '../failure.js';
import { DeleteSavedSearchDocument, SavedSearchesDocument, SaveSearchDocument, type SavedSearchLineFragment, type SearchInput } from '../generated/graphql.js';
import { eachRemoved } from '../output/each-removed.js';
import { inputOf, termOf, type AskingOptions } from './search.js';

/** As many as a tenant may have. */
const ALL = 100;

export type SearchesOptions = AskingOptions & ClientOptions & { json?: boolean };

type Work = (connection: Connection) => Promise<number>;

/** `searches list`, `searches save NAME [QUERY]` with what "search" takes, `searches delete ID…`. */
export async function searches(context: CommandContext, verb: string, args: readonly string[], options: SearchesOptions): Promise<number> {
  return withConnection(context, options, workOf(verb, args, options));
}

/** Said wrongly, it is refused before a server is asked for. */
function workOf(verb: string, args: readonly string[], options: SearchesOptions): Work {
  if (verb === 'list' && args.length === 0) return (connection) => list(connection, options);
  if (verb === 'delete' && args.length > 0) {
    return (connection) =>
      eachRemoved(args, async (id) => {
        await connection.request(DeleteSavedSearchDocument, { id });
        return `deleted  ${id}`;
      });
  }
  const [name, query, ...more] = args;
  if (verb !== 'save' || name === undefined || more.length > 0) throw new UsageFailure('There are "searches list", "searches save NAME [QUERY]" and "searches delete ID…".');
  const input = savedInput(query, options);
  return (connection) => save(connection, name, input, options);
}

function savedInput(query: string | undefined, options: SearchesOptions): SearchInput {
  const { like, term } = options;
  if (query === undefined && like === undefined && term.length === 0) throw new UsageFailure('Say what to find: words, --like with an object, or --term.');
  if (like !== undefined && !like.startsWith('obj_')) throw new UsageFailure('A search by a file cannot be kept, since its bytes are not. Take it in with "strata ingest", and give --like its id.');
  return inputOf(query, like === undefined ? null : { objectId: like }, term.map(termOf), options);
}

async function list(connection: Connection, { json }: SearchesOptions): Promise<number> {
  const { savedSearches: found } = await connection.request(SavedSearchesDocument, { first: ALL });
  const lines = found.nodes.length === 0 ? 'No search is kept. "strata searches save NAME QUERY" keeps one.\n' : found.nodes.map(line).join('');
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : lines);
  return 0;
}

async function save(connection: Connection, name: string, search: SearchInput, { json }: SearchesOptions): Promise<number> {
  const { createSavedSearch: saved } = await connection.request(SaveSearchDocument, { input: { name, search } });
  process.stdout.write(json ? `${JSON.stringify(saved, null, 2)}\n` : line(saved));
  return 0;
}

const line = ({ id, name, input, owner }: SavedSearchLineFragment): string => `${id}  ${name}  ${JSON.stringify(input)}  (${owner})\n`;
