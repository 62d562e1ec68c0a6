import { ClipModel } from './clip-model.js';
import { CrossEncoderModel } from './cross-encoder-model.js';
import type { ModelFiles, ModelPart } from './model.messages.js';
import type { Encoded } from './session.js';
import { TextModel } from './text-model.js';
import type { CountTokens } from './text-pieces.js';
import { Wav2Vec2Model } from './wav2vec2-model.js';

/**
 * A model in its worker thread. A kind has the methods that it can do; those that answer promises block the thread until
 * they have done it.
 */
export interface LoadedModel {
  /** A row's result is the same whatever other rows run with it: they may run together. */
  readonly rowsIndependent: boolean;
  /** Loads what would otherwise be loaded by the first call that needs it. */
  ready?(part?: ModelPart): Promise<void>;
  /** Token ids with start and end tokens, cut to what the model reads. */
  encode?(text: string): number[];
  /** L2-normalised vectors one after another. */
  run?(batch: readonly (readonly number[])[]): Promise<Float32Array>;
  /** L2-normalised vectors, a row of the tensor each. */
  runTensor?(data: Float32Array, shape: readonly number[]): Promise<Float32Array>;
  encodePair?(first: string, second: string): Encoded;
  /** A logit a pair. */
  score?(batch: readonly Encoded[]): Promise<Float32Array>;
  readonly countTokens?: CountTokens;
  /** Tokens of a text that passages may have, the start and end tokens not counted. */
  readonly passageLimit?: number;
  dispose(): Promise<void>;
}

export function loadModel(files: ModelFiles): Promise<LoadedModel> {
  switch (files.kind) {
    case 'onnx-text':
      return TextModel.load(files);
    case 'onnx-clip':
      return ClipModel.load(files);
    case 'onnx-wav2vec2':
      return Wav2Vec2Model.load(files);
    case 'onnx-cross-encoder':
      return CrossEncoderModel.load(files);
  }
}
