import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { conflict, isStrataError, KEEP_MODELS_APART } from '../../domain/errors.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { MediaForm } from '../../ports/media-tensors.port.js';
import type { Fingerprints } from './fingerprints.js';
import { sourceOf } from './hub/repositories.js';
import { mediaFormOf, type OnnxMediaModel } from './media-models.js';
import { cannotRun, readModelFolder, type ModelFolder } from './model-folder.js';
import { BUNDLED_MODELS, describeKind, describeModel, MODEL_ROWS } from './registry.js';

/** Which models the configuration asks for, and where models lie. */
export interface ModelPlaces {
  textModel: string;
  /** By name, each in a folder of its own or below `modelsFolder`. */
  models: readonly { readonly name: string; readonly path?: string }[];
  /** Holds a folder a model; those of a repository's name lie one deeper. It need not be there. */
  modelsFolder: string;
}

/** Models that are here and cannot run, with the sentence that says why. */
export interface UnusableModel {
  name: string;
  folder: string;
  fault: string;
}

/** A model that can run. */
export interface InstalledModel extends ModelFolder {
  model: EmbeddingModel;
  /** How it wants its pictures or sounds; null for a model of words. */
  form: MediaForm | null;
  /** The configuration names it. */
  isNamed: boolean;
}

export interface ModelCatalogue {
  installed: readonly InstalledModel[];
  /** Nobody asked for these by name. */
  unusable: readonly UnusableModel[];
}

/** Those that embed words. */
export const textModelsOf = ({ installed }: ModelCatalogue): InstalledModel[] => installed.filter(({ kind }) => kind === 'onnx-text');

/** Those that embed pictures or sounds. */
export const mediaModelsOf = ({ installed }: ModelCatalogue): OnnxMediaModel[] => installed.flatMap(({ model, files, form }) => (form === null ? [] : [{ model, files, form }]));

/**
 * Every model of this installation. Those that the configuration names must be here and able to run; one that merely lies there, or
 * comes with the program, is otherwise left out, with the reason.
 * @param isLenient leaves those out, too
 * @throws NOT_CONFIGURED for a model that the configuration names
 */
export async function openCatalogue(places: ModelPlaces, fingerprints: Fingerprints, isLenient = false): Promise<ModelCatalogue> {
  const named = new Map(places.models.map(({ name, path }) => [name, path]));
  if (!named.has(places.textModel)) named.set(places.textModel, undefined);
  const folders = foldersOf(places, named);
  const installed: InstalledModel[] = [];
  const unusable: UnusableModel[] = [];
  for (const [name, folder] of folders) {
    try {
      installed.push(await install(name, folder, places, named.has(name), fingerprints));
    } catch (error) {
      if (!isStrataError(error) || (named.has(name) && !isLenient)) throw error;
      unusable.push({ name, folder, fault: error.message });
    }
  }
  await fingerprints.save();
  for (const name of named.keys()) {
    if (folders.has(name)) continue;
    if (!isLenient) throw notHere(name);
    unusable.push({ name, folder: join(places.modelsFolder, name), fault: notHere(name).message });
  }
  return { installed, unusable };
}

/** What is listed of embedding models that cannot run: the registry's that are not here, and those that are no good. */
export function notRunning({ installed, unusable }: ModelCatalogue): EmbeddingModel[] {
  return MODEL_ROWS.filter(({ name }) => !installed.some((each) => each.name === name)).map((row) => {
    const fault = unusable.find(({ name }) => name === row.name)?.fault;
    return { ...describeModel(row, false), ...(fault === undefined ? { remedy: remedyFor(row.name) } : { fault }) };
  });
}

/**
 * What of a catalogue may be used with the vectors that are here. A model whose vectors are of other weights, or of another length, would
 * be compared with what it did not make.
 * @param stored of each model that there are vectors of
 * @throws CONFLICT for a model that is used or named
 */
export function fittingTo(catalogue: ModelCatalogue, stored: readonly { model: string; dimensions: number; revision: string | null }[]): ModelCatalogue {
  const kinds = new Map(stored.map((kind) => [kind.model, kind]));
  const strangers = catalogue.installed.flatMap(({ name, dimensions, revision, model, isNamed, files }) => {
    const kind = kinds.get(name);
    const fits = kind === undefined || (kind.dimensions === dimensions && (kind.revision ?? revision) === revision);
    return fits ? [] : [{ name, folder: files.folder, fault: otherVectors(name, kind, { dimensions, revision }), isUsed: model.active || isNamed }];
  });
  const used = strangers.find(({ isUsed }) => isUsed);
  if (used !== undefined) throw conflict(used.fault);
  const left = new Set(strangers.map(({ name }) => name));
  return { installed: catalogue.installed.filter(({ name }) => !left.has(name)), unusable: [...catalogue.unusable, ...strangers] };
}

interface VectorKind {
  dimensions: number;
  revision: string | null;
}

function otherVectors(name: string, here: VectorKind, files: VectorKind): string {
  const difference =
    here.dimensions === files.dimensions ? `in the revision ${here.revision}, and the model's files are ${files.revision}` : `of ${here.dimensions} dimensions, and the model's files give ${files.dimensions}`;
  return `The vectors here of "${name}" are ${difference}. ${KEEP_MODELS_APART}`;
}

const notHere = (name: string) =>
  cannotRun(name, `it is not here. Load it with "strata models pull ${name}", or name its folder under embedding.models (name, path).`);

/** For one that the registry names. A model that no hub is known to have is the user's own to make. */
const remedyFor = (name: string): string =>
  sourceOf(name).repository === null
    ? 'Name its folder under embedding.models (name, path); "strata models pull" says how one is made.'
    : `Load it with "strata models pull ${name}", or name its folder under embedding.models (name, path); then restart.`;

/** By name. What the configuration names comes first, a model that was pulled before the one that comes with the program. */
function foldersOf({ modelsFolder }: ModelPlaces, named: ReadonlyMap<string, string | undefined>): Map<string, string> {
  const folders = new Map<string, string>();
  const roots = [modelsFolder, BUNDLED_MODELS];
  for (const [name, path] of named) {
    const folder = path ?? roots.map((root) => join(root, name)).find((each) => existsSync(each));
    if (folder !== undefined) folders.set(name, folder);
  }
  for (const root of roots) for (const name of modelsBelow(root)) if (!folders.has(name)) folders.set(name, join(root, name));
  return folders;
}

async function install(name: string, folder: string, { textModel }: ModelPlaces, isNamed: boolean, fingerprints: Fingerprints): Promise<InstalledModel> {
  const found = await readModelFolder(name, folder, fingerprints);
  const isOfWords = found.kind === 'onnx-text';
  if (name === textModel && !isOfWords) throw cannotRun(name, `embedding.text_model names it, and it is no model of texts.`);
  // Whoever brings a model of pictures or sounds wants it used; of texts one is written, and the others are there to be changed to.
  const active = isOfWords ? name === textModel : found.kind !== 'onnx-cross-encoder' && (isNamed || MODEL_ROWS.some((row) => row.name === name));
  const model: EmbeddingModel = { ...describeKind(name, found.kind), dimensions: found.dimensions, revision: found.revision, active, available: true };
  return { ...found, model, form: mediaFormOf(found.files), isNamed };
}

/** Folders that hold a config.json, and those one deeper, named `ORG/REPO`. */
function modelsBelow(root: string): string[] {
  const inner = (folder: string) => (existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []).filter((entry) => !entry.name.startsWith('.') && !entry.isFile()).map(({ name }) => name);
  const isModel = (name: string) => existsSync(join(root, name, 'config.json'));
  return inner(root).flatMap((name) => (isModel(name) ? [name] : inner(join(root, name)).map((each) => `${name}/${each}`).filter(isModel)));
}
