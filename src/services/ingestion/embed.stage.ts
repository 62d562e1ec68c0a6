import pLimit from 'p-limit';
import { embeddedText } from '../../domain/passages.js';
import { contextTeller } from '../../domain/text-structure.js';
import { pauses, timeTeller } from '../../domain/transcripts.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import { embedWhole } from '../models/embed-whole.js';
import { isSearched } from '../search/models-for-search.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { attempt, isAlive, type PreparedPassage, type WorkItem } from './work-item.js';

/** A book of some thousand pages. What lies beyond is kept, downloadable and said in a warning, but not searched. */
const MOST_PASSAGES = 20_000;
/** Texts handed to the model at a time: enough to sort by length, few enough that progress is seen. */
const TEXTS_AT_ONCE = 512;
/** So many that a model of pictures always has several waiting; the media processes take them one by one. */
const PICTURES_AT_ONCE = 16;
/** Films and sounds, which may be large, on the disk and on their way to a model. */
const FILMS_AT_ONCE = 4;

type Dependencies = Pick<ServiceDependencies, 'embedder' | 'objectStore'>;

/** EMBED: passages and their vectors, the pictures' and sounds' descriptors. Nothing is written yet. */
export async function embedStage(deps: Dependencies, items: readonly WorkItem[], signal: AbortSignal, onProgress: (fraction: number) => void): Promise<void> {
  const models = deps.embedder.models().filter((model) => model.active && model.available);
  const names = models.map(({ name }) => name);
  for (const item of items) item.models = names;
  await embedTexts(deps, models.filter(embedsTexts), items, signal, onProgress);
  await embedMedia(deps, models.filter((model) => !embedsTexts(model)), items, signal);
}

/** One that reads words but is of pictures has them for queries. */
export const embedsTexts = ({ modalities }: EmbeddingModel) => modalities.includes('TEXT');

/** For which of the models that embed words passages are cut: the one that is searched. */
export const splitterOf = (models: readonly EmbeddingModel[]): EmbeddingModel | undefined => models.find(isSearched) ?? models[0];

async function embedTexts(
  deps: Dependencies,
  models: readonly EmbeddingModel[],
  items: readonly WorkItem[],
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<void> {
  const texts = items.filter((item) => isAlive(item) && item.extraction?.text != null);
  const splitter = splitterOf(models);
  if (texts.length === 0 || splitter === undefined) return;
  const spans = await deps.embedder.splitPassages(
    splitter.name,
    texts.map((item) => ({ text: item.extraction!.text!, breaks: breaksOf(item.extraction!), blocks: item.extraction!.blocks })),
    { signal },
  );
  texts.forEach((item, index) => {
    const { text, blocks } = item.extraction!;
    const contextOf = contextTeller(text!, blocks ?? []);
    const secondsAt = timeTeller(blocks ?? []);
    item.passages = spans[index]!.slice(0, MOST_PASSAGES).map((span) => ({
      start: span.start, end: span.end, text: text!.slice(span.start, span.end), context: contextOf(span), page: pageAt(item, span.start),
      startSeconds: secondsAt(span.start), vectors: [],
    }));
    if (spans[index]!.length > MOST_PASSAGES) item.warnings.push(`Only the first ${MOST_PASSAGES} passages can be searched; the text has ${spans[index]!.length}.`);
  });
  const passages = texts.flatMap((item) => item.passages);
  for (const model of models) {
    // The others may read less than the one that the passages were cut for.
    const embed = model === splitter ? deps.embedder.embedTexts.bind(deps.embedder) : embedWhole.bind(null, deps.embedder);
    for (let from = 0; from < passages.length; from += TEXTS_AT_ONCE) {
      const chunk: PreparedPassage[] = passages.slice(from, from + TEXTS_AT_ONCE);
      const vectors = await embed(model.name, chunk.map(embeddedText), { priority: 'ingest', signal });
      chunk.forEach((passage, index) => passage.vectors.push({ model: model.name, vector: vectors[index]! }));
      onProgress((from + chunk.length) / passages.length);
    }
  }
}

const breaksOf = ({ pages, blocks }: NonNullable<WorkItem['extraction']>) => [...pages.map(({ start }) => start), ...pauses(blocks ?? [])];

function pageAt(item: WorkItem, offset: number): number | null {
  return item.extraction!.pages.find((page) => offset >= page.start && offset < page.end)?.page ?? null;
}

async function embedMedia(deps: Dependencies, models: readonly EmbeddingModel[], items: readonly WorkItem[], signal: AbortSignal): Promise<void> {
  const pictures = pLimit(PICTURES_AT_ONCE);
  const films = pLimit(FILMS_AT_ONCE);
  await Promise.all(
    items.map((item) => {
      const fitting = models.filter((model) => model.modalities.includes(item.object.type));
      if (fitting.length === 0) return undefined;
      const limit = item.object.type === 'IMAGE' ? pictures : films;
      return limit(() =>
        attempt(item, async () => {
          const file = await deps.objectStore.localFile(item.object.storageKey, signal);
          try {
            const source = { path: file.path, type: item.object.type, mimeType: item.object.mimeType };
            const names = fitting.map(({ name }) => name);
            const found = await deps.embedder.embedMediaForAll(names, source, { priority: 'ingest', signal });
            found.forEach((vectors, i) => item.media.push(...vectors.map((vector) => ({ ...vector, model: names[i]! }))));
          } finally {
            await file.release();
          }
        }),
      );
    }),
  );
}
