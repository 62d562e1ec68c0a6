/** A text's share for a query, by place. Terms are analysed already. */
export type ScoreTexts = (query: readonly string[]) => Float64Array;

/** k1 1.2, b 0.75, idf ln(1 + (N − n + ½)/(n + ½)), as the keyword indexes score. Repeated words of a query count each time. */
export function bm25(texts: readonly (readonly string[])[]): ScoreTexts {
  const average = texts.reduce((sum, terms) => sum + terms.length, 0) / texts.length;
  const postings = new Map<string, Map<number, number>>();
  texts.forEach((terms, i) => {
    for (const term of terms) {
      const posting = postings.get(term) ?? new Map<number, number>();
      postings.set(term, posting.set(i, (posting.get(i) ?? 0) + 1));
    }
  });
  return (query) => {
    const scores = new Float64Array(texts.length);
    for (const term of query) {
      const posting = postings.get(term);
      if (!posting) continue;
      const idf = Math.log(1 + (texts.length - posting.size + 0.5) / (posting.size + 0.5));
      for (const [i, tf] of posting) scores[i]! += (idf * tf * 2.2) / (tf + 1.2 * (0.25 + (0.75 * texts[i]!.length) / average));
    }
    return scores;
  };
}
