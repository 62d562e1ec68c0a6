import { badInput } from '../../domain/errors.js';
import type { SearchMode, SearchRequest, SearchTerm } from '../../domain/operations.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import { modelForVector, requireModel } from './models-for-search.js';

type Path = readonly string[];

/** One thing that the vector leg draws near to, or pushes away from. */
export type VectorTerm = { weight: number; path: Path } & TermSource;
type TermSource =
  | { from: 'words'; words: string }
  | { from: 'vector'; model: EmbeddingModel; vector: readonly number[] }
  | { from: 'object'; objectId: string }
  | { from: 'upload'; uploadId: string };

/** Words for the keyword leg; below 0 they lower the score of what says them. */
export interface WeightedWords {
  words: string;
  weight: number;
  path: Path;
}

export interface ReadTerms {
  vectors: VectorTerm[];
  words: WeightedWords[];
}

const HEAVIEST = 10;
export const MOST_TERMS = 20;
const SOURCES = ['query', 'objectId', 'uploadId', 'vector'] as const;

/**
 * The parts of a request told apart. What stands beside `terms` is a term of weight 1.
 * @param given the model that the search is bound to
 * @throws BAD_USER_INPUT or NOT_CONFIGURED, with the place in the input
 */
export function readTerms(request: SearchRequest, models: readonly EmbeddingModel[], given: EmbeddingModel | null, longestQuery: number): ReadTerms {
  const terms = request.terms ?? [];
  const main = SOURCES.filter((name) => request[name] != null);
  checkMain(main, request.mode, terms.length > 0);
  if (terms.length > MOST_TERMS) throw badInput(`${terms.length} terms were given; at most ${MOST_TERMS} at once.`, ['input', 'terms']);
  terms.forEach(checkTerm);

  const read: ReadTerms = { vectors: [], words: [] };
  // Words and a vector: the one for the keyword leg, the other for the vector leg.
  const apart = main.length === 2;
  const context = { models, given, longestQuery };
  for (const name of main) {
    const model = name === 'vector' ? request.vectorModel : undefined;
    addTerm(read, { [name]: request[name], model, weight: 1 }, ['input'], context, apart && name === 'query');
  }
  terms.forEach((term, index) => addTerm(read, term, ['input', 'terms', String(index)], context, false));
  if (![...read.vectors, ...read.words].some(({ weight }) => weight > 0)) {
    throw badInput('Every term has a weight below 0. Say with at least one, or with "query", what is to be found.', ['input', 'terms']);
  }
  return read;
}

function addTerm(
  read: ReadTerms,
  term: SearchTerm,
  path: Path,
  { models, given, longestQuery }: { models: readonly EmbeddingModel[]; given: EmbeddingModel | null; longestQuery: number },
  wordsAlone: boolean,
): void {
  const { weight } = term;
  if (term.query != null) {
    const words = checkQuery(term.query, longestQuery, [...path, 'query']);
    read.words.push({ words, weight, path: [...path, 'query'] });
    if (!wordsAlone) read.vectors.push({ from: 'words', words, weight, path: [...path, 'query'] });
  }
  if (term.objectId != null) read.vectors.push({ from: 'object', objectId: term.objectId, weight, path: [...path, 'objectId'] });
  if (term.uploadId != null) read.vectors.push({ from: 'upload', uploadId: term.uploadId, weight, path: [...path, 'uploadId'] });
  if (term.vector != null) {
    const named = term.model == null ? given : requireModel(models, term.model, [...path, 'model'], { available: true });
    if (given !== null && named !== given) {
      throw badInput(`This vector is of "${named!.name}", and the search is bound to "${given.name}": a vector of one model is never compared with another's.`, [...path, 'model']);
    }
    read.vectors.push({ from: 'vector', model: modelForVector(models, named, term.vector, path), vector: term.vector, weight, path: [...path, 'vector'] });
  }
}

function checkMain(main: readonly string[], mode: SearchMode, hasTerms: boolean): void {
  if (main.length === 0 && !hasTerms) throw badInput('Give one of "query", "objectId", "uploadId" and "vector", or "terms".', ['input']);
  const wordsAndVector = main.length === 2 && main.includes('query') && main.includes('vector');
  if (main.length > 1 && !(wordsAndVector && mode === 'HYBRID')) {
    const rule = 'Give exactly one of "query", "objectId", "uploadId" and "vector", or "query" with "vector" in mode HYBRID; several things weigh against each other in "terms"';
    throw badInput(`${rule}; here are ${main.map((name) => `"${name}"`).join(' and ')} in mode ${mode}.`, ['input']);
  }
}

function checkTerm(term: SearchTerm, index: number): void {
  const path = ['input', 'terms', String(index)];
  const given = SOURCES.filter((name) => term[name] != null);
  if (given.length !== 1) {
    const here = given.length === 0 ? 'none of them' : given.map((name) => `"${name}"`).join(' and ');
    throw badInput(`A term holds exactly one of "query", "objectId", "uploadId" and "vector"; here is ${here}.`, path);
  }
  if (term.model != null && term.vector == null) throw badInput('"model" of a term says whose its "vector" is; it has none. Bind the whole search with "input.model".', [...path, 'model']);
  if (Number.isFinite(term.weight) && term.weight !== 0 && Math.abs(term.weight) <= HEAVIEST) return;
  throw badInput(`"weight" is ${term.weight}; it must be from −${HEAVIEST} to ${HEAVIEST}, and not 0.`, [...path, 'weight']);
}

function checkQuery(query: string, longest: number, path: Path): string {
  if (query.length > longest) throw badInput(`"query" has ${query.length} characters; at most ${longest} are allowed.`, path);
  const words = query.normalize('NFC').trim();
  if (words === '') throw badInput('"query" is empty. Give at least one word.', path);
  return words;
}
