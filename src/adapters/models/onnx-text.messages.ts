import type { TextModelFiles } from './text-model.js';

/** What passes between `model-workers.ts` and `onnx-text.worker.ts`. */

export interface WorkerSetup {
  models: Record<string, TextModelFiles>;
  /** The memory of the worker's NativeGate. */
  gate: SharedArrayBuffer;
}

export type TextRequest =
  | { op: 'load'; model: string }
  | { op: 'embed'; model: string; texts: readonly string[] }
  | {
      op: 'split';
      model: string;
      texts: readonly { text: string; breaks?: readonly number[] }[];
      target: number | undefined;
      overlap: number | undefined;
    };

export type ToWorker =
  | { type: 'request'; id: number; urgent: boolean; request: TextRequest }
  | { type: 'cancel'; id: number }
  | { type: 'close' };

export type TextResult = {
  load: null;
  /** The texts' vectors one after another. */
  embed: Float32Array;
  /** An array a text: start, end, tokens of each passage, one after another. */
  split: Uint32Array[];
};

export type FromWorker =
  | { id: number; result: TextResult[keyof TextResult] }
  /** `error` survives structured cloning: an Error with its stack. */
  | { id: number; error: unknown };
