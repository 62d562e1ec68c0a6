import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { StrataError } from '../../domain/errors.js';
import type { Fingerprints } from './fingerprints.js';
import { kindOf, LAYOUTS, TOKEN_OUTPUTS, weightsAmong } from './model-layout.js';
import type { ModelFiles, ModelKind } from './model.messages.js';
import { NotOnnx, readOnnx, type OnnxGraph } from './onnx-file.js';
import { revisionOf } from './registry.js';
import { textTokenLimit } from './token-limit.js';

/** A model whose folder was looked through: it has everything that its kind needs, and fits together. */
export interface ModelFolder {
  name: string;
  kind: ModelKind;
  files: ModelFiles;
  /** Of its vectors; 1 for a cross-encoder, which answers a number a pair. */
  dimensions: number;
  /** Of its weights: another one where a byte of them is. */
  revision: string;
}

type Json = Record<string, unknown>;
type Refuse = (what: string) => StrataError;

/** The names that a graph's inputs have, and which may be there besides; those of its output, the first that it has is used. */
interface Faces {
  inputs: readonly string[];
  optional?: readonly string[];
  outputs: readonly string[];
}

const WORDS = { inputs: ['input_ids', 'attention_mask'], optional: ['token_type_ids'] };
const FACES: Readonly<Record<ModelKind, readonly Faces[]>> = {
  'onnx-text': [{ ...WORDS, outputs: TOKEN_OUTPUTS }],
  'onnx-clip': [{ inputs: ['pixel_values'], outputs: ['image_embeds'] }, { inputs: ['input_ids'], optional: ['attention_mask'], outputs: ['text_embeds'] }],
  'onnx-wav2vec2': [{ inputs: ['input_values'], outputs: ['last_hidden_state'] }],
  'onnx-cross-encoder': [{ ...WORDS, outputs: ['logits'] }],
};
/** What a sentence-transformers model may do behind its pooling. Everything that is embedded here has length 1 anyway. */
const MODULES = ['Transformer', 'Pooling', 'Normalize'];

/**
 * Looks through a model's folder: its kind and the length of its vectors are what its own files say, whatever its name.
 * @param setting which names it
 * @throws NOT_CONFIGURED with one sentence that says what is missing, damaged, or not known here
 */
export async function readModelFolder(name: string, folder: string, fingerprints: Fingerprints, setting?: string): Promise<ModelFolder> {
  const refuse = (what: string) => cannotRun(name, what, setting);
  const present = filesBelow(folder, refuse);
  const json = async (file: string): Promise<Json> => {
    if (!present.includes(file)) throw refuse(`its folder has no ${file}.`);
    const text = await readFile(join(folder, file), 'utf8').catch((error: unknown) => {
      throw unreadable(`its ${file}`, error, refuse);
    });
    const value = jsonOf(text);
    if (typeof value !== 'object' || value === null) throw refuse(`its ${file} is no JSON; load it again.`);
    return value as Json;
  };
  const config = await json('config.json');
  const kind = kindOf(config, present.includes('modules.json'));
  if (kind === null) throw refuse(`its config.json says model_type ${JSON.stringify(config['model_type'] ?? null)}, and there is no modules.json; sentence-transformers, CLIP, wav2vec 2.0 and cross-encoders are known.`);
  const layout = LAYOUTS[kind];
  await Promise.all(layout.needed.map(json));
  if (kind === 'onnx-text') textTokenLimit({ sentence: await json('sentence_bert_config.json'), tokenizer: await json('tokenizer_config.json'), config }, refuse);
  const dimensions = await dimensionsOf(kind, config, json, refuse);
  const weights = weightsAmong(present, layout);
  if (weights === null) throw refuse(`its folder has no ${layout.weights.find((file) => file.startsWith('onnx/') && !file.includes('_w8'))!}${layout.second === undefined ? '' : ', or not the other tower beside it'}.`);
  const towers = [weights, ...(layout.second === undefined ? [] : [layout.second(weights)])];
  const beside = towers.flatMap((file, tower) => seeGraph(folder, file, FACES[kind][tower]!, dimensions, refuse));
  const hashes: string[] = [];
  for (const file of [...towers, ...new Set(beside)]) hashes.push(await fingerprints.of(join(folder, file)));
  const fingerprint = hashes.length === 1 ? hashes[0]! : createHash('sha256').update(hashes.join('\n')).digest('hex');
  return { name, kind, files: { name, kind, folder, weights, ...(towers[1] !== undefined && { textWeights: towers[1] }) }, dimensions, revision: revisionOf(fingerprint) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What the operating system says of a file or a folder that it does not let this user read. */
function unreadable(what: string, error: unknown, refuse: Refuse): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined ? error : refuse(`${what} cannot be read (${code}). Let the user that runs the program read it.`);
}

export const cannotRun = (name: string, what: string, setting = 'embedding.models'): StrataError =>
  new StrataError('NOT_CONFIGURED', `The model "${name}" cannot run: ${what}`, { extensions: { feature: `The model "${name}"`, setting } });

async function dimensionsOf(kind: ModelKind, config: Json, json: (file: string) => Promise<Json>, refuse: Refuse): Promise<number> {
  switch (kind) {
    case 'onnx-text':
      return pooledLength(json, refuse);
    case 'onnx-clip':
      return lengthOf(config['projection_dim'], 'projection_dim of its config.json', refuse);
    case 'onnx-wav2vec2':
      return lengthOf(config['hidden_size'], 'hidden_size of its config.json', refuse);
    case 'onnx-cross-encoder':
      return 1;
  }
}

/** Other pooling than the mean, or layers behind it, would give vectors that are wrong without a sign of it. */
async function pooledLength(json: (file: string) => Promise<Json>, refuse: Refuse): Promise<number> {
  const modules = await json('modules.json');
  if (!Array.isArray(modules)) throw refuse('its modules.json is no list.');
  const kinds = (modules as { type?: unknown; path?: unknown }[]).map(({ type, path }) => ({ kind: String(type).split('.').at(-1)!, path: String(path) }));
  const strange = kinds.find(({ kind }) => !MODULES.includes(kind));
  if (strange !== undefined) throw refuse(`its modules.json names a ${strange.kind} layer; ${MODULES.join(', ')} are known.`);
  const pooling = kinds.find(({ kind }) => kind === 'Pooling');
  if (pooling === undefined) throw refuse('its modules.json names no Pooling.');
  const file = `${pooling.path}/config.json`;
  const config = await json(file);
  const modes = Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true);
  if (modes.join() !== 'pooling_mode_mean_tokens') throw refuse(`its ${file} says ${modes.join(' and ') || 'no pooling mode'}; pooling_mode_mean_tokens alone is known.`);
  return lengthOf(config['word_embedding_dimension'], `word_embedding_dimension of its ${file}`, refuse);
}

function lengthOf(value: unknown, place: string, refuse: Refuse): number {
  if (!Number.isInteger(value) || (value as number) < 1) throw refuse(`the ${place} is no length of vectors.`);
  return value as number;
}

/** @returns the files beside the graph that hold weights of it, relative to the model's folder */
function seeGraph(folder: string, file: string, { inputs, optional = [], outputs }: Faces, dimensions: number, refuse: Refuse): string[] {
  const graph = graphOf(join(folder, file), file, refuse);
  const names = graph.inputs.map(({ name }) => name);
  const [missing, strange] = [inputs.find((name) => !names.includes(name)), names.find((name) => ![...inputs, ...optional].includes(name))];
  if (missing !== undefined || strange !== undefined) throw refuse(`its ${file} takes ${names.join(', ') || 'nothing'}; a model of its kind takes ${inputs.join(', ')}.`);
  const found = outputs.flatMap((output) => graph.outputs.filter(({ name }) => name === output))[0];
  if (found === undefined) throw refuse(`its ${file} answers ${graph.outputs.map(({ name }) => name).join(', ') || 'nothing'}; a model of its kind answers ${outputs.join(' or ')}.`);
  const length = found.shape.at(-1) ?? null;
  if (length !== null && length !== dimensions) {
    throw refuse(found.name === 'logits' ? `its ${file} answers ${length} values a pair; a cross-encoder for re-ranking answers one.` : `its ${file} answers vectors of ${length} dimensions, and its configuration says ${dimensions}; the two are of different models.`);
  }
  return [...graph.beside].map(([location, bytes]) => {
    const path = join(dirname(file), location);
    if (normalize(path).startsWith('..')) throw refuse(`its ${file} asks for weights outside of its folder.`);
    const here = statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? null;
    if (here === null) throw refuse(`its folder has no ${path}, where ${file} keeps its weights.`);
    if (here < bytes) throw refuse(`its ${path} was cut off: it has ${here} bytes and should have ${bytes}; load it again.`);
    return path;
  });
}

function graphOf(path: string, file: string, refuse: Refuse): OnnxGraph {
  try {
    return readOnnx(path);
  } catch (error) {
    throw error instanceof NotOnnx ? refuse(`its ${file} ${error.message}.`) : unreadable(`its ${file}`, error, refuse);
  }
}

/** Relative, with slashes; two levels are all that a model has. */
function filesBelow(folder: string, refuse: Refuse): string[] {
  const entries = (path: string) => readdirSync(path, { withFileTypes: true });
  try {
    return entries(folder).flatMap((entry) => (isFolder(folder, entry) ? entries(join(folder, entry.name)).map(({ name }) => `${entry.name}/${name}`) : [entry.name]));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw refuse('its folder is not there.');
    if (code === 'ENOTDIR') throw refuse('what its path names is a file; name the folder that holds the model\'s files.');
    throw unreadable('its folder', error, refuse);
  }
}

const isFolder = (folder: string, entry: { name: string; isDirectory(): boolean; isSymbolicLink(): boolean }): boolean =>
  entry.isDirectory() || (entry.isSymbolicLink() && leadsToFolder(join(folder, entry.name)));

/** One that leads nowhere is a file that cannot be read, as whoever reads it is told. */
function leadsToFolder(link: string): boolean {
  try {
    return statSync(link).isDirectory();
  } catch {
    return false;
  }
}
