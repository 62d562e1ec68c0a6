import { badInput, conflict } from '../../domain/errors.js';
import { mediaOf, readsPassages } from '../../domain/model-change.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import { isSearched, requireHere, requireModel } from '../search/models-for-search.js';

export interface ModelChoice {
  from: EmbeddingModel | null;
  to: EmbeddingModel;
}

/**
 * The models of a change. Where `from` is left out it is the one model in use that embeds what `to` does; where there is none, or
 * `beside` is said, nothing is left for it.
 * @throws BAD_USER_INPUT, NOT_CONFIGURED or CONFLICT for a change that cannot be
 */
export function chooseModels(models: readonly EmbeddingModel[], asked: { from?: string | null; to: string; beside?: boolean }): ModelChoice {
  const to = requireModel(models, asked.to, ['to'], { available: false });
  requireHere(to, ['to']);
  if (asked.beside === true) {
    if (asked.from != null) throw badInput('Give "from", or say "beside", but not both: beside the others nothing is left.', ['beside']);
    return { from: null, to };
  }
  const from = asked.from == null ? inUseFor(models, to) : requireModel(models, asked.from, ['from'], { available: false });
  if (from === null) return { from, to };
  if (from.name === to.name) throw badInput(`"${to.name}" is both. A change leads from one model to another.`, ['to']);
  const lost = from.modalities.filter((type) => !to.modalities.includes(type));
  if (lost.length > 0 && readsPassages(from.modalities) === readsPassages(to.modalities)) {
    throw badInput(`"${to.name}" does not embed ${lost.join(', ')}, which "${from.name}" does: nothing would be found there. Say "beside" to use both.`, ['to']);
  }
  if (lost.length === from.modalities.length) throw badInput(`"${from.name}" and "${to.name}" embed different things. Say "beside" to use both.`, ['to']);
  return { from, to };
}

/** @throws CONFLICT where what is asked for is so already, or the model to be left is not in use */
export function requireUse({ from, to }: ModelChoice): void {
  if (to.active && isSearched(to)) throw conflict(`"${to.name}" is in use already: new objects are embedded with it, and searches ask it.`, ['to']);
  if (from !== null && !(from.active && isSearched(from))) throw conflict(`"${from.name}" is not in use, so there is nothing to change from.`, ['from']);
}

function inUseFor(models: readonly EmbeddingModel[], to: EmbeddingModel): EmbeddingModel | null {
  const alike = models.filter((model) => model.name !== to.name && model.active && isSearched(model) && embedsAlike(model, to));
  if (alike.length <= 1) return alike[0] ?? null;
  throw badInput(`Several models embed what "${to.name}" does: ${alike.map(({ name }) => `"${name}"`).join(', ')}. Say which to leave with "from", or "beside" to use all.`, ['from']);
}

/** They embed passages both, or pictures, or sounds; films have something of the last two, and tell nothing apart. */
const embedsAlike = (left: EmbeddingModel, right: EmbeddingModel): boolean =>
  (readsPassages(left.modalities) && readsPassages(right.modalities)) ||
  mediaOf(left.modalities).some((type) => type !== 'VIDEO' && right.modalities.includes(type)) ||
  (isOfFilms(left) && isOfFilms(right));
const isOfFilms = ({ modalities }: EmbeddingModel) => modalities.every((type) => type === 'VIDEO');
