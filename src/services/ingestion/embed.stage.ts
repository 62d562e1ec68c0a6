import pLimit from 'p-limit';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { attempt, isAlive, type PreparedPassage, type WorkItem } from './work-item.js';

/** A book of some thousand pages. What lies beyond is kept, downloadable and said in a warning, but not searched. */
const MOST_PASSAGES = 20_000;
/** Texts handed to the model at a time: enough to sort by length, few enough that progress is seen. */
const TEXTS_AT_ONCE = 512;
const MEDIA_AT_ONCE = 2;

type Dependencies = Pick<ServiceDependencies, 'embedder' | 'objectStore'>;

/** EMBED: passages and their vectors, the pictures' and sounds' descriptors. Nothing is written yet. */
export async function embedStage(deps: Dependencies, items: readonly WorkItem[], signal: AbortSignal, onProgress: (fraction: number) => void): Promise<void> {
  const models = deps.embedder.models().filter((model) => model.active && model.available);
  await embedTexts(deps, models.filter((model) => model.readsWords), items, signal, onProgress);
  await embedMedia(deps, models.filter((model) => !model.readsWords), items, signal);
}

async function embedTexts(
  deps: Dependencies,
  models: readonly EmbeddingModel[],
  items: readonly WorkItem[],
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<void> {
  const texts = items.filter((item) => isAlive(item) && item.extraction?.text != null);
  const splitter = models[0];
  if (texts.length === 0 || !splitter) return;
  const spans = await deps.embedder.splitPassages(
    splitter.name,
    texts.map((item) => ({ text: item.extraction!.text!, breaks: item.extraction!.pages.map((page) => page.start) })),
    { signal },
  );
  texts.forEach((item, index) => {
    item.passages = spans[index]!.slice(0, MOST_PASSAGES).map((span) => ({
      start: span.start, end: span.end, text: item.extraction!.text!.slice(span.start, span.end), page: pageAt(item, span.start), vectors: [],
    }));
    if (spans[index]!.length > MOST_PASSAGES) item.warnings.push(`Only the first ${MOST_PASSAGES} passages can be searched; the text has ${spans[index]!.length}.`);
  });
  const passages = texts.flatMap((item) => item.passages);
  for (const model of models) {
    for (let from = 0; from < passages.length; from += TEXTS_AT_ONCE) {
      const chunk: PreparedPassage[] = passages.slice(from, from + TEXTS_AT_ONCE);
      const vectors = await deps.embedder.embedTexts(model.name, chunk.map((passage) => passage.text), { priority: 'ingest', signal });
      chunk.forEach((passage, index) => passage.vectors.push({ model: model.name, vector: vectors[index]! }));
      onProgress((from + chunk.length) / passages.length);
    }
  }
}

function pageAt(item: WorkItem, offset: number): number | null {
  return item.extraction!.pages.find((page) => offset >= page.start && offset < page.end)?.page ?? null;
}

async function embedMedia(deps: Dependencies, models: readonly EmbeddingModel[], items: readonly WorkItem[], signal: AbortSignal): Promise<void> {
  const limit = pLimit(MEDIA_AT_ONCE);
  await Promise.all(
    items.map((item) => {
      const fitting = models.filter((model) => model.modalities.includes(item.object.type));
      if (fitting.length === 0) return undefined;
      return limit(() =>
        attempt(item, async () => {
          const file = await deps.objectStore.localFile(item.object.storageKey, signal);
          try {
            const source = { path: file.path, type: item.object.type, mimeType: item.object.mimeType };
            for (const model of fitting) {
              const vectors = await deps.embedder.embedMedia(model.name, source, { priority: 'ingest', signal });
              item.media.push(...vectors.map((vector) => ({ ...vector, model: model.name })));
            }
          } finally {
            await file.release();
          }
        }),
      );
    }),
  );
}
