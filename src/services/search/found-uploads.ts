import { isStrataError } from '../../domain/errors.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { Deadline } from './deadline.js';
import { askByCaptions, captionsOfLookalikes, objectsOf } from './lookalikes.js';
import { isSearched, usable } from './models-for-search.js';
import type { QueryContent, QueryUploads, StagedQuery } from './query-uploads.js';
import type { SearchDependencies } from './search-dependencies.js';
import type { CheckedSearch } from './search-request.js';
import type { VectorTerm } from './search-terms.js';

type Needs = Pick<SearchDependencies, 'embedder' | 'vectors' | 'keywords' | 'database' | 'logger'>;
type TermsSource = Extract<CheckedSearch['vectors'], { from: 'terms' }>;
type UploadTerm = Extract<VectorTerm, { from: 'upload' }>;

/** Bytes that were uploaded for the query: what reads them, and those that were found. */
export interface AskedUploads {
  reader: QueryUploads;
  staged: ReadonlyMap<string, StagedQuery>;
}

/** What an upload was found to be, and how it is heard in each space. */
export interface FoundUpload {
  isHeardIn(model: EmbeddingModel): boolean;
  /** Of length 1; null where the model, or the store, has none. @throws UNSUPPORTED_MEDIA for what cannot be read */
  vectorIn(model: EmbeddingModel): Promise<Float32Array | null>;
  /** The objects whose captions speak for it there; null where it speaks for itself. */
  throughIn(model: EmbeddingModel): readonly string[] | null;
}

/** @throws CONTENT_MISMATCH, UNSUPPORTED_MEDIA; DEPENDENCY_UNAVAILABLE of `objects` where they are not read in time */
export async function findUploads(deps: Needs, tenantId: string, source: TermsSource, uploads: AskedUploads | null, deadline: Deadline): Promise<{ found: Map<string, FoundUpload>; warnings: string[] }> {
  const warnings: string[] = [];
  const found = new Map<string, FoundUpload>();
  const asked = new Map(source.terms.flatMap((term) => (term.from === 'upload' ? [[term.uploadId, term]] : [])));
  await Promise.all(
    [...asked.values()].map(async (term) => {
      const content = await deadline.raceFor('objects', uploads!.reader.contentOf(uploads!.staged.get(term.uploadId)!, term.path));
      found.set(term.uploadId, await findUpload(deps, tenantId, source, term, content, uploads!.reader, deadline, warnings));
    }),
  );
  return { found, warnings };
}

async function findUpload(
  deps: Needs,
  tenantId: string,
  { given }: TermsSource,
  term: UploadTerm,
  content: QueryContent,
  reader: QueryUploads,
  deadline: Deadline,
  warnings: string[],
): Promise<FoundUpload> {
  const models = deps.embedder.models();
  const makes = (model: EmbeddingModel) => model.modalities.includes(content.type);
  const wantsTexts = content.type === 'IMAGE' && models.some((model) => model.modalities.includes('TEXT') && (given === null ? isSearched(model) : model.name === given.name));
  const spaces = (given === null || wantsTexts ? usable(models) : [given]).filter(makes);
  // Once for all that ask, and not before the first of them.
  let embedding: ReturnType<QueryUploads['vectorsOf']> | null = null;
  const own = async (model: EmbeddingModel) => {
    const made = (await (embedding ??= reader.vectorsOf({ tenantId }, content, spaces, term.path, deadline))).get(model.name) ?? null;
    if (isStrataError(made)) throw made;
    return made;
  };

  const lookalikes = wantsTexts && spaces.length > 0 ? await captionsOfLookalikes(deps, tenantId, spaces, own, deadline) : [];
  if (lookalikes === null) warnings.push(`Which pictures "${term.path.slice(1).join('.')}" is a near duplicate of could not be told; no passages were found by their captions.`);
  const captions = Map.groupBy(lookalikes ?? [], ({ modelName }) => modelName);
  return {
    isHeardIn: (model) => makes(model) || captions.has(model.name),
    vectorIn: (model) => (makes(model) ? own(model) : askByCaptions(deps, tenantId, model, captions.get(model.name)!)),
    throughIn: (model) => (makes(model) ? null : objectsOf(captions.get(model.name)!)),
  };
}
