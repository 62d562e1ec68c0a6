import { setImmediate } from 'node:timers/promises';
import { PostingsReader } from './postings.js';
import { Ranking } from './ranking.js';
import { ScoreTable } from './score-table.js';

export const K1 = 1.2;
export const B = 0.75;

export interface TermPostings {
  /** How often the query says the term, or what it weighs there; below 0 it lowers the score. */
  weight: number;
  /** Packed; see `postings.ts`. */
  postings: Uint8Array;
}

export interface Statistics {
  /** N: live passages of the tenant. */
  passages: number;
  /** Their lengths, added up. */
  tokens: number;
}

/** ln(1 + (N − n + ½)/(n + ½)), as Lucene has it: above 0 for every n up to N. */
export function inverseDocumentFrequency(passages: number, containing: number): number {
  return Math.log(1 + (passages - containing + 0.5) / (containing + 0.5));
}

// So many postings take about a millisecond; then other work has its turn.
const POSTINGS_A_TURN = 50_000;

/**
 * All passages with any of the terms, ranked by BM25 (see `KeywordIndex`). Terms count in the order given, so that equal
 * passages get equal scores to the last bit.
 * @param removed numbers that no longer count, neither in the ranking nor as containing a term
 * @param only nothing but these is ranked, where given; frequencies remain those of all
 */
export async function rankPassages(
  terms: readonly TermPostings[],
  statistics: Statistics,
  removed: ReadonlySet<number>,
  only: Iterable<number> | null,
  signal?: AbortSignal,
): Promise<Ranking> {
  // A posting takes four bytes or so, and most passages have several of the terms.
  const expected = Math.min(statistics.passages, terms.reduce((sum, { postings }) => sum + postings.length, 0) / 8);
  const table = new ScoreTable(only, only === null ? expected : undefined);
  const reader = new PostingsReader();
  const average = statistics.tokens / statistics.passages;
  const turns = new Turns(signal);
  for (const { weight, postings } of terms) {
    let containing = 0;
    reader.open(postings);
    while (!reader.isAtEnd) {
      const size = reader.readChunk();
      containing += removed.size === 0 ? size : countKept(reader, size, removed);
      if (turns.isDue(size)) await turns.yield();
    }
    const factor = weight * inverseDocumentFrequency(statistics.passages, containing) * (K1 + 1);
    for (let start = 0; start < reader.count; start += POSTINGS_A_TURN) {
      const end = Math.min(reader.count, start + POSTINGS_A_TURN);
      addScores(table, reader, start, end, factor, average, removed);
      if (turns.isDue(end - start)) await turns.yield();
    }
  }
  const { numbers, scores } = table.entries();
  return new Ranking(numbers, scores);
}

function countKept(reader: PostingsReader, size: number, removed: ReadonlySet<number>): number {
  let kept = 0;
  for (let i = reader.count - size; i < reader.count; i++) if (!removed.has(reader.numbers[i]!)) kept++;
  return kept;
}

function addScores(
  table: ScoreTable,
  reader: PostingsReader,
  start: number,
  end: number,
  factor: number,
  average: number,
  removed: ReadonlySet<number>,
): void {
  const { numbers, frequencies, lengths } = reader;
  const base = K1 * (1 - B);
  const slope = (K1 * B) / average;
  const anyRemoved = removed.size > 0;
  for (let i = start; i < end; i++) {
    if (anyRemoved && removed.has(numbers[i]!)) continue;
    const frequency = frequencies[i]!;
    table.add(numbers[i]!, (factor * frequency) / (frequency + base + slope * lengths[i]!));
  }
}

/** Lets the event loop turn now and then, and stops where the caller has gone. */
class Turns {
  private done = 0;

  constructor(private readonly signal: AbortSignal | undefined) {}

  isDue(postings: number): boolean {
    this.done += postings;
    return this.done >= POSTINGS_A_TURN;
  }

  async yield(): Promise<void> {
    this.done = 0;
    await setImmediate();
    this.signal?.throwIfAborted();
  }
}
