import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { withConnection, type Connection } from '../connection.js';
import type { CommandContext, ClientOptions } from '../context.js';
import { Failure, UsageFailure } from '../failure.js';
import {
  AbortUploadDocument, CreateUploadDocument, SearchDocument, type DataObjectFilter, type DataType, type SearchInput, type SearchMode, type SearchTermInput,
} from '../generated/graphql.js';
import { readPairs } from '../ingest/find-files.js';
import { put } from '../ingest/upload-file.js';
import { hitLines, type Found } from '../output/hit-lines.js';
import { coloursFor, widthOf } from '../output/terminal.js';

/** What is asked. */
export interface AskingOptions {
  type?: DataType[];
  alpha?: number;
  mode?: Lowercase<SearchMode>;
  filter?: string;
  like?: string;
  term: readonly string[];
  model?: string;
  minVectorScore?: number;
}

export interface SearchOptions extends ClientOptions, AskingOptions {
  diversity?: number;
  rerank?: boolean;
  first: number;
  explain?: boolean;
  json?: boolean;
}

export async function search(context: CommandContext, query: string | undefined, options: SearchOptions): Promise<number> {
  const terms = options.term.map(termOf);
  if (query === undefined && options.like === undefined && terms.length === 0) throw new UsageFailure('Say what to find: words, --like with an object or a file, or --term.');
  const asked = (example: Example['input'] | null) => inputOf(query, example, terms, options);
  // What is typed wrongly is refused before a server is asked for.
  asked(null);
  return withConnection(context, options, async (connection) => {
    const example = options.like === undefined ? null : await exampleOf(connection, options.like);
    const input: SearchInput = {
      ...asked(example?.input ?? null),
      ...(options.diversity === undefined ? {} : { diversity: options.diversity }),
      ...(options.rerank === undefined ? {} : { rerank: options.rerank }),
    };
    const { search: answer } = await connection.request(SearchDocument, { input, first: options.first, explain: options.explain === true && (example !== null || terms.length > 0) }).finally(() => example?.release());
    show(answer!, options);
    return 0;
  });
}

export function inputOf(query: string | undefined, example: Example['input'] | null, terms: readonly SearchTermInput[], options: AskingOptions): SearchInput {
  const filter = filterOf(options);
  return {
    ...(query === undefined ? {} : { query }),
    ...termsOf(query, example, terms),
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.minVectorScore === undefined ? {} : { minVectorScore: options.minVectorScore }),
    ...(options.mode === undefined ? {} : { mode: options.mode.toUpperCase() as SearchMode }),
    ...(options.alpha === undefined ? {} : { alpha: options.alpha }),
    ...(filter === undefined ? {} : { filter }),
  };
}

export function show(answer: Found, { json, explain }: Pick<SearchOptions, 'json' | 'explain'>): void {
  const { stdout } = process;
  const layout = { width: widthOf(stdout), colours: coloursFor(stdout), explain };
  stdout.write(json ? `${JSON.stringify(answer, null, 2)}\n` : `${hitLines(answer, layout).join('\n')}\n`);
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

const TERM = /^(?<weight>[+-]?(\d+(\.\d*)?|\.\d+)):(?<what>.*\S.*)$/s;

/** `0.5:harbour`, `-1:obj_…`. */
export function termOf(given: string): SearchTermInput {
  const { weight, what } = TERM.exec(given)?.groups ?? {};
  if (weight === undefined || what === undefined) throw new UsageFailure(`--term "${given}": give a weight and what it is of, such as 0.5:harbour or -1:night.`);
  const text = what.trim();
  return { weight: Number(weight), ...(text.startsWith('obj_') ? { objectId: text } : { query: text }) };
}

/** An example beside words is one term more. */
function termsOf(query: string | undefined, example: Example['input'] | null, terms: readonly SearchTermInput[]): Pick<SearchInput, 'objectId' | 'uploadId' | 'terms'> {
  const isAlone = query === undefined;
  const all = [...(example === null || isAlone ? [] : [{ ...example, weight: 1 }]), ...terms];
  return { ...(example !== null && isAlone ? example : {}), ...(all.length === 0 ? {} : { terms: all }) };
}

/** What to find the like of, and how to be rid of it. */
interface Example {
  input: Pick<SearchInput, 'objectId' | 'uploadId'>;
  release(): Promise<void>;
}

/** An object's id as it is; a file's bytes are sent for this query alone, and nothing of them is kept. */
async function exampleOf(connection: Connection, given: string): Promise<Example> {
  const stats = await stat(given).catch(() => null);
  if (stats === null && !given.startsWith('obj_')) throw new Failure(`There is no file "${given}", and it is no object's id either.`);
  if (stats === null) return { input: { objectId: given }, release: () => Promise.resolve() };
  if (!stats.isFile()) throw new Failure(`"${given}" is no file.`);
  const { createUpload } = await connection.request(CreateUploadDocument, { input: { filename: basename(given), fileSize: stats.size, purpose: 'QUERY' } });
  const { id, url } = createUpload.upload!;
  await put(connection, url!, await openAsBlob(given));
  return { input: { uploadId: id }, release: async () => void (await connection.request(AbortUploadDocument, { id })) };
}
