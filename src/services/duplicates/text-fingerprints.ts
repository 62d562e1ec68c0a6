import { createHash } from 'node:crypto';
import { hash32, mix32, WORDS_MINIMA, type Fingerprint } from '../../domain/fingerprints.js';

/** Characters that are worked on between two turns of the event loop. */
const SLICE = 32_768;
/** Words that follow each other, as one item of the set that a text is compared by. */
const SHINGLE = 3;
/** A shorter text has too few shingles to say by their share whether it is near to another. */
const LEAST_WORDS = 20;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

const SEEDS = Uint32Array.from({ length: WORDS_MINIMA }, (_, i) => mix32(0x9e3779b9 * (i + 1)));

/**
 * TEXT: SHA-256 of the text in Unicode's compatible form (NFKC), white space folded. WORDS: for each of 60 hash functions the least
 * value over the text's shingles of three words, in lower case (MinHash; Broder 1997).
 */
export async function fingerprintText(text: string): Promise<Fingerprint[]> {
  const hash = createHash('sha256');
  const minima = new Uint32Array(WORDS_MINIMA).fill(0xffffffff);
  const last: number[] = [];
  let words = 0;
  let empty = true;
  for (const slice of slicesOf(text)) {
    const folded = slice.normalize('NFKC').replace(/\s+/gu, ' ').trim();
    if (folded !== '') {
      hash.update(empty ? folded : ` ${folded}`);
      empty = false;
    }
    for (const [word] of folded.toLowerCase().matchAll(WORD)) {
      words += 1;
      last.push(hash32(word));
      if (last.length > SHINGLE) last.shift();
      if (last.length === SHINGLE) lower(minima, shingleOf(last));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (empty) return [];
  const exact: Fingerprint = { kind: 'TEXT', value: hash.digest('hex') };
  if (words < LEAST_WORDS) return [exact];
  return [exact, { kind: 'WORDS', value: Array.from(minima, (minimum) => minimum.toString(16).padStart(8, '0')).join('') }];
}

/** Cut where there is white space, so that no word and no composed character is. */
function* slicesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + SLICE);
    if (to < text.length) {
      const space = text.slice(from, to).search(/\s\S*$/u);
      if (space > 0) to = from + space;
    }
    yield text.slice(from, to);
    from = to;
  }
}

const shingleOf = (words: readonly number[]): number => words.reduce((all, word) => mix32(Math.imul(all, 0x01000193) ^ word), 0x811c9dc5);

function lower(minima: Uint32Array, shingle: number): void {
  for (let i = 0; i < WORDS_MINIMA; i++) {
    const value = mix32(shingle ^ SEEDS[i]!);
    if (value < minima[i]!) minima[i] = value;
  }
}
