import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasFfmpeg } from '../../../bench/descriptor-hits.js';
import { filmFrames } from '../../../src/adapters/media/films/film-frames.js';
import { MediaPool } from '../../../src/adapters/media/media-pool.js';
import { PoolMediaTensors } from '../../../src/adapters/media/pool-media-tensors.js';
import type { MediaSource } from '../../../src/ports/embedder.port.js';
import type { MediaTensor } from '../../../src/ports/media-tensors.port.js';
import { descriptorModels, openMediaEmbedder } from '../../support/media-model.js';

const SECONDS = 3 * 3_600;
const PIXELS = { side: 224, crop: 224, mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] } as const;

describe.skipIf(!hasFfmpeg())('a film of three hours (needs ffmpeg)', () => {
  let folder: string;
  let film: MediaSource;
  let pool: MediaPool;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-long-'));
    film = { path: join(folder, 'long.mov'), type: 'VIDEO', mimeType: 'video/quicktime' };
    const video = ['-f', 'lavfi', '-i', `testsrc2=s=64x36:r=1:d=${SECONDS}`, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '30'];
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `sine=f=300:d=${SECONDS}:r=8000`, ...video, '-c:a', 'pcm_alaw', film.path]);
    pool = new MediaPool({ processes: 1, memoryMb: 500 });
  }, 120_000);
  afterAll(async () => {
    await pool.close();
    await rm(folder, { recursive: true });
  });
  const spread = (moments: readonly number[], most: number) => {
    expect(moments.length).toBeGreaterThan(20);
    expect(moments.length).toBeLessThanOrEqual(most);
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect(moments[0]).toBeLessThan(SECONDS / 20);
    expect(moments.at(-1)).toBeGreaterThan(SECONDS * 0.9);
    expect(Math.max(...moments.slice(1).map((at, i) => at - moments[i]!))).toBeLessThan(SECONDS / 8);
  };

  it('gives a bounded number of frames from all of it, in bounded memory', async () => {
    const tensors: MediaTensor[] = [];
    await new PoolMediaTensors(pool).prepare(film, [{ as: 'pixels', spec: PIXELS }], (tensor) => tensors.push(tensor));
    spread(tensors.map(({ startSeconds }) => startSeconds!), 64);
  }, 120_000);

  it('is looked into where watching it would take too long, and says what it saw when', async () => {
    const ffmpeg = execFileSync('/bin/sh', ['-c', 'command -v ffmpeg'], { encoding: 'utf8' }).trim();
    const facts = { durationSeconds: SECONDS, width: 64, height: 36, frameRate: 1_000_000, hasAudio: true };
    const frames = await filmFrames(ffmpeg, film.path, facts, { lookingMs: 15_000 });
    // Key frames lie half a minute apart.
    for (const { startSeconds } of frames) expect(startSeconds % 30).toBe(0);
    expect(frames.length).toBeLessThanOrEqual(64);
    expect(frames.at(-1)!.startSeconds - frames[0]!.startSeconds).toBeGreaterThan(SECONDS * 0.7);
  }, 120_000);

  it('gives few frames from all of it where few are wanted', async () => {
    const tensors: MediaTensor[] = [];
    await new PoolMediaTensors(pool).prepare(film, [{ as: 'picture-descriptor' }], (tensor) => tensors.push(tensor), { moments: 8 });
    const moments = tensors.map(({ startSeconds }) => startSeconds!);
    expect(moments.length).toBeGreaterThan(3);
    expect(moments.length).toBeLessThanOrEqual(8);
    expect(moments.at(-1)! - moments[0]!).toBeGreaterThan(SECONDS * 0.6);
  }, 120_000);

  it('gives a bounded number of windows of its sound from beginning to end', async () => {
    const vectors = await openMediaEmbedder(descriptorModels, pool).embedMedia('audio-descriptor', film);
    expect(vectors[0]!.startSeconds).toBeNull();
    spread(vectors.slice(1).map(({ startSeconds }) => startSeconds!), 120);
  }, 120_000);
});
