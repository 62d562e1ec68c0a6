import { badInput, notConfigured } from '../../domain/errors.js';
import type {
  Embedder,
  EmbeddingModel,
  EmbedOptions,
  MediaSource,
  MediaVector,
  TextSpan,
  TextToSplit,
} from '../../ports/embedder.port.js';
import { vectorsOf } from './answered-vectors.js';
import type { RunOptions, SpawnWorker } from './model-workers.js';
import { ModelWorkers, urgencyOf } from './model-workers.js';
import type { ModelFiles } from './model.messages.js';
import { BUNDLED_MODELS, describeModel, findModel, MODEL_ROWS } from './registry.js';

export interface OnnxTextEmbedderOptions {
  /** Worker threads for bulk work, one session of one thread in each; see ModelWorkers. */
  threads?: number;
  /** The models of texts that are here; left out, the registry's are looked for in `roots`. */
  models?: readonly { model: EmbeddingModel; files: ModelFiles | null }[];
  /** Folders in which to look for the registry's models, each holding one folder a model; the bundled ones by default. */
  roots?: readonly string[];
  /** Threads that other models share with these; left out, it has its own, and ends them when it is closed. */
  workers?: ModelWorkers;
  spawn?: SpawnWorker;
}

/** Tokens' work in one message to a worker, by the estimates below; a worker looks up between its texts anyway. */
const TASK_COST = 256;
/** English has four characters a token; at worst this spreads the work unevenly. */
const CHARACTERS_A_TOKEN = 4;
/** Splitting a text into passages costs about as much as embedding one in a hundred of its tokens. */
const SPLIT_CHARACTERS_A_TOKEN = 400;
const MOST_TOKENS_A_TEXT = 256;
/** No model here reads as far; what lies behind need not go to the worker. */
const MOST_CHARACTERS_READ = 100_000;

/** Embeds words with sentence-transformers models through onnxruntime, in worker threads. */
export class OnnxTextEmbedder implements Embedder {
  private readonly files = new Map<string, ModelFiles>();
  private readonly known: readonly EmbeddingModel[];
  private readonly workers: ModelWorkers;
  private readonly ownsWorkers: boolean;

  constructor({
    threads,
    roots = [BUNDLED_MODELS],
    models = ofRegistry(roots),
    workers,
    spawn,
  }: OnnxTextEmbedderOptions = {}) {
    this.known = models.map(({ model }) => model);
    for (const { model, files } of models) if (files !== null) this.files.set(model.name, files);
    this.workers = workers ?? new ModelWorkers(threads, { ...(spawn && { spawn }) });
    this.ownsWorkers = workers === undefined;
  }

  models(): readonly EmbeddingModel[] {
    return this.known;
  }

  /**
   * Starts the threads and loads the active models, one thread after another. Nobody need wait for it; it rejects
   * where loading fails or `close` comes first.
   */
  async warm(): Promise<void> {
    const active = this.known.filter((model) => model.active).map(({ name }) => this.files.get(name)!);
    await this.workers.warm(active);
  }

  async embedTexts(model: string, texts: readonly string[], options: EmbedOptions = {}): Promise<Float32Array[]> {
    const { dimensions, files } = this.require(model);
    const cost = (text: string) => Math.min(MOST_TOKENS_A_TEXT, 3 + text.length / CHARACTERS_A_TOKEN);
    const vectors = new Array<Float32Array>(texts.length);
    await this.inTasks(texts, cost, options, async (group, run) => {
      const read = group.map((i) => texts[i]!.slice(0, MOST_CHARACTERS_READ));
      const answer = await this.workers.run({ op: 'embed', model: files, texts: read }, run);
      const made = vectorsOf({ name: model, dimensions }, answer, group.length);
      group.forEach((i, row) => (vectors[i] = made[row]!));
    });
    return vectors;
  }

  async splitPassages(
    model: string,
    texts: readonly TextToSplit[],
    options: { target?: number; overlap?: number } & EmbedOptions = {},
  ): Promise<TextSpan[][]> {
    const { files } = this.require(model);
    const { target, overlap } = options;
    const cost = ({ text }: { text: string }) => 1 + text.length / SPLIT_CHARACTERS_A_TOKEN;
    const spans = new Array<TextSpan[]>(texts.length);
    await this.inTasks(texts, cost, options, async (group, run) => {
      const request = { op: 'split' as const, model: files, texts: group.map((i) => texts[i]!), target, overlap };
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

  embedMediaForAll(models: readonly string[], source: MediaSource): Promise<MediaVector[][]> {
    return Promise.all(models.map((model) => this.embedMedia(model, source)));
  }

  async close(): Promise<void> {
    if (this.ownsWorkers) await this.workers.close();
  }

  private require(name: string): { dimensions: number; files: ModelFiles } {
    const model = this.known.find((known) => known.name === name);
    const files = this.files.get(name);
    if (!model || !files) throw notConfigured(`The embedding model "${name}"`, model?.setting ?? 'embedding.models');
    return { dimensions: model.dimensions, files };
  }

  /**
   * Spreads items over tasks of limited size, the costly ones first, so that the workers finish together. One failure
   * ends the whole call.
   */
  private async inTasks<Item>(
    items: readonly Item[],
    costOf: (item: Item) => number,
    { priority, signal }: EmbedOptions,
    work: (group: number[], run: RunOptions) => Promise<void>,
  ): Promise<void> {
    const failed = new AbortController();
    const either = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
    const urgency = urgencyOf(priority);
    const groups = group(items.map(costOf), TASK_COST);
    try {
      await Promise.all(groups.map(({ indices, cost }) => work(indices, { ...urgency, cost, caller: failed, signal: either })));
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

function ofRegistry(roots: readonly string[]): { model: EmbeddingModel; files: ModelFiles | null }[] {
  return MODEL_ROWS.filter(({ kind }) => kind === 'onnx-text').map((row) => {
    const found = findModel(row, roots);
    return { model: describeModel(row, found !== null), files: found && { name: row.name, kind: row.kind, ...found } };
  });
}
