import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { withConnection, type Connection } from '../connection.js';
import type { CommandContext, SettingOptions } from '../context.js';
import { Failure } from '../failure.js';
import { IngestionsProgressDocument, SearchDocument, type DataType, type SearchInput } from '../generated/graphql.js';
import { readPairs } from '../ingest/find-files.js';
import { uploadFile } from '../ingest/upload-file.js';
import { hitLines } from '../search/hit-lines.js';

export interface SearchOptions extends SettingOptions {
  type?: string;
  alpha?: string;
  mode?: string;
  filter?: string;
  like?: string;
  first: string;
  json?: boolean;
}

export async function search(context: CommandContext, query: string | undefined, options: SearchOptions): Promise<number> {
  if (query === undefined && options.like === undefined) throw new Failure('Say what to find: words, or --like with an object or a file.');
  return withConnection(context, options, async (connection) => {
    const input: SearchInput = {
      query,
      objectId: options.like === undefined ? undefined : await objectLike(connection, options.like),
      mode: options.mode === undefined ? undefined : (options.mode.toUpperCase() as SearchInput['mode']),
      alpha: options.alpha === undefined ? undefined : Number(options.alpha),
      filter: filterOf(options),
    };
    const { search: answer } = await connection.request(SearchDocument, { input: withoutAbsent(input), first: Number(options.first) });
    if (options.json) process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    else process.stdout.write(`${hitLines(answer!, process.stdout.isTTY ? (process.stdout.columns ?? 100) : 100, process.stdout.isTTY)}\n`);
    return 0;
  });
}

const withoutAbsent = (input: SearchInput): SearchInput =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as SearchInput;

function filterOf({ type, filter }: SearchOptions): SearchInput['filter'] {
  const types = type === undefined ? {} : { types: type.split(',').map((each) => each.trim().toUpperCase() as DataType) };
  if (filter === undefined) return type === undefined ? undefined : types;
  if (filter.trim().startsWith('{')) {
    try {
      return { ...(JSON.parse(filter) as object), ...types };
    } catch (error) {
      throw new Failure(`--filter is no JSON: ${(error as Error).message}`);
    }
  }
  const pairs = Object.entries(readPairs(filter.split(',')));
  return { ...types, metadata: pairs.map(([path, equals]) => ({ path, equals })) };
}

/** An object's id as it is; a file is taken in first, and is then an object as well. */
async function objectLike(connection: Connection, given: string): Promise<string> {
  if (!existsSync(given)) return given;
  const uploaded = await uploadFile(connection, { path: given, shown: given, size: (await stat(given)).size }, {}, () => undefined);
  if (uploaded.ingestionId !== null) {
    for await (const { ingestionsProgress } of connection.subscribe(IngestionsProgressDocument, { ids: [uploaded.ingestionId] })) {
      if (ingestionsProgress.status === 'FAILED') throw new Failure(`"${given}" could not be read: ${ingestionsProgress.error!.message}`);
    }
  }
  return uploaded.objectId;
}
