import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomNumbers } from '../test/support/random-numbers.js';

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

const records = <T>(name: string) => readFileSync(join(CRANFIELD, name), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as T);

export const cranfieldDocuments = () => records<CranfieldDocument>('documents.jsonl');
export const cranfieldQueries = () => records<CranfieldQuery>('queries.jsonl');

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

const MOST_SENTENCES = 10;

/** One to ten sentences: as passages are. */
export const mixedTexts = (random: () => number, count: number): string[] =>
  Array.from({ length: count }, () => recombined(random, 1 + Math.floor(random() * MOST_SENTENCES)).join(' '));
