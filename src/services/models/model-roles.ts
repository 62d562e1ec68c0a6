import { readsPassages, type ModelChange, type ModelRole, type ModelRoles } from '../../domain/model-change.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';

/**
 * What each model is used for: by the roles that a change gave it, or else by the configuration. Weights other than those that the
 * vectors here are of are another model, whatever its name.
 * @param roles as they were looked up
 * @param kept models that go on being used although the configuration names others now, since the vectors here are theirs
 */
export function modelsWithRoles(models: readonly EmbeddingModel[], { roles, revisions, open }: Omit<ModelRoles, 'version'>, kept: KeptModels): EmbeddingModel[] {
  const byName = new Map(roles.map((role) => [role.name, role]));
  const here = new Map(revisions.map(({ name, revision }) => [name, revision]));
  return models.map((model) => {
    const role = byName.get(model.name);
    if (role === undefined) {
      const active = model.available && !kept.waiting.includes(model.name) && (model.active || kept.names.includes(model.name));
      const revision = here.get(model.name) ?? model.revision;
      // What it would write is refused, and waits for a process that has the right files.
      if (model.available && revision !== model.revision) return { ...model, active, searched: false, unsearchable: otherRevision(model.name, revision, model.revision) };
      return { ...model, active, searched: active, ...(kept.waiting.includes(model.name) ? { unsearchable: notChangedTo(model.name) } : {}) };
    }
    const isThis = model.available && role.revision === model.revision;
    return { ...model, active: isThis && role.written, searched: isThis && role.searched, ...unsearchable(model, role, open) };
  });
}

/** Where the configuration was changed by hand. */
export interface KeptModels {
  names: readonly string[];
  /** Those that it names now, and that no object has vectors of. */
  waiting: readonly string[];
}

/** @param present models of which there are embeddings */
export function keptModels(models: readonly EmbeddingModel[], roles: readonly ModelRole[], present: readonly string[]): KeptModels {
  const decided = new Set(roles.map(({ name }) => name));
  const words = models.filter(({ name, available, modalities }) => available && readsPassages(modalities) && !decided.has(name));
  const waiting = words.filter(({ name, active }) => active && !present.includes(name));
  const names = words.filter(({ name, active }) => !active && present.includes(name));
  return waiting.length === 0 || names.length === 0 || words.some(({ name, active }) => active && present.includes(name))
    ? { names: [], waiting: [] }
    : { names: names.map(({ name }) => name), waiting: waiting.map(({ name }) => name) };
}

function unsearchable({ name, revision, available }: EmbeddingModel, role: ModelRole, open: ModelChange | null): Pick<EmbeddingModel, 'unsearchable' | 'isFilling'> {
  if (available && role.revision !== revision && (role.written || role.searched)) return { unsearchable: otherRevision(name, role.revision, revision) };
  if (role.searched) return {};
  if (open?.to.name === name && open.phase === 'BACKFILLING') {
    return { isFilling: true, unsearchable: `The vectors of "${name}" are not complete: a change to it is under way (${open.done} of ${open.total} objects). Name it once that is READY.` };
  }
  if (role.written) return {};
  return { unsearchable: `The vectors of "${name}" were taken out when the model was changed. Leave "model" out, or name one that "embeddingModels" calls searched.` };
}

export const otherRevision = (name: string, here: string, there: string): string =>
  `The vectors here are of "${name}" in the revision ${here}, and the model's files are of ${there}. Vectors of two revisions are not compared: put the files back, or give the new ones another name and change to it.`;

const notChangedTo = (name: string): string => `No object has vectors of "${name}" yet. "strata model-change start ${name}" embeds them all, while searches go on.`;
