import type { ModelChangeCosts, ModelChangeEstimate } from '../../domain/model-change.js';
import { embeddedText } from '../../domain/passages.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { FillSpec } from '../../ports/repositories/model-change.repository.port.js';
import { countLonger, embedWhole } from '../models/embed-whole.js';
import { spread } from '../search/query-vectors.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import type { ModelChoice } from './model-choice.js';
import { fillOf } from './model-filler.js';

type Dependencies = Pick<ServiceDependencies, 'database' | 'embedder' | 'objectStore'>;

/** Enough for a mean; a second or two with a model of a hundred million weights. */
const SAMPLE_PASSAGES = 32;
/** Of how many the length is looked at, which costs a hundredth of embedding them. */
const COUNTED_PASSAGES = 256;
const SAMPLE_MEDIA = 4;
/** 32-bit floats. */
const BYTES_A_DIMENSION = 4;
const NO_CHANGE = '00000000-0000-0000-0000-000000000000';

/** Of a passage, or of a medium: what the sample says. */
interface Measured {
  sampled: number;
  seconds: number | null;
  vectorsEach: number;
}

interface MeasuredPassages extends Measured {
  counted: number;
  /** Of those counted, the ones that the new model reads in parts. */
  longer: number;
}

/** Reads and embeds a sample; writes nothing. */
export async function estimateChange(deps: Dependencies, { from, to }: ModelChoice, signal: AbortSignal): Promise<ModelChangeEstimate> {
  const { spec } = fillOf({ id: NO_CHANGE }, from?.name ?? null, to);
  const rows = await deps.database.modelChanges.costs(spec);
  const passages = spec.passages && rows.some((row) => row.passages > 0) ? await measurePassages(deps, to, signal) : NO_PASSAGES;
  const media = rows.some((row) => row.media > 0) ? await measureMedia(deps, spec, to, signal) : NOTHING;
  const tenants = rows.map((row) => costsOf(row, row.tenantId, to, passages, media));
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
  const total = costsOf({ objects: sum(({ objects }) => objects), passages: sum((row) => row.passages), media: sum((row) => row.media) }, null, to, passages, media);
  return {
    from: from?.name ?? null, to: to.name, fromDimensions: from?.dimensions ?? null, toDimensions: to.dimensions, tenants, total,
    sampled: passages.sampled + media.sampled, cut: longerOf(passages, total.passages), remarks: remarks(from, to, passages, total.passages),
  };
}

const NOTHING: Measured = { sampled: 0, seconds: null, vectorsEach: 1 };
const NO_PASSAGES: MeasuredPassages = { ...NOTHING, counted: 0, longer: 0 };
const longerOf = ({ longer, counted }: MeasuredPassages, passages: number) => (counted === 0 ? 0 : Math.round((passages * longer) / counted));

function costsOf(row: { objects: number; passages: number; media: number }, tenantId: string | null, { dimensions }: EmbeddingModel, passages: Measured, media: Measured): ModelChangeCosts {
  const vectors = row.passages + Math.round(row.media * media.vectorsEach);
  const isMeasured = (row.passages === 0 || passages.seconds !== null) && (row.media === 0 || media.seconds !== null);
  const seconds = isMeasured ? row.passages * (passages.seconds ?? 0) + row.media * (media.seconds ?? 0) : null;
  return { tenantId, objects: row.objects, passages: row.passages, vectors, bytes: vectors * dimensions * BYTES_A_DIMENSION, seconds };
}

async function measurePassages({ database, embedder }: Dependencies, to: EmbeddingModel, signal: AbortSignal): Promise<MeasuredPassages> {
  const counted = (await database.modelChanges.samplePassages(COUNTED_PASSAGES)).map(embeddedText);
  if (counted.length === 0) return NO_PASSAGES;
  const options = { priority: 'ingest', signal } as const;
  const texts = spread(counted, SAMPLE_PASSAGES);
  // Loading the model is no part of what each passage takes.
  await embedder.embedTexts(to.name, [texts[0]!], options);
  const began = performance.now();
  await embedWhole(embedder, to.name, texts, options);
  const seconds = (performance.now() - began) / 1_000 / texts.length;
  return { sampled: texts.length, seconds, vectorsEach: 1, counted: counted.length, longer: await countLonger(embedder, to.name, counted, options) };
}

async function measureMedia({ database, embedder, objectStore }: Dependencies, { media }: FillSpec, to: EmbeddingModel, signal: AbortSignal): Promise<Measured> {
  const places = await database.modelChanges.sampleMedia(media, SAMPLE_MEDIA);
  let [vectors, milliseconds, sampled] = [0, 0, 0];
  for (const { tenantId, objectId } of places) {
    const [object] = await database.objects.findByIds(tenantId, [objectId]);
    if (object === undefined) continue;
    const file = await objectStore.localFile(object.storageKey, signal);
    try {
      const began = performance.now();
      // One that cannot be decoded costs its time, and has no vectors.
      vectors += await embedder.embedMedia(to.name, { path: file.path, type: object.type, mimeType: object.mimeType }, { priority: 'ingest', signal }).then(({ length }) => length, () => 0);
      milliseconds += performance.now() - began;
      sampled += 1;
    } finally {
      await file.release();
    }
  }
  return sampled === 0 ? NOTHING : { sampled, seconds: milliseconds / 1_000 / sampled, vectorsEach: vectors / sampled };
}

function remarks(from: EmbeddingModel | null, to: EmbeddingModel, passages: MeasuredPassages, all: number): string[] {
  const { longer, counted } = passages;
  return [
    ...(from !== null && from.dimensions !== to.dimensions ? [`Vectors have ${to.dimensions} numbers instead of ${from.dimensions}: clients that search by "vector" of their own have to use "${to.name}" from the cut-over on.`] : []),
    ...(from !== null && from.readsWords && !to.readsWords ? [`"${to.name}" does not read words: queries in words will not find by it.`] : []),
    ...(longer > 0
      ? [`Of ${counted} passages looked at, ${longer} (${share(longer, counted)}) are longer than "${to.name}" reads at once, ${longerOf(passages, all)} of all. It reads them in parts, and the mean of these stands for each; what is taken in from the cut-over on is cut to fit.`]
      : []),
    ...(from === null ? [`"${to.name}" comes beside the models in use; nothing is left for it.`] : ['Until the clean-up the vectors of both models are kept, and new objects are embedded with both.']),
  ];
}

/** Never 0 % of some. */
const share = (some: number, all: number) => `${some * 100 < all ? 'less than 1' : Math.round((some * 100) / all)} %`;
