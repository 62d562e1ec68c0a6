import type { SearchHit, TermContribution } from '../../domain/operations.js';
import { packedVector, unpackedVector } from '../../domain/packed-vector.js';
import { normalized, type VectorQuestion } from './query-vectors.js';
import type { RankedObject } from './ranking.js';
import type { SearchDependencies } from './search-dependencies.js';
import type { CheckedSearch } from './search-request.js';

/** What a search asked with, as a ranking keeps it for its later pages. */
export interface AskedTerms {
  /** The places of all in the input, in its order. */
  terms: readonly string[];
  /** Of those that the keyword leg asked with, in step with `RankedObject.keywordParts`. */
  words: readonly string[];
  spaces: readonly AskedSpace[];
}

interface AskedSpace {
  model: string;
  dimensions: number;
  /** What a term adds to a cosine is its share times its own cosine. */
  summands: readonly { term: string; share: number; vector: string; through?: readonly string[] }[];
}

const nameOf = (path: readonly string[]): string => path.slice(1).join('.');

/**
 * @param questions after their vectors have come
 * @param hasWords whether the keyword leg ran
 */
export function askedTerms({ vectors, words }: Pick<CheckedSearch, 'vectors' | 'words'>, questions: readonly VectorQuestion[], hasWords: boolean): AskedTerms {
  const spaces = questions.map(({ model, summands }): AskedSpace => {
    const own = summands?.() ?? [];
    const length = lengthOfSum(own);
    return {
      model: model.name,
      dimensions: model.dimensions,
      summands: own.map(({ path, weight, vector, through }) => ({ term: nameOf(path), share: weight / length, vector: packedVector(vector), ...(through && { through }) })),
    };
  });
  const all = [...(words ?? []), ...(vectors.from === 'terms' ? vectors.terms : [])].map(({ path }) => path);
  const terms = [...new Set(all.sort((left, right) => placeOf(left) - placeOf(right)).map(nameOf))];
  return { terms, words: hasWords ? words!.map(({ path }) => nameOf(path)) : [], spaces };
}

/** What stands beside `terms` comes before them. */
const placeOf = ([, list, index]: readonly string[]): number => (list === 'terms' ? 1 + Number(index) : 0);

function lengthOfSum(summands: readonly { weight: number; vector: Float32Array }[]): number {
  const sum = new Float64Array(summands[0]?.vector.length ?? 0);
  for (const { weight, vector } of summands) for (let i = 0; i < sum.length; i++) sum[i]! += weight * vector[i]!;
  return Math.hypot(...sum);
}

/**
 * The hits with what each thing that was asked with comes to: their sum is the cosine, and the BM25. One question a space to the vector
 * store, for the vectors of the page's best matches.
 */
export async function withContributions(
  { vectors }: Pick<SearchDependencies, 'vectors'>,
  tenantId: string,
  hits: readonly SearchHit[],
  ranked: readonly RankedObject[],
  asked: AskedTerms,
): Promise<SearchHit[]> {
  const shown = new Set(hits.map(({ object }) => object.id));
  const objects = new Map(ranked.flatMap((object) => (shown.has(object.objectId) ? [[object.objectId, object]] : [])));
  const cosines = new Map<string, Map<string, number>>();
  await Promise.all(
    asked.spaces.map(async (space) => {
      const own = [...objects.values()].filter((object) => object.space === space.model && object.vectorMatch !== null);
      if (own.length === 0) return;
      const found = await vectors.fetch(tenantId, space, own.map(({ vectorMatch }) => vectorMatch!.embeddingId));
      const summands = space.summands.map(({ term, share, vector }) => ({ term, share, vector: unpackedVector(vector) }));
      for (const { objectId, vectorMatch } of own) {
        const vector = found.get(vectorMatch!.embeddingId);
        if (vector !== undefined) cosines.set(objectId, sharesIn(normalized(vector), summands));
      }
    }),
  );
  return hits.map((hit) => {
    const parts = objects.get(hit.object.id)?.keywordParts ?? null;
    const own = asked.spaces.find(({ model }) => model === hit.explanation.model)?.summands ?? [];
    const contributions = asked.terms.map((term): TermContribution => {
      const place = asked.words.indexOf(term);
      return { term, vector: cosines.get(hit.object.id)?.get(term) ?? null, keyword: place < 0 ? null : (parts?.[place] ?? null), through: own.find((summand) => summand.term === term)?.through ?? [] };
    });
    return { ...hit, explanation: { ...hit.explanation, contributions } };
  });
}

function sharesIn(vector: Float32Array, summands: readonly { term: string; share: number; vector: Float32Array }[]): Map<string, number> {
  return new Map(summands.map(({ term, share, vector: own }) => [term, share * own.reduce((sum, value, i) => sum + value * vector[i]!, 0)]));
}
