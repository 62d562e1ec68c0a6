import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { LoadedModel } from './loaded-model.js';
import { ModelTokenizer, readModelJson } from './model-tokenizer.js';
import type { ModelFiles, ModelPart } from './model.messages.js';
import { quantisesDynamically } from './quantisation.js';
import { openSession, outputOf, tokenFeeds } from './session.js';
import { tokenLimit } from './token-limit.js';
import { concatenated, normalize } from './vector-rows.js';

const TEXT_WEIGHTS = 'onnx/text_model.onnx';
/** CLIP's text tower has as many positions; its config.json and tokenizer_config.json mostly say so, too. */
const MOST_TOKENS = 77;

interface VisionTower {
  session: InferenceSession;
  /** A picture's vector is the same whatever other pictures run with it. */
  rowsIndependent: boolean;
}

/**
 * CLIP's two towers (Radford et al., Learning Transferable Visual Models From Natural Language Supervision, 2021): pictures and
 * words in one space. Each tower is loaded when it is first needed, so one who never asks in words pays for one.
 * The folder holds config.json, tokenizer.json and tokenizer_config.json beside the weights.
 */
export class ClipModel implements LoadedModel {
  private vision: Promise<VisionTower> | undefined;
  private text: Promise<InferenceSession> | undefined;

  private constructor(
    private readonly files: ModelFiles,
    private readonly tokenizer: ModelTokenizer,
    /** Of the words. */
    readonly rowsIndependent: boolean,
  ) {}

  static async load(files: ModelFiles): Promise<ClipModel> {
    const { text_config: config } = (await readModelJson(files.folder, 'config.json')) as { text_config?: Record<string, unknown> };
    const limit = (tokenizerConfig: Record<string, unknown>) => Math.min(tokenLimit({ tokenizer: tokenizerConfig, config: config ?? {} }) ?? MOST_TOKENS, MOST_TOKENS);
    const tokenizer = await ModelTokenizer.load(files.folder, limit);
    const words = join(files.folder, files.textWeights ?? TEXT_WEIGHTS);
    // Without words' weights it still reads pictures.
    const dependent = existsSync(words) && (await quantisesDynamically(words));
    return new ClipModel(files, tokenizer, !dependent);
  }

  async ready(part?: ModelPart): Promise<void> {
    if (part !== 'media') await this.textTower();
    if (part !== 'texts') await this.visionTower();
  }

  encode(text: string): number[] {
    return this.tokenizer.encode(text);
  }

  async run(batch: readonly (readonly number[])[]): Promise<Float32Array> {
    const session = await this.textTower();
    const feeds = tokenFeeds(session, batch.map((ids) => ({ ids })));
    return normalizedRows(outputOf(session, await session.run(feeds), 'text_embeds'));
  }

  /**
   * Together, or one after another where they depend on each other.
   *
   * @param data pixels of shape [n, 3, height, width], pre-processed as preprocessor_config.json says
   */
  async runTensor(data: Float32Array, [rows, ...picture]: readonly number[]): Promise<Float32Array> {
    const { session, rowsIndependent } = await this.visionTower();
    const rowsARun = rowsIndependent ? rows! : 1;
    const values = data.length / rows!;
    const vectors: Float32Array[] = [];
    for (let row = 0; row < rows!; row += rowsARun) {
      const input = new Tensor('float32', data.subarray(row * values, (row + rowsARun) * values), [rowsARun, ...picture]);
      vectors.push(normalizedRows(outputOf(session, await session.run({ [session.inputNames[0]!]: input }), 'image_embeds')));
    }
    return concatenated(vectors);
  }

  async dispose(): Promise<void> {
    for (const session of await Promise.all([this.vision?.then((tower) => tower.session), this.text])) await session?.release();
  }

  private visionTower(): Promise<VisionTower> {
    return (this.vision ??= openVision(this.files).catch((error: unknown) => {
      this.vision = undefined;
      throw error;
    }));
  }

  private textTower(): Promise<InferenceSession> {
    return (this.text ??= openSession(this.files.folder, this.files.textWeights ?? TEXT_WEIGHTS).catch((error: unknown) => {
      this.text = undefined;
      throw error;
    }));
  }
}

async function openVision({ folder, weights }: ModelFiles): Promise<VisionTower> {
  const dependent = await quantisesDynamically(join(folder, weights));
  return { session: await openSession(folder, weights), rowsIndependent: !dependent };
}

function normalizedRows(output: Tensor): Float32Array {
  const vectors = Float32Array.from(output.data as Float32Array);
  const dimensions = output.dims.at(-1)!;
  for (let at = 0; at < vectors.length; at += dimensions) normalize(vectors.subarray(at, at + dimensions));
  return vectors;
}
