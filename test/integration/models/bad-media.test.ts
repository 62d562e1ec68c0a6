import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaPool } from '../../../src/adapters/media/media-pool.js';
import type { MediaEmbedder } from '../../../src/adapters/models/media.embedder.js';
import { makePngBomb, makeWav } from '../../support/hostile-files.js';
import { descriptorModels, mediaModel, openMediaEmbedder } from '../../support/media-model.js';

const MODELS = resolve('../shared/models');
const RATE = 16_000;
const sine = (seconds: number) => Float32Array.from({ length: Math.round(seconds * RATE) }, (_, i) => Math.sin(i / 5) / 2);

/** A WAV of 32-bit floats, which may be anything. */
function floatWav(samples: readonly number[]): Buffer {
  const wav = Buffer.concat([makeWav([new Float32Array(0)], RATE), Buffer.from(Float32Array.from(samples).buffer)]);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.writeUInt16LE(3, 20);
  wav.writeUInt32LE(RATE * 4, 28);
  wav.writeUInt16LE(4, 32);
  wav.writeUInt16LE(32, 34);
  wav.writeUInt32LE(samples.length * 4, 40);
  return wav;
}

describe.skipIf(!existsSync(MODELS))('pictures and sounds that are hardly any, or made to do harm (needs ../shared/models)', () => {
  let folder: string;
  let embedder: MediaEmbedder;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-bad-media-'));
    const pool = new MediaPool({ processes: 1, heapMb: 256, memoryMb: 500, ffmpeg: null });
    const models = await Promise.all(['clip-tiny-random', 'wav2vec2-tiny-random'].map((name) => mediaModel(name, join(MODELS, name))));
    embedder = openMediaEmbedder([...models, ...descriptorModels], pool);
  });
  afterAll(async () => {
    await embedder.close();
    await rm(folder, { recursive: true });
  });

  async function embed(model: string, bytes: Buffer, type: 'IMAGE' | 'AUDIO') {
    const path = join(folder, `${type}-${bytes.length}`);
    await writeFile(path, bytes);
    return embedder.embedMedia(model, { path, type, mimeType: type === 'IMAGE' ? 'image/png' : 'audio/wav' });
  }
  const length = (vector: Float32Array) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  const plain = (width: number, height: number) => sharp({ create: { width, height, channels: 4, background: { r: 200, g: 30, b: 30, alpha: 0 } } }).png().toBuffer();

  const PICTURES = ['clip-tiny-random', 'image-descriptor'];
  const SOUNDS = ['wav2vec2-tiny-random', 'audio-descriptor'];

  it.each(PICTURES)('%s: a picture of one pixel, a line and a strip have one vector each', async (model) => {
    for (const [width, height] of [[1, 1], [1, 3_000], [20_000, 1], [2, 2]] as const) {
      const [found, ...more] = await embed(model, await plain(width, height), 'IMAGE');
      expect(more).toEqual([]);
      expect(length(found!.vector), `${width} × ${height}`).toBeCloseTo(1, 4);
    }
  });

  it.each(PICTURES)('%s: a picture that promises 900 million pixels, or breaks off, is refused in a sentence', async (model) => {
    await expect(embed(model, makePngBomb(30_000, 30_000), 'IMAGE')).rejects.toMatchObject({ name: 'ExtractionError', code: 'TOO_LARGE' });
    const noise = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } } }).png().toBuffer();
    await expect(embed(model, noise.subarray(0, noise.length / 2), 'IMAGE')).rejects.toMatchObject({ name: 'ExtractionError', code: 'DAMAGED' });
  });

  it.each(SOUNDS)('%s: a sound of 10 ms, of one sample, and silence have one vector each', async (model) => {
    for (const samples of [sine(0.01), Float32Array.of(0.5), new Float32Array(RATE), sine(0.026)]) {
      const [found, ...more] = await embed(model, makeWav([samples], RATE), 'AUDIO');
      expect(more).toEqual([]);
      expect(found!.startSeconds).toBe(0);
      expect(length(found!.vector), `${samples.length} samples`).toBeCloseTo(1, 4);
    }
  });

  it.each(SOUNDS)('%s: what is no number, or far too loud, spoils nothing', async (model) => {
    const odd = [...sine(1)].map((value, i) => (i % 1_000 === 3 ? NaN : i % 1_000 === 7 ? Infinity : i % 1_000 === 9 ? -3e38 : value));
    const [found] = await embed(model, floatWav(odd), 'AUDIO');
    expect(found!.vector.every(Number.isFinite)).toBe(true);
    expect(length(found!.vector)).toBeCloseTo(1, 4);
  });

  it('the model’s own sounds of 10 ms are told apart', async () => {
    const [high, low] = [await embed(SOUNDS[0]!, makeWav([sine(0.01)], RATE), 'AUDIO'), await embed(SOUNDS[0]!, makeWav([Float32Array.from({ length: 160 }, (_, i) => Math.sin(i / 20))], RATE), 'AUDIO')];
    expect(high[0]!.vector).not.toEqual(low[0]!.vector);
  });
});
