import { sentenceEnds } from '../../domain/passages.js';
import { analyzeTerms } from '../search/analysis.js';
import type { TextAnnotator } from './text-annotator.js';

/** What is looked at of a text; a summary of more would cost more and say no more. */
const CHARACTERS_READ = 60_000;
const SENTENCES_READ = 200;

const SENTENCES_KEPT = 3;
const CHARACTERS_KEPT = 700;
/** Shorter ones are headings and crumbs, longer ones are tables and lists that lost their lines. */
const FEWEST_TERMS = 4;
const LONGEST_SENTENCE = 500;
/** What Markdown puts before a heading, an item, a quotation. */
const LIST_MARK = /^(?:[#>*+-]+ )+/;
const TABLE_ROW = /\|.*\||\t.*\t/;
/** A sentence that shares this much of its terms with one already chosen says nothing new. */
const SAME_SHARE = 0.6;

const DAMPING = 0.85;
const ROUNDS = 20;

interface Sentence {
  text: string;
  terms: ReadonlySet<string>;
}

/** Two or three sentences of the text itself, in its order, chosen by TextRank. Content: `{text}`. */
export const textSummary: TextAnnotator = {
  name: 'summary',
  version: 1,
  type: 'SUMMARY',
  annotate(text) {
    const summary = summarize(text);
    return summary === '' ? null : { content: { text: summary }, confidence: null };
  },
};

export function summarize(text: string): string {
  const head = text.slice(0, CHARACTERS_READ);
  const sentences = readSentences(head);
  if (sentences.length === 0) return opening(head);

  const ranks = rank(sentences);
  const order = sentences.map((_, i) => i).sort((a, b) => ranks[b]! - ranks[a]! || a - b);
  const chosen: number[] = [];
  let room = CHARACTERS_KEPT;
  for (const i of order) {
    const sentence = sentences[i]!;
    if (chosen.length === SENTENCES_KEPT) break;
    if (sentence.text.length > room || chosen.some((other) => alike(sentence, sentences[other]!) > SAME_SHARE))
      continue;
    chosen.push(i);
    room -= sentence.text.length + 1;
  }
  return chosen
    .sort((a, b) => a - b)
    .map((i) => sentences[i]!.text)
    .join(' ');
}

function readSentences(text: string): Sentence[] {
  const sentences: Sentence[] = [];
  let start = 0;
  for (const end of sentenceEnds(text)) {
    const sentence = text.slice(start, end).replace(/\s+/g, ' ').trim().replace(LIST_MARK, '');
    start = end;
    if (sentence.length > LONGEST_SENTENCE || TABLE_ROW.test(sentence)) continue;
    const terms = new Set(analyzeTerms(sentence));
    if (terms.size < FEWEST_TERMS) continue;
    sentences.push({ text: sentence, terms });
    if (sentences.length === SENTENCES_READ) break;
  }
  return sentences;
}

/** For texts without sentences, such as tables and code: how they begin. */
function opening(text: string): string {
  const flat = text.slice(0, 2000).replace(/\s+/g, ' ').trim();
  if (flat.length <= 200) return flat;
  const cut = flat.slice(0, 200);
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > 100 ? space : 200)}…`;
}

/**
 * TextRank (Mihalcea and Tarau, TextRank: Bringing Order into Texts, 2004): sentences vote for those that they share
 * terms with, shared terms / (ln |a| + ln |b|). What a reader would begin with, the first sentences, begins with more.
 */
function rank(sentences: readonly Sentence[]): Float64Array {
  const count = sentences.length;
  const shared = sharedTerms(sentences);
  const logs = sentences.map(({ terms }) => Math.log(terms.size));
  const totals = new Float64Array(count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) {
      const weight = shared[a * count + b]! / (logs[a]! + logs[b]!);
      shared[a * count + b] = weight;
      totals[a]! += weight;
    }
  }

  const start = sentences.map((_, i) => 1 / (1 + i / 4));
  const sum = start.reduce((total, value) => total + value, 0);
  let ranks = Float64Array.from(start, (value) => value / sum);
  for (let round = 0; round < ROUNDS; round++) {
    const next = Float64Array.from(start, (value) => ((1 - DAMPING) * value) / sum);
    for (let a = 0; a < count; a++) {
      if (totals[a] === 0) continue;
      const vote = (DAMPING * ranks[a]!) / totals[a]!;
      for (let b = 0; b < count; b++) next[b]! += vote * shared[a * count + b]!;
    }
    ranks = next;
  }
  return ranks;
}

/** A symmetric matrix of how many terms two sentences have in common; 0 on the diagonal. */
function sharedTerms(sentences: readonly Sentence[]): Float64Array {
  const count = sentences.length;
  const matrix = new Float64Array(count * count);
  const holders = new Map<string, number[]>();
  sentences.forEach(({ terms }, i) => {
    for (const term of terms) {
      const others = holders.get(term) ?? [];
      for (const other of others) {
        matrix[i * count + other]!++;
        matrix[other * count + i]!++;
      }
      others.push(i);
      holders.set(term, others);
    }
  });
  return matrix;
}

function alike(a: Sentence, b: Sentence): number {
  let shared = 0;
  for (const term of a.terms) if (b.terms.has(term)) shared++;
  return shared / Math.min(a.terms.size, b.terms.size);
}
