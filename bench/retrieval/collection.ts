import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Texts, questions, and which texts answer them. */
export interface Collection {
  name: string;
  documents: readonly { id: string; text: string }[];
  /** Those that were judged. */
  queries: readonly { id: string; text: string }[];
  /** Query id to document id to gain. */
  judgements: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

const DOCUMENTS = 'documents.jsonl';

/**
 * A folder with `documents.jsonl` (id, title, text), `queries.jsonl` (id, text) and `relevance.tsv` (query, document, gain, below a
 * line of headings). The title goes before the text, as one would upload it.
 */
export function readCollection(folder: string): Collection {
  const lines = (name: string) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
  const records = <T>(name: string) => lines(name).map((line) => JSON.parse(line) as T);
  const judgements = new Map<string, Map<string, number>>();
  for (const line of lines('relevance.tsv').slice(1)) {
    const [query, document, gain] = line.split('\t');
    judgements.set(query!, (judgements.get(query!) ?? new Map<string, number>()).set(document!, Number(gain)));
  }
  return {
    name: basename(folder),
    documents: records<{ id: string; title?: string; text: string }>(DOCUMENTS).map(({ id, title, text }) => ({ id, text: title !== undefined ? `${title}. ${text}` : text })),
    queries: records<{ id: string; text: string }>('queries.jsonl').filter(({ id }) => judgements.has(id)),
    judgements,
  };
}

/** The folders of collections within a folder, by name. */
export function collectionFolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((each) => existsSync(join(each, DOCUMENTS)));
}
