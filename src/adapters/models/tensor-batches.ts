import { isUnusableModel } from '../../domain/errors.js';
import { vectorsOf } from './answered-vectors.js';
import type { ModelFiles } from './model.messages.js';
import type { EmbedOptions } from '../../ports/embedder.port.js';
import { urgencyOf, type ModelWorkers, type RunOptions } from './model-workers.js';

export interface BatchRules {
  /** Tensors of one length in a run at most. */
  most: number;
  /** Runs that are under way or handed over at once: as many as there are threads, and one that waits behind them. */
  runs: number;
  /** About how many tokens' work a number of values is. */
  costOf: (values: number) => number;
  /** The tensor's shape, its rows first. */
  shapeOf: (rows: number, values: number) => number[];
}

interface Waiting {
  values: Float32Array;
  signal: AbortSignal | undefined;
  resolve(vector: Float32Array): void;
  reject(error: unknown): void;
}

/** Bytes that wait for a model, and of queries' as many, until nothing more is decoded for it. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The tensors of several callers in one run. What comes while runs are under way waits and goes together, so that nobody is
 * kept waiting for others to come.
 */
export class TensorBatches {
  private readonly waiting: Waiting[] = [];
  private bytes = 0;
  private urgentBytes = 0;
  private running = 0;
  private relieved: (() => void)[] = [];

  constructor(
    private readonly workers: ModelWorkers,
    private readonly model: ModelFiles,
    /** Of its vectors, as its files say. */
    private readonly dimensions: number,
    private readonly rules: BatchRules,
  ) {}

  /** Resolves once so little waits that decoding more is worth while. */
  async room(urgent: boolean): Promise<void> {
    while ((urgent ? this.urgentBytes : this.bytes) > MOST_BYTES) await new Promise<void>((resolve) => this.relieved.push(resolve));
  }

  /** One L2-normalised vector. A query's goes at once and alone. */
  async embed(values: Float32Array, { priority, signal }: EmbedOptions): Promise<Float32Array> {
    const urgency = urgencyOf(priority);
    if (urgency.urgent) return this.embedAlone(values, urgency, signal);
    return new Promise((resolve, reject) => {
      this.waiting.push({ values, signal, resolve, reject });
      this.bytes += values.byteLength;
      this.pump();
    });
  }

  private async embedAlone(values: Float32Array, urgency: ReturnType<typeof urgencyOf>, signal: AbortSignal | undefined): Promise<Float32Array> {
    // Told once it is handed over, it has none left.
    const { byteLength } = values;
    this.urgentBytes += byteLength;
    try {
      return (await this.vectors(values, 1, { ...urgency, signal }))[0]!;
    } finally {
      this.urgentBytes -= byteLength;
      this.tellRelieved();
    }
  }

  private pump(): void {
    while (this.running < this.rules.runs && this.waiting.length > 0) {
      const batch = this.next();
      if (batch.length > 0) void this.run(batch);
    }
  }

  /** The first and those of its length behind it; those who gave up are told so. */
  private next(): Waiting[] {
    const batch: Waiting[] = [];
    const length = this.waiting[0]!.values.length;
    while (this.waiting.length > 0 && batch.length < this.rules.most && this.waiting[0]!.values.length === length) {
      const first = this.waiting.shift()!;
      if (first.signal?.aborted) {
        this.relieve(first.values.byteLength);
        first.reject(first.signal.reason);
      } else batch.push(first);
    }
    return batch;
  }

  private async run(batch: readonly Waiting[]): Promise<void> {
    const bytes = batch.reduce((sum, { values }) => sum + values.byteLength, 0);
    this.running++;
    try {
      await this.settle(batch);
    } finally {
      this.running--;
      this.relieve(bytes);
      this.pump();
    }
  }

  /** A run whose answer is no use is taken apart, so that one tensor fails whoever brought it and nobody else. */
  private async settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const vectors = await this.vectors(joined(batch), batch.length, { urgent: false });
      batch.forEach(({ resolve }, row) => resolve(vectors[row]!));
    } catch (error) {
      if (batch.length > 1 && isUnusableModel(error)) for (const each of batch) await this.settle([each]);
      else for (const { reject } of batch) reject(error);
    }
  }

  private async vectors(data: Float32Array, rows: number, how: Omit<RunOptions, 'cost'>): Promise<Float32Array[]> {
    const [cost, shape] = [this.rules.costOf(data.length), this.rules.shapeOf(rows, data.length / rows)];
    const answer = await this.workers.run({ op: 'tensor', model: this.model, data, shape }, { ...how, cost });
    return vectorsOf({ name: this.model.name, dimensions: this.dimensions }, answer, rows);
  }

  private relieve(bytes: number): void {
    this.bytes -= bytes;
    this.tellRelieved();
  }

  private tellRelieved(): void {
    for (const resolve of this.relieved.splice(0)) resolve();
  }
}

function joined(batch: readonly Waiting[]): Float32Array {
  const { length } = batch[0]!.values;
  const data = new Float32Array(batch.length * length);
  batch.forEach(({ values }, row) => data.set(values, row * length));
  return data;
}
