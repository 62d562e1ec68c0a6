import { analyzeTerms, analyzeWithSpans } from '../search/analysis.js';
import type { TextAnnotator } from './text-annotator.js';

const CHARACTERS_READ = 60_000;
const KEYWORDS_KEPT = 10;
/** Behind the first few, only what scores at least this much of the best. */
const SURE = 3;
const LOWEST_SHARE = 0.2;
const LONGEST_PHRASE = 3;
/** Between the words of a phrase: a space, a hyphen, or where a line was wrapped. */
const JOINT = /^(?: |-|\n)$/;
const WORDLESS = /^(?:\p{N}+|.)$/u;
/** A phrase of several words that stands there once is chance. */
const FEWEST_PHRASES = 2;
/** Words that many texts are full of and none is about; the stop words of search are left out before. */
const GENERAL = new Set(
  analyzeTerms(
    'able according add allow already also always another appear apply ask available back base become begin ' +
      'better call case change come common consider contain current day determine different do due early easy ' +
      'effect end even every example far few find first follow form found full general get give given go good ' +
      'great high hold important include increase instead keep kept know known large last late less let like line ' +
      'little long look lot low made main make many mean method much must near need never new next note number ' +
      'obtain often old one two three four five six seven eight nine ten order others part particular people per ' +
      'place point possible present problem provide purpose put quite rather read really reason result right said ' +
      'same saw say second see seen seem several show shown side simple since small something sometimes still ' +
      'study such take taken tell thing think third time together told took try turn type upon use used using ' +
      'usual value various via want way well went whole wide without work write written year years yet',
  ),
);

interface Word {
  term: string;
  surface: string;
}

interface Candidate {
  terms: readonly string[];
  count: number;
  /** Index of the word at which it first stands. */
  first: number;
  surfaces: Map<string, number>;
  /** Of the longer candidates that contain it: how many there are, and their counts together. */
  within: { kinds: number; count: number };
}

/** Up to ten words and phrases that the text is about. Content: `{labels: [{label, score}]}`, falling, the best 1. */
export const textKeywords: TextAnnotator = {
  name: 'keywords',
  version: 1,
  type: 'CLASSIFICATION',
  annotate(text) {
    const labels = findKeywords(text);
    return labels.length === 0 ? null : { content: { labels }, confidence: null };
  },
};

/**
 * Phrases of up to three words that no stop word and no sign interrupts, scored by C-value (Frantzi, Ananiadou and
 * Mima, Automatic recognition of multi-word terms, 2000): log2(1 + words) × (count − mean count of the longer phrases
 * around it), and up to half as much again for an early start.
 */
export function findKeywords(text: string): { label: string; score: number }[] {
  const runs = readRuns(text.slice(0, CHARACTERS_READ));
  const length = runs.reduce((sum, run) => sum + run.length, 0);
  const candidates = collect(runs);
  const scored = [...candidates.values()]
    .map((candidate) => ({ candidate, score: cValue(candidate) * (1 + 0.5 * (1 - candidate.first / length)) }))
    .filter(({ score }) => score > 0)
    .sort(
      (a, b) =>
        b.score - a.score ||
        a.candidate.first - b.candidate.first ||
        b.candidate.terms.length - a.candidate.terms.length,
    );

  const kept: typeof scored = [];
  for (const entry of scored) {
    if (kept.length === KEYWORDS_KEPT || (kept.length >= SURE && entry.score < LOWEST_SHARE * kept[0]!.score)) break;
    if (!kept.some((other) => overlaps(entry.candidate.terms, other.candidate.terms))) kept.push(entry);
  }
  const best = kept[0]?.score ?? 1;
  return kept.map(({ candidate, score }) => ({
    label: labelOf(candidate),
    score: Math.round((score / best) * 1000) / 1000,
  }));
}

/** Stretches of words with nothing but joints between them; stop words, general words and bare numbers end one. */
function readRuns(text: string): Word[][] {
  const runs: Word[][] = [];
  let end = -1;
  for (const { term, start, end: next } of analyzeWithSpans(text)) {
    const surface = text.slice(start, next);
    if (GENERAL.has(term) || WORDLESS.test(surface)) continue;
    const joined = end >= 0 && JOINT.test(text.slice(end, start));
    if (joined) runs.at(-1)!.push({ term, surface });
    else runs.push([{ term, surface }]);
    end = next;
  }
  return runs;
}

function collect(runs: readonly Word[][]): Map<string, Candidate> {
  const counts = new Map<string, number>();
  eachPhrase(runs, (key) => counts.set(key, (counts.get(key) ?? 0) + 1));

  const candidates = new Map<string, Candidate>();
  eachPhrase(runs, (key, run, from, to, position) => {
    const count = counts.get(key)!;
    if (to - from > 1 && count < FEWEST_PHRASES) return;
    let candidate = candidates.get(key);
    if (!candidate) {
      const terms = run.slice(from, to).map(({ term }) => term);
      candidate = { terms, count, first: position, surfaces: new Map(), within: { kinds: 0, count: 0 } };
      candidates.set(key, candidate);
    }
    let surface = run[from]!.surface;
    for (let i = from + 1; i < to; i++) surface += ` ${run[i]!.surface}`;
    candidate.surfaces.set(surface, (candidate.surfaces.get(surface) ?? 0) + 1);
  });

  for (const { terms, count } of candidates.values()) {
    for (const part of partsOf(terms)) {
      const { within } = candidates.get(part)!;
      within.kinds++;
      within.count += count;
    }
  }
  return candidates;
}

/** Every stretch of one to three words of every run, with the number of words before it. */
function eachPhrase(
  runs: readonly Word[][],
  visit: (key: string, run: readonly Word[], from: number, to: number, position: number) => void,
): void {
  let position = 0;
  for (const run of runs) {
    for (let from = 0; from < run.length; from++, position++) {
      let key = '';
      for (let to = from + 1; to <= Math.min(run.length, from + LONGEST_PHRASE); to++) {
        key = to === from + 1 ? run[from]!.term : `${key} ${run[to - 1]!.term}`;
        visit(key, run, from, to, position);
      }
    }
  }
}

/** The shorter phrases inside a phrase, each once. */
function partsOf(terms: readonly string[]): Iterable<string> {
  if (terms.length === 1) return [];
  const parts = new Set<string>();
  for (let from = 0; from < terms.length; from++) {
    for (let to = from + 1; to <= terms.length; to++) {
      if (to - from < terms.length) parts.add(terms.slice(from, to).join(' '));
    }
  }
  return parts;
}

const cValue = ({ terms, count, within }: Candidate) =>
  Math.log2(1 + terms.length) * (count - (within.kinds > 0 ? within.count / within.kinds : 0));

const overlaps = (a: readonly string[], b: readonly string[]) =>
  a.every((term) => b.includes(term)) || b.every((term) => a.includes(term));

/** The form in which it stands most often; in lower case, but for abbreviations. */
function labelOf({ surfaces }: Candidate): string {
  const [form] = [...surfaces].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
  return form
    .normalize('NFKC')
    .split(' ')
    .map((word) => (/^[\p{Lu}\p{N}]{2,6}$/u.test(word) ? word : word.toLowerCase()))
    .join(' ');
}
