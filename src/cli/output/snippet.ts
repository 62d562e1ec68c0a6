import type { SearchQuery } from '../generated/graphql.js';

type Match = NonNullable<SearchQuery['search']>['edges'][number]['matches'][number];
type Span = Match['highlights'][number];

/** A highlight seldom makes sense without the words before it. */
const LEAD = 30;

/**
 * What to show of an object: the best place in its content, or else the fields that matched. Null for a picture or sound that
 * was found by its likeness alone.
 * @param width characters
 * @param mark what to do with a word that was asked for
 */
export function snippetOf(matches: readonly Match[], width: number, mark: (word: string) => string): string | null {
  const inContent = matches.find((match) => match.text != null && match.start != null);
  const match = inContent ?? matches.find((each) => each.text != null);
  const moment = matches.find((each) => each.startSeconds != null);
  const parts = [moment?.startSeconds == null ? [] : [`at ${clock(moment.startSeconds)}`], match ? [textOf(match, width, mark)] : []].flat();
  return parts.length === 0 ? null : parts.join(': ');
}

function textOf(match: Match, width: number, mark: (word: string) => string): string {
  const place = match.start == null ? 'fields: ' : match.page == null ? '' : `page ${match.page}: `;
  return place + excerpt(match.text!, match.highlights, width - place.length, mark);
}

/** The stretch of `text` with the most highlights, cut between words, with its white space evened out. */
function excerpt(text: string, highlights: readonly Span[], width: number, mark: (word: string) => string): string {
  const from = wordStart(text, startOf(text, highlights, width));
  const to = wordEnd(text, from + width);
  let shown = '';
  let at = from;
  for (const { start, end } of highlights) {
    if (start < at || end > to) continue;
    shown += text.slice(at, start) + mark(text.slice(start, end));
    at = end;
  }
  shown += text.slice(at, to);
  return `${from > 0 ? '… ' : ''}${shown.replace(/\s+/g, ' ').trim()}${to < text.length ? ' …' : ''}`;
}

/** Different words count more than one word again and again. */
function startOf(text: string, highlights: readonly Span[], width: number): number {
  let best = { start: 0, different: 0, all: 0 };
  for (const { start } of highlights) {
    const within = highlights.filter((other) => other.start >= start && other.end <= start + width - LEAD);
    const different = new Set(within.map((span) => text.slice(span.start, span.end).toLowerCase())).size;
    if (different > best.different || (different === best.different && within.length > best.all)) best = { start, different, all: within.length };
  }
  return Math.max(0, Math.min(best.start - LEAD, text.length - width));
}

/** The beginning of the next word, where `index` lies within one. */
function wordStart(text: string, index: number): number {
  if (index <= 0) return 0;
  const next = text.slice(index - 1).search(/\s\S/);
  return next === -1 ? index : index + next;
}

function wordEnd(text: string, index: number): number {
  if (index >= text.length) return text.length;
  const last = text.slice(0, index + 1).search(/\s\S*$/);
  return last <= 0 ? index : last;
}

/** 75.3 → 1:15 */
const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
