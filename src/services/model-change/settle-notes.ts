import { keepsBoth, type ModelChange, type ModelVersion } from '../../domain/model-change.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import { fillOf, type Fill, type FillerDependencies, type ModelFiller } from './model-filler.js';

const NOTES_AT_ONCE = 200;

/**
 * Objects that something was written of since the change began get what they lack: of the new model, and once that is searched, of the
 * old one, so that rolling back loses nothing. Almost always it is nothing, since whoever writes writes both; a process that lacks a model
 * that is written and not searched cannot, and leaves its notes for one that can.
 * @returns how many vectors were lacking; null where nothing was settled, since a model that objects may lack is not here
 */
export async function settleNotes(deps: FillerDependencies, filler: ModelFiller, change: ModelChange, pause: () => Promise<void>, signal: AbortSignal): Promise<number | null> {
  if (!keepsBoth(change.phase)) return 0;
  const { modelChanges } = deps.database;
  const models = deps.embedder.models();
  if (modelsLacking(change, models).length > 0) return null;
  const fills = keptIn(change).map((version) => fillTo(change, version, models)!);
  let written = 0;
  for (;;) {
    signal.throwIfAborted();
    const notes = await modelChanges.notes(NOTES_AT_ONCE);
    if (notes.length === 0) return written;
    const [objectIds, sequences] = [[...new Set(notes.map(({ objectId }) => objectId))], notes.map(({ sequence }) => sequence)];
    // Their contents may be others now.
    await modelChanges.forgetGaps(change.id, sequences);
    for (const fill of fills) written += await filler.fill(fill, objectIds, pause, signal);
    await modelChanges.settleNotes(sequences);
  }
}

/** Those that are not here of the models that objects may lack. */
export const modelsLacking = (change: ModelChange, models: readonly EmbeddingModel[]): ModelVersion[] => keptIn(change).filter((version) => modelHere(version, models) === null);

/** What gives objects the vectors of one of the change's models that they lack, by those that they have of the other; null where it is not here. */
export function fillTo(change: ModelChange, version: ModelVersion, models: readonly EmbeddingModel[]): Fill | null {
  const model = modelHere(version, models);
  const other = version.name === change.to.name ? change.from : change.to;
  return model && fillOf(change, other?.name ?? null, model);
}

/** The models of which objects may lack vectors. */
const keptIn = ({ phase, from, to }: ModelChange): ModelVersion[] => (from === null || phase !== 'CUT_OVER' ? [to] : [to, from]);

export const modelHere = ({ name, revision }: ModelVersion, models: readonly EmbeddingModel[]): EmbeddingModel | null =>
  models.find((model) => model.available && model.name === name && model.revision === revision) ?? null;
