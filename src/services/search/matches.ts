import type { Embedding, Passage } from '../../domain/model.js';
import type { SearchMatch } from '../../domain/operations.js';
import { analyzeWithSpans } from './analysis.js';
import { MOST_MATCHES } from './other-matches.js';
import type { RankedObject } from './ranking.js';

type Span = SearchMatch['highlights'][number];

/** Of an object's fields, which may be long, only the lines that matched are shown, up to so many UTF-16 units. */
const LONGEST_EXCERPT = 1_000;
/** What is shown of a long line before its first highlight. */
const LEAD = 80;

/**
 * At most three: the best passage of each leg, the better ranked leg's first, then what else of the object matched. What is gone
 * meanwhile is left out.
 * @param terms the query's, analysed; empty where there were no words
 */
export function matchesOf(
  ranked: RankedObject,
  found: { passages: ReadonlyMap<string, Passage>; embeddings: ReadonlyMap<string, Embedding> },
  terms: ReadonlySet<string>,
): SearchMatch[] {
  const { vectorMatch, keywordPassageId } = ranked;
  const byVector = vectorMatch === null ? [] : [vectorMatch.passageId ?? vectorMatch.embeddingId];
  const byWords = keywordPassageId === null ? [] : [keywordPassageId];
  const vectorFirst = (ranked.vectorRank ?? Infinity) <= (ranked.keywordRank ?? Infinity);
  const others = ranked.otherMatches.map(({ passageId, embeddingId }) => passageId ?? embeddingId);
  const ids = new Set([...(vectorFirst ? [...byVector, ...byWords] : [...byWords, ...byVector]), ...others]);
  const matches = [...ids].flatMap((id) => {
    const passage = found.passages.get(id);
    if (passage !== undefined) return [matchOfPassage(passage, terms)];
    const embedding = found.embeddings.get(id);
    return embedding === undefined ? [] : [matchOfMoment(embedding)];
  });
  return matches.slice(0, MOST_MATCHES);
}

function matchOfPassage(passage: Passage, terms: ReadonlySet<string>): SearchMatch {
  if (passage.kind === 'fields') return { ...excerptOf(passage.text, terms), start: null, end: null, page: null, startSeconds: null };
  const { text, page, startSeconds, annotationId } = passage;
  // What an annotation says is no stretch of the object's own text.
  const span = annotationId === null ? { start: passage.start, end: passage.end } : { start: null, end: null };
  return { text, highlights: highlightsIn(text, terms), ...span, page, startSeconds };
}

/** A picture, a sound, or a moment of a film. */
function matchOfMoment({ metadata }: Embedding): SearchMatch {
  const startSeconds = typeof metadata.startSeconds === 'number' ? metadata.startSeconds : null;
  return { text: null, highlights: [], start: null, end: null, page: null, startSeconds };
}

/** The words of `text` that the query has too, by their stems; in order, none twice. */
export function highlightsIn(text: string, terms: ReadonlySet<string>): Span[] {
  const spans: Span[] = [];
  if (terms.size === 0) return spans;
  for (const { term, start, end } of analyzeWithSpans(text)) {
    // A word that falls apart into several terms comes once for each.
    if (terms.has(term) && spans.at(-1)?.start !== start) spans.push({ start, end });
  }
  return spans;
}

function excerptOf(fields: string, terms: ReadonlySet<string>): { text: string; highlights: Span[] } {
  let text = '';
  const highlights: Span[] = [];
  for (const line of fields.split('\n')) {
    const spans = highlightsIn(line, terms);
    if (spans.length === 0) continue;
    const from = line.length <= LONGEST_EXCERPT ? 0 : wholeAt(line, Math.max(0, spans[0]!.start - LEAD));
    const to = wholeAt(line, from + LONGEST_EXCERPT);
    if (text !== '' && text.length + to - from > LONGEST_EXCERPT) break;
    const offset = text === '' ? 0 : text.length + 1;
    text = text === '' ? line.slice(from, to) : `${text}\n${line.slice(from, to)}`;
    for (const { start, end } of spans) {
      if (start >= from && end <= to) highlights.push({ start: start - from + offset, end: end - from + offset });
    }
  }
  return text === '' ? { text: fields.slice(0, wholeAt(fields, LONGEST_EXCERPT)), highlights } : { text, highlights };
}

/** The place, or the one before it where it would part a surrogate pair. */
function wholeAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return index > 0 && index < text.length && unit >= 0xdc00 && unit <= 0xdfff ? index - 1 : Math.min(index, text.length);
}
