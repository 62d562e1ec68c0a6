import { availableParallelism } from 'node:os';
import { badInput, notConfigured } from '../../domain/errors.js';
import type {
  Embedder,
  EmbeddingModel,
  EmbedOptions,
  MediaSource,
  MediaVector,
  TextSpan,
} from '../../ports/embedder.port.js';
import type { SpawnWorker } from './model-workers.js';
import { ModelWorkers } from './model-workers.js';
import type { TextModelFiles } from './text-model.js';
import { BUNDLED_MODELS, describeModel, findModel, MODEL_ROWS } from './registry.js';

export interface OnnxTextEmbedderOptions {
  /** Worker threads, one session of one thread in each. By default as many as there are cores, four at most. */
  threads?: number;
  /** Folders in which to look for models, each holding one folder a model; the bundled ones by default. */
  roots?: readonly string[];
  spawn?: SpawnWorker;
}

/** Tokens' work in one message to a worker, by the estimates below; a worker looks up between its texts anyway. */
const TASK_COST = 512;
/** English has four characters a token; at worst this spreads the work unevenly. */
const CHARACTERS_A_TOKEN = 4;
/** Splitting a text into passages costs about as much as embedding one in a hundred of its tokens. */
const SPLIT_CHARACTERS_A_TOKEN = 400;
const MOST_TOKENS_A_TEXT = 256;

/** Embeds words with sentence-transformers models through onnxruntime, in worker threads. */
export class OnnxTextEmbedder implements Embedder {
  private readonly files = new Map<string, TextModelFiles>();
  private readonly known: EmbeddingModel[];
  private readonly workers: ModelWorkers;

  constructor({
    threads = Math.min(availableParallelism(), 4),
    roots = [BUNDLED_MODELS],
    spawn,
  }: OnnxTextEmbedderOptions = {}) {
    this.known = MODEL_ROWS.filter(({ kind }) => kind === 'onnx-text').map((row) => {
      const files = findModel(row, roots);
      if (files) this.files.set(row.name, files);
      return describeModel(row, files !== null);
    });
    this.workers = new ModelWorkers(threads, Object.fromEntries(this.files), spawn);
  }

  models(): readonly EmbeddingModel[] {
    return this.known;
  }

  /**
   * Starts the threads and loads the active models, one thread after another. Nobody need wait for it; it rejects
   * where loading fails or `close` comes first.
   */
  async warm(): Promise<void> {
    await this.workers.warm(this.known.filter(({ active }) => active).map(({ name }) => name));
  }

  async embedTexts(model: string, texts: readonly string[], options: EmbedOptions = {}): Promise<Float32Array[]> {
    const { dimensions } = this.require(model);
    const cost = (text: string) => Math.min(MOST_TOKENS_A_TEXT, 3 + text.length / CHARACTERS_A_TOKEN);
    const vectors = new Array<Float32Array>(texts.length);
    await this.inTasks(texts, cost, options, async (group, run) => {
      const result = await this.workers.run({ op: 'embed', model, texts: group.map((i) => texts[i]!) }, run);
      group.forEach((i, row) => (vectors[i] = result.slice(row * dimensions, (row + 1) * dimensions)));
    });
    return vectors;
  }

  async splitPassages(
    model: string,
    texts: readonly { text: string; breaks?: readonly number[] }[],
    options: { target?: number; overlap?: number } & EmbedOptions = {},
  ): Promise<TextSpan[][]> {
    this.require(model);
    const { target, overlap } = options;
    const cost = ({ text }: { text: string }) => 1 + text.length / SPLIT_CHARACTERS_A_TOKEN;
    const spans = new Array<TextSpan[]>(texts.length);
    await this.inTasks(texts, cost, options, async (group, run) => {
      const request = { op: 'split' as const, model, texts: group.map((i) => texts[i]!), target, overlap };
      const results = await this.workers.run(request, run);
      group.forEach((i, row) => (spans[i] = spansOf(results[row]!)));
    });
    return spans;
  }

  async embedMedia(model: string, source: MediaSource): Promise<MediaVector[]> {
    this.require(model);
    throw badInput(
      `The model "${model}" embeds words; an object of type ${source.type} needs a model that lists that type.`,
    );
  }

  close(): Promise<void> {
    return this.workers.close();
  }

  private require(name: string): EmbeddingModel {
    const model = this.known.find((known) => known.name === name);
    if (!model?.available) throw notConfigured(`The embedding model "${name}"`, model?.setting ?? 'embedding.models');
    return model;
  }

  /**
   * Spreads items over tasks of limited size, the costly ones first, so that the workers finish together. One failure
   * ends the whole call.
   */
  private async inTasks<Item>(
    items: readonly Item[],
    costOf: (item: Item) => number,
    { priority, signal }: EmbedOptions,
    work: (group: number[], run: { urgent: boolean; cost: number; signal: AbortSignal }) => Promise<void>,
  ): Promise<void> {
    const failed = new AbortController();
    const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
    const urgent = priority === 'query';
    const groups = group(items.map(costOf), TASK_COST);
    try {
      await Promise.all(groups.map(({ indices, cost }) => work(indices, { urgent, cost, signal: either })));
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  }
}

/** Indices in groups of at most `limit` together (a costlier one stands alone), by falling cost. */
function group(costs: readonly number[], limit: number): { indices: number[]; cost: number }[] {
  const order = costs.map((_, i) => i).sort((a, b) => costs[b]! - costs[a]!);
  const groups: { indices: number[]; cost: number }[] = [];
  for (const i of order) {
    const last = groups.at(-1);
    if (last && last.cost + costs[i]! <= limit) {
      last.indices.push(i);
      last.cost += costs[i]!;
    } else groups.push({ indices: [i], cost: costs[i]! });
  }
  return groups;
}

function spansOf(flat: Uint32Array): TextSpan[] {
  const spans: TextSpan[] = [];
  for (let i = 0; i < flat.length; i += 3) spans.push({ start: flat[i]!, end: flat[i + 1]!, tokens: flat[i + 2]! });
  return spans;
}
