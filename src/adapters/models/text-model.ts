import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { LoadedModel } from './loaded-model.js';
import { ModelTokenizer, readModelJson } from './model-tokenizer.js';
import { TOKEN_OUTPUTS } from './model-layout.js';
import type { ModelFiles } from './model.messages.js';
import { quantisesDynamically } from './quantisation.js';
import { openSession, outputOf, tokenFeeds } from './session.js';
import { textTokenLimit } from './token-limit.js';
import { meanOfRows, UnusableAnswer } from './vector-rows.js';

/**
 * The folder holds config.json, tokenizer.json, tokenizer_config.json, sentence_bert_config.json, modules.json and the pooling
 * module's config.json.
 */
export type TextModelFiles = Pick<ModelFiles, 'folder' | 'weights'>;

const COUNTED_PIECES = 200_000;

/**
 * A sentence-transformers model: tokenizer, transformer, mean over the tokens, L2 normalisation (Reimers and Gurevych,
 * Sentence-BERT, 2019). `run` blocks the thread that calls it, so this lives in worker threads.
 */
export class TextModel implements LoadedModel {
  private readonly counts = new Map<string, number>();

  private constructor(
    private readonly tokenizer: ModelTokenizer,
    private readonly session: InferenceSession,
    readonly dimensions: number,
    readonly rowsIndependent: boolean,
  ) {}

  static async load({ folder, weights }: TextModelFiles, threads = 1): Promise<TextModel> {
    const [config, sentence, dimensions] = await Promise.all([
      readModelJson(folder, 'config.json'),
      readModelJson(folder, 'sentence_bert_config.json'),
      pooledDimensions(folder),
    ]);
    const limit = (tokenizer: Record<string, unknown>) => textTokenLimit({ sentence, tokenizer, config }, (what) => new Error(`${folder}: ${what}`));
    const tokenizer = await ModelTokenizer.load(folder, limit);
    const independent = !(await quantisesDynamically(join(folder, weights)));
    return new TextModel(tokenizer, await openSession(folder, weights, threads), dimensions, independent);
  }

  /** Tokens that the model reads of a text, its start and end tokens included. */
  get maxTokens(): number {
    return this.tokenizer.maxTokens;
  }

  /** Tokens of a text that passages may have, the start and end tokens not counted. */
  get passageLimit(): number {
    return this.tokenizer.maxTokens - this.tokenizer.specials;
  }

  /** Tokens of a piece of text without start and end tokens. Texts repeat their words, so counts are kept. */
  countTokens = (piece: string): number => {
    const known = this.counts.get(piece);
    if (known !== undefined) return known;
    if (this.counts.size >= COUNTED_PIECES) this.counts.clear();
    const count = this.tokenizer.count(piece);
    this.counts.set(piece, count);
    return count;
  };

  /** Token ids with start and end tokens, cut to what the model reads. */
  encode(text: string): number[] {
    return this.tokenizer.encode(text);
  }

  /**
   * Embeds texts together, padded to the longest. Where rows are not independent, a text's vector depends a little on its
   * neighbours: activations share one scale a run (cosine 0.99 to the vector of the text alone).
   *
   * @returns L2-normalised vectors one after another
   */
  async run(batch: readonly (readonly number[])[]): Promise<Float32Array> {
    const { session, dimensions } = this;
    const feeds = tokenFeeds(
      session,
      batch.map((ids) => ({ ids })),
    );
    const states = outputOf(session, await session.run(feeds), ...TOKEN_OUTPUTS);
    const [, width, found] = states.dims;
    if (found !== dimensions)
      throw new UnusableAnswer(`answered vectors of ${found} dimensions where its pooling's config.json says ${dimensions}`);
    const vectors = new Float32Array(batch.length * dimensions);
    batch.forEach((text, row) => {
      const vector = vectors.subarray(row * dimensions, (row + 1) * dimensions);
      meanOfRows(states.data as Float32Array, row * width! * dimensions, text.length, vector);
    });
    return vectors;
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}

/** Reads modules.json and refuses a pooling other than the mean: its vectors would be wrong without a sign of it. */
async function pooledDimensions(folder: string): Promise<number> {
  const modules = (await readModelJson(folder, 'modules.json')) as unknown as { type: string; path: string }[];
  const pooling = modules.find((module) => module.type.endsWith('.Pooling'));
  if (!pooling) throw new Error(`${folder}: modules.json names no pooling module.`);
  const config = await readModelJson(folder, `${pooling.path}/config.json`);
  const modes = Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true);
  if (modes.join() !== 'pooling_mode_mean_tokens') {
    throw new Error(`${folder}: pooling is ${modes.join(', ') || 'not set'}; only pooling_mode_mean_tokens is known.`);
  }
  return Number(config['word_embedding_dimension']);
}
