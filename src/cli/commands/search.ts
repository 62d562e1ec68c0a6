import { stat } from 'node:fs/promises';
import { withConnection, type Connection } from '../connection.js';
import type { CommandContext, ClientOptions } from '../context.js';
import { Failure, UsageFailure } from '../failure.js';
import { SearchDocument, type DataObjectFilter, type DataType, type SearchInput, type SearchMode } from '../generated/graphql.js';
import { readPairs } from '../ingest/find-files.js';
import { IngestionWatch } from '../ingest/ingestion-watch.js';
import { uploadFile } from '../ingest/upload-file.js';
import { hitLines } from '../output/hit-lines.js';
import { coloursFor, widthOf } from '../output/terminal.js';

export interface SearchOptions extends ClientOptions {
  type?: DataType[];
  alpha?: number;
  mode?: Lowercase<SearchMode>;
  filter?: string;
  like?: string;
  first: number;
  explain?: boolean;
  json?: boolean;
}

export async function search(context: CommandContext, query: string | undefined, options: SearchOptions): Promise<number> {
  if (query === undefined && options.like === undefined) throw new UsageFailure('Say what to find: words, or --like with an object or a file.');
  if (query !== undefined && options.like !== undefined) throw new UsageFailure('Either words or --like: each is a search of its own.');
  const filter = filterOf(options);
  return withConnection(context, options, async (connection) => {
    const input: SearchInput = {
      ...(query === undefined ? { objectId: await objectLike(connection, options.like!) } : { query }),
      ...(options.mode === undefined ? {} : { mode: options.mode.toUpperCase() as SearchMode }),
      ...(options.alpha === undefined ? {} : { alpha: options.alpha }),
      ...(filter === undefined ? {} : { filter }),
    };
    const { search: answer } = await connection.request(SearchDocument, { input, first: options.first });
    const { stdout } = process;
    const layout = { width: widthOf(stdout), colours: coloursFor(stdout), explain: options.explain };
    stdout.write(options.json ? `${JSON.stringify(answer, null, 2)}\n` : `${hitLines(answer!, layout).join('\n')}\n`);
    return 0;
  });
}

/** A DataObjectFilter in JSON, or conditions on metadata in short: `year=2021,place=tower`. */
export function filterOf({ type, filter }: Pick<SearchOptions, 'type' | 'filter'>): DataObjectFilter | undefined {
  const types = type === undefined ? {} : { types: type };
  if (filter === undefined) return type === undefined ? undefined : types;
  if (filter.trim().startsWith('{')) return { ...parsed(filter), ...types };
  const pairs = Object.entries(readPairs(filter.split(',')));
  return { ...types, metadata: pairs.map(([path, equals]) => ({ path, equals })) };
}

function parsed(filter: string): DataObjectFilter {
  try {
    return JSON.parse(filter) as DataObjectFilter;
  } catch (error) {
    throw new UsageFailure(`--filter is no JSON: ${(error as Error).message}`);
  }
}

/** An object's id as it is; a file is taken in first, and is then an object as well. */
async function objectLike(connection: Connection, given: string): Promise<string> {
  const stats = await stat(given).catch(() => null);
  if (stats === null && !given.startsWith('obj_')) throw new Failure(`There is no file "${given}", and it is no object's id either.`);
  if (stats === null) return given;
  if (!stats.isFile()) throw new Failure(`"${given}" is no file.`);
  const uploaded = await uploadFile(connection, { path: given, shown: given, size: stats.size }, {});
  const watch = new IngestionWatch(connection, ({ status, error }) => {
    if (status === 'FAILED') throw new Failure(`"${given}" could not be read: ${error!.message}`);
  });
  if (uploaded.ingestion) watch.add(uploaded.ingestion.id);
  await watch.allEnded();
  return uploaded.objectId;
}
