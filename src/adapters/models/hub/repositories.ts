import { badInput } from '../../../domain/errors.js';
import type { ModelKind } from '../model.messages.js';

/** How a model's makers give it, for a repository whose card says nothing: exporters often leave that out. */
export interface MakersTerms {
  /** As SPDX and hubs write it, in small letters. */
  licence: string;
  /** Where the makers say so. */
  link: string;
}

/** What `strata models pull` is asked for. */
export interface ModelSource {
  /** Under which name the model is known here: that of the registry, or the repository's. */
  name: string;
  /** `ORG/REPO` of a hub; null for a model whose weights in ONNX's format no repository is known to hold. */
  repository: string | null;
  /** A branch, a tag or a commit. */
  revision: string;
  /** Where it is known before anything was loaded. */
  kind: ModelKind | null;
  terms: MakersTerms | null;
  /** The repository to export from, where `repository` is null. */
  exportFrom: string | null;
}

/**
 * Where a hub has the models that the registry names, with weights in ONNX's format: the makers' own repository where it has them.
 * CLIP's has none, so that of its exporter; there both towers answer what their projections do.
 */
const REPOSITORIES: Readonly<Record<string, Omit<ModelSource, 'name' | 'revision'>>> = {
  'all-MiniLM-L6-v2': { repository: 'sentence-transformers/all-MiniLM-L6-v2', kind: 'onnx-text', terms: null, exportFrom: null },
  'all-mpnet-base-v2': { repository: 'sentence-transformers/all-mpnet-base-v2', kind: 'onnx-text', terms: null, exportFrom: null },
  'clip-vit-base-patch32': { repository: 'Xenova/clip-vit-base-patch32', kind: 'onnx-clip', terms: { licence: 'mit', link: 'https://github.com/openai/CLIP/blob/main/LICENSE' }, exportFrom: null },
  // Its makers' repository has no weights in this format; those of others are of models that were trained on, to write down speech.
  'wav2vec2-base': { repository: null, kind: 'onnx-wav2vec2', terms: null, exportFrom: 'facebook/wav2vec2-base' },
};

const PART = '[A-Za-z0-9][A-Za-z0-9._-]{0,95}';
const REPOSITORY = new RegExp(`^${PART}/${PART}$`);
const REVISION = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/;

/** A name under which a model can lie in a folder: one part, or two as a repository's. */
export const isModelName = (name: string): boolean => new RegExp(`^${PART}(/${PART})?$`).test(name) && !name.includes('..');

/** Makes a folder of a model out of its makers' weights, with the exporter that hubs' own weights are made with (`pip install optimum-onnx`). */
export const exportCommand = (repository: string, folder: string): string => `optimum-cli export onnx --model ${repository} --task feature-extraction ${folder}`;

/**
 * @param asked `NAME` or `ORG/REPO`, with `@REVISION` behind it or not
 * @throws BAD_USER_INPUT
 */
export function sourceOf(asked: string): ModelSource {
  const [id = '', revision = 'main', ...rest] = asked.split('@');
  if (rest.length > 0 || !REVISION.test(revision) || revision.includes('..')) throw badInput(`"${asked}" names no revision. Write it as ORG/REPO@REVISION: a branch, a tag or a commit.`);
  const known = Object.hasOwn(REPOSITORIES, id) ? REPOSITORIES[id]! : null;
  if (known !== null) return { name: id, ...known, revision };
  if (REPOSITORY.test(id) && isModelName(id)) return { name: id, repository: id, revision, kind: null, terms: null, exportFrom: null };
  throw badInput(`There is no model "${id}". Known names: ${Object.keys(REPOSITORIES).join(', ')}; or name a hub's repository as ORG/REPO.`);
}
