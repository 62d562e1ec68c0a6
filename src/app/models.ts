import { mkdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Fingerprints } from '../adapters/models/fingerprints.js';
import { HubClient } from '../adapters/models/hub/hub-client.js';
import { originOf, pullModel } from '../adapters/models/hub/pull-model.js';
import { exportCommand, isModelName, sourceOf } from '../adapters/models/hub/repositories.js';
import { readModelFolder } from '../adapters/models/model-folder.js';
import { LAYOUTS, layoutLines } from '../adapters/models/model-layout.js';
import type { ModelKind } from '../adapters/models/model.messages.js';
import { proveModel } from '../adapters/models/prove-model.js';
import { BUNDLED_MODELS, MODEL_ROWS } from '../adapters/models/registry.js';
import type { ListedModel, PullAsked, PulledModel, PullTold } from '../cli/context.js';
import type { Config } from '../config/config.js';
import { badInput, isStrataError, isUnavailable, StrataError } from '../domain/errors.js';
import { modelsFolder, openModels } from './open-models.js';
import { readReranker } from './open-reranking.js';

/** Come with the program, as NOTICE says. */
const BUNDLED = ['all-MiniLM-L6-v2'];
const BUNDLED_LICENCE = 'apache-2.0';

/** Every model that is here, and those of the registry that are not; as the configuration has it, whatever a server has changed to. */
export async function list(config: Config): Promise<ListedModel[]> {
  const { installed, unusable } = await openModels(config, null, true);
  const here = installed.map(async ({ name, kind, files: { folder }, dimensions, revision, model }): Promise<ListedModel> => {
    const licence = folder === join(BUNDLED_MODELS, name) ? BUNDLED_LICENCE : ((await originOf(folder))?.licence ?? null);
    const lengthOfVectors = kind === 'onnx-cross-encoder' ? null : dimensions;
    return { name, for: LAYOUTS[kind].title, dimensions: lengthOfVectors, revision, state: model.active ? 'active' : 'here', folder, licence, fault: null };
  });
  const broken = unusable.map(({ name, folder, fault }) => ({ name, ...ofRegistry(name), revision: null, state: 'unusable' as const, folder, licence: null, fault }));
  const known = new Set([...installed, ...unusable].map(({ name }) => name));
  const absent = MODEL_ROWS.filter(({ name }) => !known.has(name)).map(({ name }) => ({ name, ...ofRegistry(name), revision: null, state: 'absent' as const, folder: null, licence: null, fault: null }));
  return withReranker(config, [...(await Promise.all(here)), ...broken, ...absent]);
}

/** The one that the configuration names, which may lie anywhere. */
async function withReranker({ embedding }: Config, models: readonly ListedModel[]): Promise<ListedModel[]> {
  const { path } = embedding.reranker;
  if (path === undefined) return [...models];
  const folder = resolve(path);
  const about = { name: basename(folder), for: LAYOUTS['onnx-cross-encoder'].title, dimensions: null, folder, licence: (await originOf(folder))?.licence ?? null };
  const listed = await readReranker(embedding, null).then(
    (found): ListedModel => ({ ...about, revision: found!.revision, state: 'active', fault: null }),
    (error: unknown): ListedModel => {
      if (!isStrataError(error)) throw error;
      return { ...about, revision: null, state: 'unusable', fault: error.message };
    },
  );
  return [...models.filter((model) => model.folder !== folder), listed];
}

function ofRegistry(name: string): Pick<ListedModel, 'for' | 'dimensions'> {
  const row = MODEL_ROWS.find((each) => each.name === name);
  return { for: row === undefined ? null : LAYOUTS[row.kind].title, dimensions: row?.dimensions ?? null };
}

/** Loads a model from the hub that the configuration names. @throws StrataError; where the hub cannot help, with the layout that would do */
export async function pull(config: Config, asked: PullAsked, told: PullTold): Promise<PulledModel> {
  const source = sourceOf(asked.source);
  const name = asked.as ?? source.name;
  if (!isModelName(name)) throw badInput(`"${name}" is no name for a model. Take letters, digits, dots, dashes and underscores, with one slash at most.`);
  const bundled = join(BUNDLED_MODELS, name);
  if (BUNDLED.includes(name) && asked.as !== undefined) throw badInput(`"${name}" is the name of the model that comes with the program. Choose another one with --as.`);
  if (BUNDLED.includes(name)) return { name, folder: bundled, repository: null, already: true };
  const folder = modelsFolder(config);
  const byHand = layout(source.kind, join(folder, name));
  if (source.repository === null) {
    const exporting = source.exportFrom === null ? '' : ` ("${exportCommand(source.exportFrom, join(folder, name))}", of pip's optimum-onnx)`;
    throw new StrataError('NOT_FOUND', `No hub is known to hold "${name}" in ONNX's format. Name a repository that has it ("strata models pull ORG/REPO --as ${name}"), or export it${exporting} and put it there:\n${byHand}`);
  }
  const { hubUrl: url, hubToken: token } = config.embedding;
  if (url === undefined) {
    throw new StrataError('NOT_CONFIGURED', `There is no hub to load "${name}" from. Set embedding.hub_url, or STRATA_HUB_URL, to the address of one; or put the model's files there by hand:\n${byHand}`, {
      extensions: { feature: 'strata models pull', setting: 'embedding.hub_url' },
    });
  }
  const { repository, revision } = source;
  // Whatever comes first into the data folder makes it, for its owner alone.
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const pulled = await pullModel(
    new HubClient({ url, token }),
    { repository, revision, name, weights: asked.weights, terms: source.terms },
    {
      modelsFolder: folder,
      signal: told.signal,
      onModel: (model, _, bytes) => told.onModel({ ...model, bytes }),
      onBytes: (here) => told.onBytes(here),
      onWait: (process) => told.onWait(process),
      prove: async (proven, aside) => proveModel(await readModelFolder(proven, aside, new Fingerprints(null)), told.signal),
    },
  ).catch((error: unknown) => {
    throw isUnavailable(error) ? new StrataError(error.code, `${error.message} Where there is no way to it, put the model's files there by hand:\n${byHand}`, { extensions: error.extensions, cause: error }) : error;
  });
  return { name, folder: pulled.folder, repository: pulled.origin.repository, already: pulled.already };
}

/** Of one kind where it is known, of each otherwise. */
function layout(kind: ModelKind | null, folder: string): string {
  const kinds = kind === null ? (Object.keys(LAYOUTS) as ModelKind[]) : [kind];
  return kinds.map((each) => [...(kind === null ? [`${LAYOUTS[each].title}:`] : []), ...layoutLines(each, folder)].map((line) => `  ${line}`).join('\n')).join('\n');
}
