import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { LoadedModel } from './loaded-model.js';
import type { ModelFiles } from './model.messages.js';
import { openSession, outputOf } from './session.js';
import { concatenated, meanOfRows } from './vector-rows.js';

/**
 * wav2vec 2.0 (Baevski et al., A Framework for Self-Supervised Learning of Speech Representations, 2020): a sound's vector is the
 * mean over its frames, L2-normalised.
 */
export class Wav2Vec2Model implements LoadedModel {
  readonly rowsIndependent = true;

  private constructor(private readonly session: InferenceSession) {}

  static async load({ folder, weights }: ModelFiles): Promise<Wav2Vec2Model> {
    return new Wav2Vec2Model(await openSession(folder, weights));
  }

  /**
   * Row by row: exported graphs have one row fixed, and frames of padding would be part of the mean.
   *
   * @param data samples of shape [n, samples]: 16 kHz, mono, mean 0 and variance 1
   */
  async runTensor(data: Float32Array, [rows, samples]: readonly number[]): Promise<Float32Array> {
    const { session } = this;
    const vectors: Float32Array[] = [];
    for (let row = 0; row < rows!; row++) {
      const input = new Tensor('float32', data.subarray(row * samples!, (row + 1) * samples!), [1, samples!]);
      const states = outputOf(session, await session.run({ [session.inputNames[0]!]: input }), 'last_hidden_state');
      const [, frames, dimensions] = states.dims;
      const vector = new Float32Array(dimensions!);
      meanOfRows(states.data as Float32Array, 0, frames!, vector);
      vectors.push(vector);
    }
    return concatenated(vectors);
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}
