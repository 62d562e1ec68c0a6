import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Embedder } from '../../src/ports/embedder.port.js';

const HASH_BYTES = 20;
/** Written at once: what a run that is ended loses. */
const TEXTS_A_WRITE = 64;

/** A model's vectors by their texts, kept in a file, so that nothing is computed twice. */
export class KeptVectors {
  private readonly vectors = new Map<string, Float32Array>();
  private readonly path: string;

  constructor(
    folder: string,
    private readonly embedder: Embedder,
    private readonly model: { name: string; revision: string; dimensions: number },
  ) {
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, `${model.name}.${model.revision}.vectors`);
    if (existsSync(this.path)) this.load();
  }

  async of(texts: readonly string[]): Promise<Float32Array[]> {
    const missing = [...new Set(texts)].filter((text) => !this.vectors.has(hash(text)));
    for (let from = 0; from < missing.length; from += TEXTS_A_WRITE) {
      const batch = missing.slice(from, from + TEXTS_A_WRITE);
      const vectors = await this.embedder.embedTexts(this.model.name, batch);
      batch.forEach((text, i) => this.vectors.set(hash(text), vectors[i]!));
      appendFileSync(this.path, Buffer.concat(batch.flatMap((text, i) => [Buffer.from(hash(text), 'hex'), bytesOf(vectors[i]!)])));
      if (from % (TEXTS_A_WRITE * 10) === 0) console.error(`  ${this.model.name}: ${from + batch.length} of ${missing.length} new texts`);
    }
    return texts.map((text) => this.vectors.get(hash(text))!);
  }

  private load(): void {
    const bytes = readFileSync(this.path);
    const size = HASH_BYTES + this.model.dimensions * 4;
    const whole = bytes.length - (bytes.length % size);
    for (let at = 0; at < whole; at += size) {
      const vector = Float32Array.from({ length: this.model.dimensions }, (_, i) => bytes.readFloatLE(at + HASH_BYTES + i * 4));
      this.vectors.set(bytes.toString('hex', at, at + HASH_BYTES), vector);
    }
    // A record that was being written when a run was ended.
    if (whole < bytes.length) truncateSync(this.path, whole);
  }
}

const hash = (text: string) => createHash('sha1').update(text).digest('hex');
const bytesOf = (vector: Float32Array) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
