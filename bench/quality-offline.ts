/**
 * Retrieval quality of the parts, without server or database: words, vectors, and both fused, over Cranfield.
 *
 *   node --import ./src/adapters/worker-typescript.ts bench/quality-offline.ts [folder of the collection]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OnnxTextEmbedder } from '../src/adapters/models/onnx-text.embedder.js';
import { analyzeTerms } from '../src/services/search/analysis.js';
import { ndcg as ndcgOf, TOP } from './ndcg.js';

const MODEL = 'all-MiniLM-L6-v2';
const DEPTH = 100;
const ALPHAS = Array.from({ length: 21 }, (_, i) => i / 20);

/** Object id to score. */
type Ranking = Map<string, number>;
type Judgements = Map<string, Map<string, number>>;

const folder = process.argv[2] ?? '../shared/fixtures/retrieval/cranfield';
const lines = (name: string) => readFileSync(join(folder, name), 'utf8').trim().split('\n');
const records = <T>(name: string) => lines(name).map((line) => JSON.parse(line) as T);

const documents = records<{ id: string; title: string; text: string }>('documents.jsonl').map(
  ({ id, title, text }) => ({ id, text: `${title}. ${text}` }),
);
const judgements = readJudgements();
const queries = records<{ id: string; text: string }>('queries.jsonl').filter(({ id }) => judgements.has(id));

const embedder = new OnnxTextEmbedder();
const spans = await embedder.splitPassages(MODEL, documents);
const passages = documents.flatMap(({ id, text }, i) =>
  spans[i]!.map(({ start, end }) => ({ objectId: id, text: text.slice(start, end) })),
);
const vectors = await embedder.embedTexts(
  MODEL,
  passages.map(({ text }) => text),
);
const queryVectors = await embedder.embedTexts(
  MODEL,
  queries.map(({ text }) => text),
);
await embedder.close();

const keywords = bm25(passages.map(({ text }) => analyzeTerms(text)));
const legs = queries.map(({ id, text }, q) => ({
  id,
  vector: bestObjects(vectors.map((vector) => dot(vector, queryVectors[q]!))),
  keyword: bestObjects(keywords(analyzeTerms(text))),
}));

const byAlpha = ALPHAS.map((alpha) => ({
  alpha,
  ndcg: mean(legs.map((leg) => ndcg(leg.id, fuse(leg.vector, leg.keyword, alpha)))),
}));
const best = byAlpha.reduce((a, b) => (b.ndcg > a.ndcg ? b : a));
console.log(`${documents.length} objects, ${passages.length} passages, ${queries.length} queries, nDCG@${TOP}:`);
console.log(`keywords ${mean(legs.map((leg) => ndcg(leg.id, leg.keyword))).toFixed(4)}`);
console.log(`vectors  ${mean(legs.map((leg) => ndcg(leg.id, leg.vector))).toFixed(4)}`);
console.log(`hybrid   ${best.ndcg.toFixed(4)} at alpha ${best.alpha}`);
console.log(byAlpha.map(({ alpha, ndcg: score }) => `${alpha}: ${score.toFixed(4)}`).join('  '));

function readJudgements(): Judgements {
  const all: Judgements = new Map();
  for (const line of lines('relevance.tsv').slice(1)) {
    const [query, document, gain] = line.split('\t');
    all.set(query!, (all.get(query!) ?? new Map<string, number>()).set(document!, Number(gain)));
  }
  return all;
}

/** Best passage an object, the DEPTH best objects, those above 0 alone. */
function bestObjects(scores: readonly number[]): Ranking {
  const objects: Ranking = new Map();
  scores.forEach((score, i) => {
    const { objectId } = passages[i]!;
    if (score > 0 && score > (objects.get(objectId) ?? 0)) objects.set(objectId, score);
  });
  return new Map([...objects].sort((a, b) => b[1] - a[1]).slice(0, DEPTH));
}

/** Relative scores: each leg scaled to 0…1, what a leg lacks counts 0. */
function fuse(vector: Ranking, keyword: Ranking, alpha: number): Ranking {
  const fused: Ranking = new Map();
  for (const [leg, weight] of [
    [vector, alpha],
    [keyword, 1 - alpha],
  ] as const) {
    const low = Math.min(...leg.values());
    const high = Math.max(...leg.values());
    for (const [id, score] of leg)
      fused.set(id, (fused.get(id) ?? 0) + weight * (high > low ? (score - low) / (high - low) : 1));
  }
  return new Map([...fused].sort((a, b) => b[1] - a[1]));
}

function ndcg(queryId: string, ranking: Ranking): number {
  return ndcgOf(judgements.get(queryId)!, [...ranking.keys()]);
}

/** k1 1.2, b 0.75, idf ln(1 + (N − n + ½)/(n + ½)). Repeated words of a query count each time. */
function bm25(texts: readonly (readonly string[])[]): (query: readonly string[]) => number[] {
  const average = mean(texts.map((terms) => terms.length));
  const postings = new Map<string, Map<number, number>>();
  texts.forEach((terms, i) => {
    for (const term of terms) {
      const posting = postings.get(term) ?? new Map<number, number>();
      postings.set(term, posting.set(i, (posting.get(i) ?? 0) + 1));
    }
  });
  return (query) => {
    const scores = new Array<number>(texts.length).fill(0);
    for (const term of query) {
      const posting = postings.get(term);
      if (!posting) continue;
      const idf = Math.log(1 + (texts.length - posting.size + 0.5) / (posting.size + 0.5));
      for (const [i, tf] of posting)
        scores[i]! += (idf * tf * 2.2) / (tf + 1.2 * (0.25 + (0.75 * texts[i]!.length) / average));
    }
    return scores;
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
