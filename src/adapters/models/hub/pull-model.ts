import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { conflict, isUnavailable, StrataError } from '../../../domain/errors.js';
import { isAbout, isBeside, kindOf, LAYOUTS, weightsAmong, type ModelLayout } from '../model-layout.js';
import type { ModelKind } from '../model.messages.js';
import { syncFolder } from '../../sync-folder.js';
import { download } from './download.js';
import type { HubClient, HubFile, HubModel } from './hub-client.js';
import { holdLock } from './pull-lock.js';
import type { MakersTerms } from './repositories.js';

export interface PullRequest {
  repository: string;
  revision: string;
  /** Its folder below `modelsFolder`, and its name in the configuration. */
  name: string;
  /** One of the repository's files; left out, the kind's usual one. */
  weights?: string;
  /** Told, and kept, where the model's card names no licence. */
  terms?: MakersTerms | null;
}

export interface PullOptions {
  /** Where models lie, a folder each. */
  modelsFolder: string;
  signal: AbortSignal;
  /** As `download` has it. */
  pauseMs?: number;
  /** Before anything large is loaded. */
  onModel?: (model: HubModel, kind: ModelKind, bytes: number) => void;
  /** Bytes that are here of all that there will be. */
  onBytes?: (here: number, file: string) => void;
  /** Another process loads the same model; this one waits for it. */
  onWait?: (process: string) => void;
  /** Whether what was loaded can run; it throws where it cannot, and then it does not get its place. */
  prove: (name: string, folder: string) => Promise<void>;
}

export interface Pulled {
  folder: string;
  origin: ModelOrigin;
  /** It was here, and nothing was loaded. */
  already: boolean;
}

/** Kept beside a model's files: where they are from. */
export interface ModelOrigin {
  repository: string;
  commit: string;
  licence: string | null;
  licenceLink: string | null;
  weights: string;
}

/** In a model's folder. */
export const ORIGIN_FILE = 'strata-model.json';
/** In the models' folder: models that are being loaded, a folder each, and locks. No model's name begins with a dot. */
export const INCOMING = '.incoming';
const COMMIT_SHOWN = 12;
/** Room that is to be left for everything else. */
const SPARE_BYTES = 64 * 2 ** 20;

/**
 * Loads a model from a hub: all its files into a folder aside, each proven by its checksum, and the folder gets its name once they are
 * whole and can run. Whoever looks at the models' folder meanwhile, or after a crash, sees the model or nothing.
 * @throws StrataError with one sentence
 */
export async function pullModel(hub: HubClient, request: PullRequest, options: PullOptions): Promise<Pulled> {
  const { modelsFolder, signal } = options;
  const { name, repository, revision } = request;
  const folder = join(modelsFolder, name);
  const slug = name.replaceAll('/', '--');
  const incoming = join(modelsFolder, INCOMING);
  await mkdir(incoming, { recursive: true }).catch((error: unknown) => {
    throw refusedByFolder(modelsFolder, error);
  });
  const release = await holdLock(join(incoming, `${slug}.lock`), signal, (process) => options.onWait?.(process));
  try {
    const before = await originOf(folder);
    const listed = await hub.model(repository, revision).catch((error: unknown) => {
      if (before?.repository === repository && isUnavailable(error)) return null;
      throw error;
    });
    // It is here, and whether there is a newer one nobody can say now.
    if (listed === null) return { folder, origin: before!, already: true };
    const model = withTerms(listed, request.terms ?? null);
    if (existsSync(folder)) {
      if (before?.commit === model.commit && (request.weights ?? before.weights) === before.weights) return { folder, origin: before, already: true };
      throw conflict(`There is a model "${name}" already${before === null ? '' : `, of ${before.repository} at ${before.commit.slice(0, COMMIT_SHOWN)}`}. Vectors of two models are not compared, so it is not replaced: give this one another name with --as, or remove that folder first.`);
    }
    const aside = join(incoming, `${slug}@${model.commit.slice(0, COMMIT_SHOWN)}`);
    const origin = await loadInto(aside, hub, model, request, options);
    await options.prove(name, aside);
    await writeFile(join(aside, ORIGIN_FILE), `${JSON.stringify(origin, null, 2)}\n`);
    await syncFolder(aside);
    await mkdir(dirname(folder), { recursive: true });
    await rename(aside, folder);
    await syncFolder(dirname(folder));
    await removeOthers(incoming, slug);
    return { folder, origin, already: false };
  } finally {
    await release();
  }
}

export async function originOf(folder: string): Promise<ModelOrigin | null> {
  return readFile(join(folder, ORIGIN_FILE), 'utf8').then((text) => JSON.parse(text) as ModelOrigin, () => null);
}

async function loadInto(aside: string, hub: HubClient, model: HubModel, request: PullRequest, options: PullOptions): Promise<ModelOrigin> {
  const about = model.files.filter(({ path }) => isAbout(path));
  for (const file of about) await download(hub, model, file, aside, { signal: options.signal, pauseMs: options.pauseMs });
  const { kind, files, weights } = await weightsOf(aside, model, request);
  const bytes = [...about, ...files].reduce((sum, { size }) => sum + size, 0);
  options.onModel?.(model, kind, bytes);
  await seeThatThereIsRoom(aside, files);
  let done = about.reduce((sum, { size }) => sum + size, 0);
  for (const file of files) {
    await download(hub, model, file, aside, { signal: options.signal, pauseMs: options.pauseMs, onBytes: (here) => options.onBytes?.(done + here, file.path) });
    done += file.size;
  }
  const { repository, commit, licence, licenceLink } = model;
  return { repository, commit, licence, licenceLink, weights };
}

/** Which of the repository's files hold the weights, by what its small ones say it is. */
async function weightsOf(aside: string, { files, repository }: HubModel, { weights: asked }: PullRequest): Promise<{ kind: ModelKind; files: HubFile[]; weights: string }> {
  const refuse = (what: string) => new StrataError('UNSUPPORTED_MEDIA', `${repository} ${what}`);
  const names = files.map(({ path }) => path);
  if (!names.includes('config.json')) throw refuse('has no config.json: it holds no model that can run here.');
  const config = JSON.parse(await readFile(join(aside, 'config.json'), 'utf8')) as Record<string, unknown>;
  const kind = kindOf(config, names.includes('modules.json'));
  if (kind === null) throw refuse(`is of the type ${JSON.stringify(config['model_type'] ?? null)}; sentence-transformers, CLIP, wav2vec 2.0 and cross-encoders can run here.`);
  const layout = LAYOUTS[kind];
  const missing = layout.needed.filter((file) => !names.includes(file));
  if (missing.length > 0) throw refuse(`has no ${missing.join(', ')}, which a model of its kind needs.`);
  const weights = asked ?? weightsAmong(names, layout);
  const offered = names.filter((name) => name.endsWith('.onnx')).join(', ');
  if (weights === null || partsOf(weights, layout).some((part) => !names.includes(part))) throw refuse(offered === '' ? 'has no weights in ONNX\'s format. Name a repository that has, or export them.' : `has several weights; name one with --weights: ${offered}.`);
  return { kind, weights, files: files.filter(({ path }) => partsOf(weights, layout).some((part) => path === part || isBeside(part, path))) };
}

const withTerms = (model: HubModel, terms: MakersTerms | null): HubModel =>
  model.licence !== null || terms === null ? model : { ...model, licence: terms.licence, licenceLink: terms.link };

const partsOf = (weights: string, { second }: ModelLayout) => [weights, ...(second === undefined ? [] : [second(weights)])];

async function seeThatThereIsRoom(aside: string, files: readonly HubFile[]): Promise<void> {
  let needed = 0;
  for (const { path, size } of files) {
    const here = await stat(join(aside, path)).catch(() => stat(join(aside, `${path}.partial`)).catch(() => null));
    needed += Math.max(0, size - (here?.size ?? 0));
  }
  const { bavail, bsize } = await statfs(aside);
  const free = bavail * bsize;
  if (needed + SPARE_BYTES > free) throw conflict(`The disk has ${free} bytes free, and ${needed} are yet to be loaded. Make room, or set embedding.models_path to a folder on another disk; the same command goes on from there.`);
}

/** Of other commits, which nobody goes on with now. */
async function removeOthers(incoming: string, slug: string): Promise<void> {
  for (const entry of await readdir(incoming)) {
    if (entry.startsWith(`${slug}@`)) await rm(join(incoming, entry), { recursive: true, force: true });
  }
}

function refusedByFolder(folder: string, cause: unknown): StrataError {
  const { code } = cause as NodeJS.ErrnoException;
  return new StrataError('CONFLICT', `The models' folder "${basename(folder)}" cannot be written to (${code}). Set embedding.models_path to one that can.`, { cause });
}
