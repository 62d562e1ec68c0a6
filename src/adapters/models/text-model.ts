import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { InferenceSession, Tensor } from 'onnxruntime-node';

export interface TextModelFiles {
  /**
   * Holds tokenizer.json, tokenizer_config.json, sentence_bert_config.json, modules.json and the pooling module's
   * config.
   */
  folder: string;
  /** The weights, relative to the folder. */
  weights: string;
}

/**
 * As the product runs its sessions: many of one thread each rather than one of many threads. Measured on two cores with
 * MiniLM and texts of 64 tokens, one a run: two sessions 220 texts/s, one session of two threads 145 (200 in batches of
 * 16); a short query takes 2 ms either way. And no threads spin while they wait for each other.
 */
export const sessionOptions = (threads: number): InferenceSession.SessionOptions => ({
  intraOpNumThreads: threads,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
});

/**
 * Longer texts than this many characters a token are cut before they are tokenised: what is behind that is not read
 * anyway.
 */
const CHARACTERS_A_TOKEN = 100;
const COUNTED_PIECES = 200_000;

/**
 * A sentence-transformers model: tokenizer, transformer, mean over the tokens, L2 normalisation (Reimers and Gurevych,
 * Sentence-BERT, 2019). `run` blocks the thread that calls it, so this lives in worker threads.
 */
export class TextModel {
  private readonly counts = new Map<string, number>();
  private readonly specials: number;

  private constructor(
    private readonly tokenizer: Tokenizer,
    private readonly session: InferenceSession,
    /** Tokens that the model reads of a text, its start and end tokens included. */
    readonly maxTokens: number,
    readonly dimensions: number,
  ) {
    this.specials = tokenizer.encode('').ids.length;
  }

  static async load({ folder, weights }: TextModelFiles, threads = 1): Promise<TextModel> {
    const json = async (name: string) =>
      JSON.parse(await readFile(join(folder, name), 'utf8')) as Record<string, unknown>;
    const [tokenizer, tokenizerConfig, sentence, pooling] = await Promise.all([
      json('tokenizer.json'),
      json('tokenizer_config.json'),
      json('sentence_bert_config.json'),
      poolingOf(folder, json),
    ]);
    const session = await InferenceSession.create(join(folder, weights), sessionOptions(threads));
    return new TextModel(
      new Tokenizer(tokenizer, tokenizerConfig),
      session,
      Number(sentence['max_seq_length']),
      pooling.dimensions,
    );
  }

  /** Tokens of a text that passages may have, the start and end tokens not counted. */
  get passageLimit(): number {
    return this.maxTokens - this.specials;
  }

  /** Tokens of a piece of text without start and end tokens. Texts repeat their words, so counts are kept. */
  countTokens = (piece: string): number => {
    const known = this.counts.get(piece);
    if (known !== undefined) return known;
    if (this.counts.size >= COUNTED_PIECES) this.counts.clear();
    const count: number = this.tokenizer.tokenize(piece).length;
    this.counts.set(piece, count);
    return count;
  };

  /** Token ids with start and end tokens, cut to what the model reads. */
  encode(text: string): number[] {
    const { ids } = this.tokenizer.encode(text.slice(0, this.maxTokens * CHARACTERS_A_TOKEN));
    return ids.length <= this.maxTokens ? ids : [...ids.slice(0, this.maxTokens - 1), ids.at(-1)!];
  }

  /**
   * Embeds texts together, padded to the longest. With weights that are quantised dynamically, a text's vector depends
   * a little on its neighbours: activations share one scale a run (cosine 0.99 to the vector of the text alone).
   *
   * @returns L2-normalised vectors one after another
   */
  async run(batch: readonly (readonly number[])[]): Promise<Float32Array> {
    const width = Math.max(...batch.map((ids) => ids.length));
    const ids = new BigInt64Array(batch.length * width);
    const mask = new BigInt64Array(batch.length * width);
    batch.forEach((text, row) => {
      text.forEach((id, column) => {
        ids[row * width + column] = BigInt(id);
        mask[row * width + column] = 1n;
      });
    });
    const shape = [batch.length, width];
    const feeds: Record<string, Tensor> = {
      input_ids: new Tensor('int64', ids, shape),
      attention_mask: new Tensor('int64', mask, shape),
    };
    if (this.session.inputNames.includes('token_type_ids'))
      feeds['token_type_ids'] = new Tensor('int64', new BigInt64Array(ids.length), shape);

    const outputs = await this.session.run(feeds);
    const states = (outputs['last_hidden_state'] ?? outputs[this.session.outputNames[0]!]!).data as Float32Array;
    const vectors = new Float32Array(batch.length * this.dimensions);
    batch.forEach((text, row) => {
      poolAndNormalize(
        states,
        row * width * this.dimensions,
        text.length,
        vectors.subarray(row * this.dimensions, (row + 1) * this.dimensions),
      );
    });
    return vectors;
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}

/** Mean over a row's tokens (padding lies behind them), then length 1. */
function poolAndNormalize(states: Float32Array, offset: number, tokens: number, vector: Float32Array): void {
  const dimensions = vector.length;
  for (let token = 0, at = offset; token < tokens; token++) {
    for (let d = 0; d < dimensions; d++) vector[d]! += states[at++]!;
  }
  // The mean's divisor falls out of the normalisation.
  let squares = 0;
  for (let d = 0; d < dimensions; d++) squares += vector[d]! * vector[d]!;
  const length = Math.sqrt(squares) || 1;
  for (let d = 0; d < dimensions; d++) vector[d]! /= length;
}

/** Reads modules.json and refuses a pooling other than the mean: its vectors would be wrong without a sign of it. */
async function poolingOf(
  folder: string,
  json: (name: string) => Promise<Record<string, unknown>>,
): Promise<{ dimensions: number }> {
  const modules = (await json('modules.json')) as unknown as { type: string; path: string }[];
  const pooling = modules.find((module) => module.type.endsWith('.Pooling'));
  if (!pooling) throw new Error(`${folder}: modules.json names no pooling module.`);
  const config = await json(`${pooling.path}/config.json`);
  const modes = Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true);
  if (modes.join() !== 'pooling_mode_mean_tokens') {
    throw new Error(`${folder}: pooling is ${modes.join(', ') || 'not set'}; only pooling_mode_mean_tokens is known.`);
  }
  return { dimensions: Number(config['word_embedding_dimension']) };
}
