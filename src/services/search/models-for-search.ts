import { badInput, notConfigured } from '../../domain/errors.js';
import type { Embedding } from '../../domain/model.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';

type Path = readonly string[];

/** Weight of the vector leg where nobody measured a better one. */
const EVEN_ALPHA = 0.5;

/** The model of that name. Unknown: BAD_USER_INPUT that names the known ones; not available here: NOT_CONFIGURED. */
export function requireModel(models: readonly EmbeddingModel[], name: string, path: Path, options: { available: boolean }): EmbeddingModel {
  const model = models.find((candidate) => candidate.name === name);
  if (model === undefined) {
    const known = models.map((candidate) => `"${candidate.name}"`).join(', ');
    throw badInput(`There is no model "${name}". The models are ${known || 'none'}.`, path);
  }
  if (options.available && !model.available) throw notConfigured(`The embedding model "${name}"`, model.setting, path);
  return model;
}

/**
 * The model given, or all that are active and read words.
 * @param options.needed no model: NOT_CONFIGURED; otherwise the words are left to the keyword leg
 */
export function modelsForWords(models: readonly EmbeddingModel[], given: EmbeddingModel | null, options: { needed: boolean }): EmbeddingModel[] {
  if (given !== null) {
    if (given.readsWords) return [given];
    throw badInput(`The model "${given.name}" does not read words. Search it with "objectId" or "vector".`, ['input', 'model']);
  }
  const readers = usable(models).filter((model) => model.readsWords);
  if (readers.length === 0 && options.needed) throw notConfigured('An embedding model that reads words', 'embedding.models', ['input', 'mode']);
  return readers;
}

/** The model whose space a vector is of: the one given, or the only active one of that length, one that reads words first. */
export function modelForVector(models: readonly EmbeddingModel[], given: EmbeddingModel | null, vector: readonly number[]): EmbeddingModel {
  const model = given ?? guessModel(usable(models), vector.length);
  if (vector.length !== model.dimensions) {
    throw badInput(`"vector" has ${vector.length} numbers; the model "${model.name}" has ${model.dimensions}.`, ['input', 'vector']);
  }
  const wrong = vector.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw badInput(`"vector" has ${vector[wrong]} at ${wrong}; every number must be finite.`, ['input', 'vector', String(wrong)]);
  if (vector.every((value) => value === 0)) throw badInput('"vector" is all zeros, which has no direction to be near to.', ['input', 'vector']);
  return model;
}

function guessModel(active: readonly EmbeddingModel[], length: number): EmbeddingModel {
  const fitting = active.filter((model) => model.dimensions === length);
  const reading = fitting.filter((model) => model.readsWords);
  const candidates = reading.length > 0 ? reading : fitting;
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length > 1) {
    const names = candidates.map((model) => `"${model.name}"`).join(', ');
    throw badInput(`Several models have ${length} dimensions: ${names}. Say which with "model".`, ['input', 'model']);
  }
  const lengths = active.map((model) => `${model.dimensions} (${model.name})`).join(', ');
  throw badInput(`"vector" has ${length} numbers; the active models have ${lengths || 'none'}.`, ['input', 'vector']);
}

/** In whose spaces an object asks for its like: the one given, or every active one, as far as it has vectors of it. */
export function modelsOfObject(models: readonly EmbeddingModel[], given: string | null, embeddings: readonly Embedding[]): EmbeddingModel[] {
  const present = new Set(embeddings.map(({ modelName }) => modelName));
  return models.filter(({ name, active }) => present.has(name) && (given === null ? active : name === given));
}

const usable = (models: readonly EmbeddingModel[]) => models.filter((model) => model.active && model.available);

/** The first measured default among the models that a search runs on. */
export function defaultAlpha(models: readonly EmbeddingModel[]): number {
  return models.find((model) => model.defaultAlpha !== null)?.defaultAlpha ?? EVEN_ALPHA;
}
