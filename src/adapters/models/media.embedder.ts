import { notConfigured } from '../../domain/errors.js';
import type { Embedder, EmbeddingModel, EmbedMediaOptions, EmbedOptions, MediaSource, MediaVector, TextSpan } from '../../ports/embedder.port.js';
import type { MediaForm, MediaTensor, MediaTensors } from '../../ports/media-tensors.port.js';
import { vectorsOf } from './answered-vectors.js';
import type { MediaModel } from './media-models.js';
import { urgencyOf, type ModelWorkers } from './model-workers.js';
import type { ModelFiles } from './model.messages.js';
import { TensorBatches, type BatchRules } from './tensor-batches.js';

/** Pictures a run: eight cost a fifth less than one by one (ViT-B/32, one thread). */
const MOST_PICTURES = 8;
/** Values of a picture that become one of CLIP's tokens: a patch of 32 × 32 in three colours. */
const VALUES_A_PATCH = 32 * 32 * 3;
/** Samples that become one of wav2vec 2.0's frames. */
const SAMPLES_A_FRAME = 320;

/** A media model with the queue before it; null where its tensors are its vectors. */
type Ready = MediaModel & { batches: TensorBatches | null };

/** Embeds pictures, films' frames and sounds: with CLIP and wav2vec 2.0 through onnxruntime, in worker threads, and by descriptors. */
export class MediaEmbedder implements Embedder {
  private readonly ofName: ReadonlyMap<string, Ready>;

  /** @param workers and @param tensors are shared with others and not closed here */
  constructor(
    models: readonly MediaModel[],
    private readonly workers: ModelWorkers,
    private readonly tensors: MediaTensors,
  ) {
    this.ofName = new Map(models.map((model) => [model.model.name, { ...model, batches: batchesOf(model, workers) }]));
  }

  models(): readonly EmbeddingModel[] {
    return [...this.ofName.values()].map(({ model }) => model);
  }

  /** A picture gives one vector, a film one a scene, a sound or a film's sound one a window; a film none where ffmpeg is missing. */
  async embedMedia(name: string, source: MediaSource, options?: EmbedMediaOptions): Promise<MediaVector[]> {
    return (await this.embedMediaForAll([name], source, options))[0]!;
  }

  async embedMediaForAll(names: readonly string[], source: MediaSource, options: EmbedMediaOptions = {}): Promise<MediaVector[][]> {
    const asked = names.map((name) => this.require(name));
    const fitting = asked.filter(({ model }) => model.modalities.includes(source.type));
    const found = fitting.length === 0 ? [] : await this.decodeFor(fitting, source, options);
    return asked.map((model) => found[fitting.indexOf(model)] ?? []);
  }

  async embedTexts(name: string, texts: readonly string[], { priority, signal }: EmbedOptions = {}): Promise<Float32Array[]> {
    const { model, files } = this.require(name);
    if (!model.readsWords || files === null) throw notConfigured(`Embedding words with "${name}"`, 'embedding.models');
    const urgency = urgencyOf(priority);
    return Promise.all(
      texts.map(async (text) => {
        const answer = await this.workers.run({ op: 'embed', model: files, texts: [text] }, { ...urgency, cost: 3 + Math.min(74, text.length / 4), signal });
        return vectorsOf(model, answer, 1)[0]!;
      }),
    );
  }

  splitPassages(name: string): Promise<TextSpan[][]> {
    return Promise.reject(notConfigured(`Cutting passages with "${name}"`, 'embedding.models'));
  }

  async close(): Promise<void> {
    // The threads and the processes belong to whoever made them.
  }

  /** Each model's vectors, by time, the whole first. What is decoded goes on to the models while the rest of it is decoded. */
  private async decodeFor(models: readonly Ready[], source: MediaSource, options: EmbedMediaOptions): Promise<MediaVector[][]> {
    const { urgent } = urgencyOf(options.priority);
    await Promise.all(models.map(({ batches }) => batches?.room(urgent)));
    const failed = new AbortController();
    const signal = options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal]);
    const vectors = models.map((): Promise<MediaVector>[] => []);
    const embed = ({ form, values, startSeconds }: MediaTensor) => {
      const { batches } = models[form]!;
      const vector = (batches === null ? Promise.resolve(values) : batches.embed(values, { ...options, signal })).then((made) => ({ vector: made, startSeconds }));
      // Whoever waits below hears of it; until then nothing more is decoded for it.
      vector.catch((error: unknown) => failed.abort(error));
      vectors[form]!.push(vector);
    };
    try {
      await this.tensors.prepare(source, models.map(({ form }) => form), embed, { priority: urgent ? 'query' : 'ingest', moments: options.moments, signal });
    } catch (error) {
      failed.abort(error);
      throw error;
    }
    return Promise.all(vectors.map(async (own) => (await Promise.all(own)).sort((a, b) => (a.startSeconds ?? -1) - (b.startSeconds ?? -1))));
  }

  private require(name: string): Ready {
    const found = this.ofName.get(name);
    if (found === undefined) throw notConfigured(`The embedding model "${name}"`, 'embedding.models');
    return found;
  }
}

function batchesOf({ model, files, form }: MediaModel, workers: ModelWorkers): TensorBatches | null {
  return files === null ? null : new TensorBatches(workers, files, model.dimensions, { ...rulesOf(form, files), runs: workers.threads + 1 });
}

function rulesOf(form: MediaForm, { name }: ModelFiles): Omit<BatchRules, 'runs'> {
  if (form.as === 'pixels') {
    const { crop } = form.spec;
    return { most: MOST_PICTURES, costOf: (values) => values / VALUES_A_PATCH, shapeOf: (rows) => [rows, 3, crop, crop] };
  }
  if (form.as === 'waves') return { most: 1, costOf: (values) => values / SAMPLES_A_FRAME, shapeOf: (rows, values) => [rows, values] };
  throw new RangeError(`${name} is run by onnxruntime and has the form of a descriptor.`);
}
