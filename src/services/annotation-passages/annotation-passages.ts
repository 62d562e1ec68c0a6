import { batches } from '../../domain/batches.js';
import type { Annotation } from '../../domain/model.js';
import { cuesOf, pauses, timeTeller, transcriptOf } from '../../domain/transcripts.js';
import type { TextBlock } from '../../domain/text-structure.js';
import type { Transaction } from '../../ports/database.port.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import { NewContent } from '../indexing/new-content.js';
import { splitterOf } from '../ingestion/embed.stage.js';
import { embedWhole } from '../models/embed-whole.js';
import { analyzeAll } from '../search/analysis.js';
import type { ServiceDependencies } from '../shared/dependencies.js';

/** The annotations whose texts become passages of their own. */
const ANNOTATIONS_WITH_PASSAGES = ['CAPTION', 'TRANSCRIPTION'] as const;

export const hasPassages = ({ type }: Pick<Annotation, 'type'>): boolean => (ANNOTATIONS_WITH_PASSAGES as readonly string[]).includes(type);

/** Of one annotation, as it was when they were made. */
export interface PreparedAnnotation {
  annotation: Annotation;
  passages: { text: string; terms: string[]; startSeconds: number | null; vectors: { model: EmbeddingModel; vector: Float32Array }[] }[];
}

/** Texts handed to a model at a time. */
const TEXTS_AT_ONCE = 512;

/** Cuts what the annotations say, tells its words apart, and embeds it with each of these models. */
export async function prepareAnnotations(
  { embedder }: Pick<ServiceDependencies, 'embedder'>,
  models: readonly EmbeddingModel[],
  annotations: readonly Annotation[],
  signal: AbortSignal,
): Promise<PreparedAnnotation[]> {
  const splitter = splitterOf(models);
  if (annotations.length === 0 || splitter === undefined) return [];
  const texts = annotations.map(textOf);
  const spans = await embedder.splitPassages(splitter.name, texts.map(({ text, blocks }) => ({ text, blocks, breaks: pauses(blocks) })), { signal });
  const prepared = annotations.map((annotation, i): PreparedAnnotation => {
    const secondsAt = timeTeller(texts[i]!.blocks);
    return { annotation, passages: spans[i]!.map(({ start, end }) => ({ text: texts[i]!.text.slice(start, end), terms: [], startSeconds: secondsAt(start), vectors: [] })) };
  });
  const passages = prepared.flatMap((each) => each.passages);
  const terms = await analyzeAll(passages.map(({ text }) => text));
  passages.forEach((passage, i) => (passage.terms = terms[i]!));
  for (const model of models) {
    // The others may read less than the one that the passages were cut for.
    const embed = model === splitter ? embedder.embedTexts.bind(embedder) : embedWhole.bind(null, embedder);
    for (const chunk of batches(passages, TEXTS_AT_ONCE)) {
      const vectors = await embed(model.name, chunk.map(({ text }) => text), { priority: 'ingest', signal });
      chunk.forEach((passage, i) => passage.vectors.push({ model, vector: vectors[i]! }));
    }
  }
  return prepared;
}

function textOf({ type, content }: Annotation): { text: string; blocks: TextBlock[] } {
  if (type === 'TRANSCRIPTION') return transcriptOf(cuesOf(content));
  return { text: typeof content.text === 'string' ? content.text.trim() : '', blocks: [] };
}

/** Rows, words and vectors. The caller holds the objects locked and has seen that nothing is there of these annotations. */
export async function writeAnnotationPassages(
  deps: Pick<ServiceDependencies, 'vectors' | 'keywords'>,
  tx: Transaction,
  tenantId: string,
  prepared: readonly PreparedAnnotation[],
): Promise<void> {
  const content = new NewContent(tenantId);
  for (const { annotation: { id: annotationId, objectId, type }, passages } of prepared) {
    const kind = type === 'CAPTION' ? ('caption' as const) : ('transcript' as const);
    passages.forEach(({ text, terms, startSeconds, vectors }, position) => {
      const passageId = content.addPassage({ objectId, kind, annotationId, position, text, startSeconds, context: null, start: 0, end: 0, page: null }, terms);
      const details = { annotationId, ...(startSeconds === null ? {} : { startSeconds }) };
      for (const { model, vector } of vectors) content.addVector({ objectId, passageId, model, vector, details });
    });
  }
  await content.write(deps, tx);
}

/** Takes out what is searched of these annotations: a fixed number of statements. */
export async function forgetAnnotationPassages(
  deps: Pick<ServiceDependencies, 'vectors' | 'keywords'>,
  tx: Transaction,
  tenantId: string,
  annotationIds: readonly string[],
): Promise<void> {
  if (annotationIds.length === 0) return;
  const old = await tx.passages.ofAnnotations(tenantId, annotationIds);
  if (old.length === 0) return;
  await deps.vectors.remove(tenantId, old.flatMap(({ embeddingIds }) => embeddingIds), tx);
  await deps.keywords.remove(tenantId, old.map(({ id, ordinal }) => ({ passageId: id, ordinal })), tx);
  // Their embeddings go with them.
  await tx.passages.delete(tenantId, old.map(({ id }) => id));
}
