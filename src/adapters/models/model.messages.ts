import type { TextToSplit } from '../../ports/embedder.port.js';

/** What passes between `model-workers.ts` and `model.worker.ts`. */

/** What runs a model. */
export type ModelKind = 'onnx-text' | 'onnx-clip' | 'onnx-wav2vec2' | 'onnx-cross-encoder';

/** Where a model lies and how it is run. A worker loads each once, by its name and folder, when it is first asked. */
export interface ModelFiles {
  name: string;
  kind: ModelKind;
  /** Holds the weights and what the kind reads beside them: see the class that loads it. */
  folder: string;
  /** The weights, relative to the folder; of CLIP the vision tower's. */
  weights: string;
  /** Of CLIP the text tower's weights, relative to the folder; `onnx/text_model.onnx` where left out. */
  textWeights?: string;
}

export interface WorkerSetup {
  /** The memory of the worker's NativeGate. */
  gate: SharedArrayBuffer;
  /** By how much its thread steps back behind others (`nice`); 0 for the one that answers queries. */
  niceness: number;
}

export type ModelRequest =
  /** `part`: which of CLIP's towers is to be ready; both where it is left out. */
  | { op: 'load'; model: ModelFiles; part?: ModelPart }
  | { op: 'embed'; model: ModelFiles; texts: readonly string[] }
  | {
      op: 'split';
      model: ModelFiles;
      texts: readonly TextToSplit[];
      target: number | undefined;
      overlap: number | undefined;
    }
  /** `shape`: rows first, as the model's input has it. `data` is handed over, not copied, where it has its buffer to itself. */
  | { op: 'tensor'; model: ModelFiles; data: Float32Array; shape: readonly number[] }
  | { op: 'score'; model: ModelFiles; pairs: readonly (readonly [string, string])[] };

/** What goes into a model: words, or the tensor that its media become. */
export type ModelPart = 'texts' | 'media';

export type ToWorker =
  | { type: 'request'; id: number; urgent: boolean; lengthy: boolean; request: ModelRequest }
  | { type: 'cancel'; id: number }
  | { type: 'close' };

export type ModelResult = {
  load: null;
  /** The texts' vectors one after another. */
  embed: Float32Array;
  /** An array a text: start, end, tokens of each passage, one after another. */
  split: Uint32Array[];
  /** The rows' vectors one after another. */
  tensor: Float32Array;
  /** A pair's logit each. */
  score: Float32Array;
};

export type FromWorker =
  | { id: number; result: ModelResult[keyof ModelResult] }
  /** `error` survives structured cloning: an Error with its stack. */
  | { id: number; error: unknown }
  /** What the model did, as in UnusableAnswer. */
  | { id: number; unusable: string };
