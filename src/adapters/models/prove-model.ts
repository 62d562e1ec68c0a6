import { isUnavailable } from '../../domain/errors.js';
import { vectorsOf } from './answered-vectors.js';
import { mediaFormOf } from './media-models.js';
import { cannotRun, type ModelFolder } from './model-folder.js';
import { ModelWorkers } from './model-workers.js';

/** Two that go into one run, and one as long as most models read, which takes every position that they have. */
const TEXTS = ['a heron', 'an owl', 'owl '.repeat(510)];
const PAIRS = TEXTS.map((text) => ['what is it', text] as const);
/** Of what a model says against its run: behind that come lines for those who made the runtime. */
const MOST_CHARACTERS_SAID = 300;

/**
 * Runs a model once, each of its towers, on what the program would give it: what its files cannot tell. It takes a session of its own, in
 * a thread of its own, which are gone afterwards.
 * @throws NOT_CONFIGURED with one sentence where it does not run, or answers something else than its files say
 */
export async function proveModel(model: ModelFolder, signal: AbortSignal): Promise<void> {
  const workers = new ModelWorkers(1);
  try {
    await runEachTower(model, workers, signal);
  } catch (error) {
    throw signal.aborted || !isUnavailable(error) ? error : cannotRun(model.name, `its files fit together, and a run of it fails (${saidBy(error.cause)}).`);
  } finally {
    await workers.close();
  }
}

async function runEachTower(model: ModelFolder, workers: ModelWorkers, signal: AbortSignal): Promise<void> {
  const { kind, files } = model;
  const options = { urgent: true, cost: 0, signal };
  // Their number and that they are numbers is looked at where they are made.
  if (kind === 'onnx-cross-encoder') return void (await workers.run({ op: 'score', model: files, pairs: PAIRS }, options));
  if (kind !== 'onnx-wav2vec2') vectorsOf(model, await workers.run({ op: 'embed', model: files, texts: TEXTS }, options), TEXTS.length);
  for (const shape of mediaShapesOf(model)) {
    const values = shape.reduce((product, length) => product * length);
    vectorsOf(model, await workers.run({ op: 'tensor', model: files, data: unevenly(values), shape }, options), shape[0]!);
  }
}

/** Two pictures in one run; the shortest sound that there is, and one of a second. */
function mediaShapesOf({ files }: ModelFolder): number[][] {
  const form = mediaFormOf(files);
  if (form?.as === 'pixels') return [[2, 3, form.spec.crop, form.spec.crop]];
  if (form?.as === 'waves') return [form.spec.leastSamples, form.spec.rate].map((samples) => [1, samples]);
  return [];
}

/** Values of about the size of those that pictures and sounds become, and no two neighbours alike. */
const unevenly = (length: number): Float32Array => Float32Array.from({ length }, (_, at) => Math.sin(at));

const saidBy = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]!.slice(0, MOST_CHARACTERS_SAID);
