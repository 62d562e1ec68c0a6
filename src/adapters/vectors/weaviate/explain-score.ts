export type LegName = 'vector' | 'keyword';

/**
 * What `explainScore` of Weaviate 1.39 tells of one record: which legs found it, and what each said. A line a leg:
 *
 *   Hybrid (Result Set keyword,bm25) Document <id>: original score 1.5, normalized score: 0.5
 *   Hybrid (Result Set vector,hybridVector) Document <id> contributed 0.008 to the score
 *
 * The first is of a fusion by scores; the second of one by ranks, which tells no scores: null.
 */
export function explained(text: string): Map<LegName, number | null> {
  const legs = new Map<LegName, number | null>();
  for (const [, leg, score] of text.matchAll(LINE))
    legs.set(leg as LegName, score === undefined ? null : Number(score));
  return legs;
}

const LINE = /\(Result Set (vector|keyword)[^)]*\) Document [^\s:]+(?:: original score ([^\s,]+)| contributed )/g;
