import type { LoadedModel } from './loaded-model.js';
import type { ModelRequest } from './model.messages.js';
import type { BatchRow } from './row-batches.js';
import type { Encoded } from './session.js';
import { concatenated } from './vector-rows.js';

export type RowRequest = ModelRequest & { op: 'embed' | 'score' };

/** A row of a task that is yet to run. */
export interface TaskRow extends BatchRow {
  task: RowTask;
  index: number;
  encoded: Encoded;
}

export const isRowRequest = (request: ModelRequest): request is RowRequest =>
  request.op === 'embed' || request.op === 'score';

/** A task of texts to embed or pairs to score. They are run a batch at a time, perhaps with rows of other tasks. */
export class RowTask {
  private encoded: TaskRow[] | undefined;
  private readonly results: Float32Array[];

  constructor(
    readonly id: number,
    readonly request: RowRequest,
  ) {
    this.results = new Array<Float32Array>(itemsOf(request).length);
  }

  /** Rows of another task with the same key can run with this one's. */
  get key(): string {
    return `${this.request.op} ${this.request.model.name} ${this.request.model.folder}`;
  }

  /** What is yet to run. */
  rows(model: LoadedModel): readonly TaskRow[] {
    return (this.encoded ??= encode(model, this.request).map((encoded, index) => ({
      task: this,
      index,
      encoded,
      tokens: encoded.ids.length,
    })));
  }

  settle(row: TaskRow, result: Float32Array): void {
    this.results[row.index] = result;
    this.encoded = this.encoded!.filter((each) => each !== row);
  }

  /** All results one after another, once there is nothing left to run. */
  get result(): Float32Array | null {
    if (this.encoded === undefined || this.encoded.length > 0) return null;
    return concatenated(this.results);
  }
}

/** A result a row, in order. */
export async function runRows(model: LoadedModel, op: RowRequest['op'], rows: readonly TaskRow[]): Promise<Float32Array[]> {
  const all =
    op === 'embed'
      ? await model.run!(rows.map(({ encoded }) => encoded.ids))
      : await model.score!(rows.map(({ encoded }) => encoded));
  const width = all.length / rows.length;
  return rows.map((_, i) => all.subarray(i * width, (i + 1) * width));
}

const itemsOf = (request: RowRequest): readonly unknown[] => (request.op === 'embed' ? request.texts : request.pairs);

function encode(model: LoadedModel, request: RowRequest): Encoded[] {
  if (request.op === 'embed') {
    if (!model.encode || !model.run) throw cannot(request);
    return request.texts.map((text) => ({ ids: model.encode!(text) }));
  }
  if (!model.encodePair || !model.score) throw cannot(request);
  return request.pairs.map(([first, second]) => model.encodePair!(first, second));
}

export const cannot = ({ op, model }: ModelRequest) =>
  new Error(`The model ${model.name}, run as ${model.kind}, has no way to "${op}".`);
