import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { LoadedModel } from './loaded-model.js';
import { ModelTokenizer, readModelJson } from './model-tokenizer.js';
import type { ModelFiles } from './model.messages.js';
import { quantisesDynamically } from './quantisation.js';
import { openSession, outputOf, tokenFeeds, type Encoded } from './session.js';
import { tokenLimit } from './token-limit.js';
import { UnusableAnswer } from './vector-rows.js';

/** BERT's own limit, for a model that states none. */
const USUAL_TOKENS = 512;

/**
 * A cross-encoder: reads a question and a text together and answers one logit, the higher the better the text answers
 * (Nogueira and Cho, Passage Re-ranking with BERT, 2019). The folder holds config.json, tokenizer.json and tokenizer_config.json.
 */
export class CrossEncoderModel implements LoadedModel {
  private constructor(
    private readonly tokenizer: ModelTokenizer,
    private readonly session: InferenceSession,
    readonly rowsIndependent: boolean,
  ) {}

  static async load({ folder, weights }: ModelFiles): Promise<CrossEncoderModel> {
    const config = await readModelJson(folder, 'config.json');
    const tokenizer = await ModelTokenizer.load(folder, (tokenizerConfig) => tokenLimit({ tokenizer: tokenizerConfig, config }) ?? USUAL_TOKENS);
    const independent = !(await quantisesDynamically(join(folder, weights)));
    return new CrossEncoderModel(tokenizer, await openSession(folder, weights), independent);
  }

  encodePair(first: string, second: string): Encoded {
    return this.tokenizer.encodePair(first, second);
  }

  async score(batch: readonly Encoded[]): Promise<Float32Array> {
    const logits = outputOf(this.session, await this.session.run(tokenFeeds(this.session, batch)), 'logits');
    if (logits.size !== batch.length)
      throw new UnusableAnswer(`answered ${logits.size / batch.length} values a pair, where a cross-encoder for re-ranking answers one`);
    const scores = Float32Array.from(logits.data as Float32Array);
    if (!scores.every(Number.isFinite)) throw new UnusableAnswer('answered a score that is not a finite number');
    return scores;
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}
