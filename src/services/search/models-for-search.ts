import { badInput, conflict, notConfigured, StrataError } from '../../domain/errors.js';
import type { DataType, Embedding } from '../../domain/model.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';

type Path = readonly string[];

/** Weight of the vector leg where nobody measured a better one. */
const EVEN_ALPHA = 0.5;

/**
 * The model of that name. Unknown: BAD_USER_INPUT that names the known ones; not available here: NOT_CONFIGURED; while its vectors are
 * not complete, or once they are gone: CONFLICT.
 */
export function requireModel(models: readonly EmbeddingModel[], name: string, path: Path, options: { available: boolean }): EmbeddingModel {
  const model = models.find((candidate) => candidate.name === name);
  if (model === undefined) {
    const known = models.map((candidate) => `"${candidate.name}"`).join(', ');
    throw badInput(`There is no model "${name}". The models are ${known || 'none'}.`, path);
  }
  if (!options.available) return model;
  requireHere(model, path);
  if (model.unsearchable !== undefined) throw conflict(model.unsearchable, path);
  return model;
}

/** @throws NOT_CONFIGURED for one that cannot run here, with what brings it */
export function requireHere({ name, available, fault, setting, remedy }: EmbeddingModel, path: Path): void {
  const feature = `The embedding model "${name}"`;
  if (fault !== undefined) throw new StrataError('NOT_CONFIGURED', fault, { path, extensions: { feature, setting } });
  if (!available) throw notConfigured(feature, setting, path, remedy);
}

/**
 * The model given, or all that are searched and read words.
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

/**
 * Whether the space of a model can hold objects of these types. What can be read out of an object, or is said about it, makes passages
 * whatever its type, so that a space of texts can hold any.
 * @param types null: of any
 */
export const canHold = ({ modalities }: EmbeddingModel, types: readonly DataType[] | null): boolean =>
  types === null || modalities.includes('TEXT') || types.some((type) => modalities.includes(type));

/**
 * The model whose space a vector is of: the one given, or the only one of that length, one that reads words first. While vectors of two
 * models are written, those of the one that is not searched count, too: of two lengths alike nobody could tell which is meant.
 */
export function modelForVector(models: readonly EmbeddingModel[], given: EmbeddingModel | null, vector: readonly number[], path: Path = ['input']): EmbeddingModel {
  const written = models.filter(({ active, available }) => active && available);
  const model = given ?? searchedOne(guessModel(written, vector.length, path), path);
  if (vector.length !== model.dimensions) {
    throw badInput(`"vector" has ${vector.length} numbers; the model "${model.name}" has ${model.dimensions}.`, [...path, 'vector']);
  }
  const wrong = vector.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw badInput(`"vector" has ${vector[wrong]} at ${wrong}; every number must be finite.`, [...path, 'vector', String(wrong)]);
  if (vector.every((value) => value === 0)) throw badInput('"vector" is all zeros, which has no direction to be near to.', [...path, 'vector']);
  return model;
}

function searchedOne(model: EmbeddingModel, path: Path): EmbeddingModel {
  if (isSearched(model)) return model;
  throw badInput(`"vector" has as many numbers as the vectors of "${model.name}", which is not searched. Say "model" where that is meant, or give a vector of a searched model.`, [...path, 'model']);
}

function guessModel(active: readonly EmbeddingModel[], length: number, path: Path): EmbeddingModel {
  const fitting = active.filter((model) => model.dimensions === length);
  const reading = fitting.filter((model) => model.readsWords);
  const candidates = reading.length > 0 ? reading : fitting;
  if (candidates.length === 1) return candidates[0]!;
  if (candidates.length > 1) {
    const names = candidates.map((model) => `"${model.name}"`).join(', ');
    throw badInput(`Several models have ${length} dimensions: ${names}. Say which with "model".`, [...path, 'model']);
  }
  const lengths = active.map((model) => `${model.dimensions} (${model.name})`).join(', ');
  throw badInput(`"vector" has ${length} numbers; the active models have ${lengths || 'none'}.`, [...path, 'vector']);
}

/** In whose spaces an object asks for its like: the one given, or every searched one, as far as it has vectors of it. */
export function modelsOfObject(models: readonly EmbeddingModel[], given: string | null, embeddings: readonly Embedding[]): EmbeddingModel[] {
  const present = new Set(embeddings.map(({ modelName }) => modelName));
  return models.filter((model) => present.has(model.name) && (given === null ? isSearched(model) : model.name === given));
}

/** Searches that name no model ask it. */
export const isSearched = ({ searched, active }: EmbeddingModel): boolean => searched ?? active;
export const usable = (models: readonly EmbeddingModel[]) => models.filter((model) => isSearched(model) && model.available);

/** The first measured default among the models that a search runs on. */
export function defaultAlpha(models: readonly EmbeddingModel[]): number {
  return models.find((model) => model.defaultAlpha !== null)?.defaultAlpha ?? EVEN_ALPHA;
}
