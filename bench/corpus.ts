import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const CRANFIELD = fileURLToPath(new URL('../../shared/fixtures/retrieval/cranfield', import.meta.url));
export const hasCranfield = existsSync(join(CRANFIELD, 'documents.jsonl'));

export interface CranfieldDocument {
  id: string;
  title: string;
  text: string;
}
export interface CranfieldQuery {
  id: string;
  text: string;
}

const lines = (name: string) => readFileSync(join(CRANFIELD, name), 'utf8').trim().split('\n');
const records = <T>(name: string) => lines(name).map((line) => JSON.parse(line) as T);

export const cranfieldDocuments = () => records<CranfieldDocument>('documents.jsonl');
export const cranfieldQueries = () => records<CranfieldQuery>('queries.jsonl');

/** Query → document → gain. */
export function cranfieldJudgements(): Map<string, Map<string, number>> {
  const all = new Map<string, Map<string, number>>();
  for (const line of lines('relevance.tsv').slice(1)) {
    const [query, document, gain] = line.split('\t');
    all.set(query!, (all.get(query!) ?? new Map<string, number>()).set(document!, Number(gain)));
  }
  return all;
}

/** Mulberry32: small, and the same on every machine. @returns 0 ≤ x < 1 */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sentences to make texts of: Cranfield's where it is there, otherwise invented ones whose words are as unequal as a language's. */
export const sentences: readonly string[] = hasCranfield ? cranfieldSentences() : inventedSentences();

function cranfieldSentences(): string[] {
  const all = cranfieldDocuments().flatMap(({ text }) => text.split(/(?<= \.) /));
  return [...new Set(all.filter((sentence) => sentence.length > 40 && sentence.length < 400))];
}

function inventedSentences(): string[] {
  const random = randomNumbers(7);
  const syllables = ['ra', 'to', 'mi', 'len', 'dor', 'sa', 'vi', 'ker', 'pho', 'tun', 'gal', 'est', 'ior', 'bre', 'nac', 'ul'];
  const word = () => Array.from({ length: 2 + Math.floor(random() * 3) }, () => syllables[Math.floor(random() * syllables.length)]).join('');
  const vocabulary = Array.from({ length: 8_000 }, word);
  // Zipf: the n-th word comes 1/n as often as the first.
  const drawn = () => vocabulary[Math.floor(vocabulary.length ** random()) - 1] ?? vocabulary[0]!;
  return Array.from({ length: 8_000 }, () => `${Array.from({ length: 12 + Math.floor(random() * 16) }, drawn).join(' ')} .`);
}

/** A text of some of the sentences. @param count how many */
export const recombined = (random: () => number, count: number): string[] =>
  Array.from({ length: count }, () => sentences[Math.floor(random() * sentences.length)]!);
