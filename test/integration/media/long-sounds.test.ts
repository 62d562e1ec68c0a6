import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasFfmpeg } from '../../../bench/descriptor-hits.js';
import { findFfmpeg } from '../../../src/adapters/media/films/ffmpeg.js';
import { DEFAULT_LIMITS, type MediaLimits } from '../../../src/adapters/media/limits.js';
import { evenStarts } from '../../../src/adapters/media/sounds/spread-windows.js';
import type { SoundWindow } from '../../../src/adapters/media/sounds/cut-windows.js';
import { soundWindows } from '../../../src/adapters/media/sounds/sound-windows.js';
import { sniffMedia } from '../../../src/adapters/media/sniff.js';
import { makeWav } from '../../support/hostile-files.js';

const RATE = 8_000;
const SECONDS = 95;
/** Each second has a level of its own, by which a window is known to be of the moment that it says. */
const levelAt = (second: number) => (second + 1) / 200;
const stepped = (seconds: number) => Float32Array.from({ length: seconds * RATE }, (_, i) => levelAt(Math.floor(i / RATE)) * (i % 2 === 0 ? 1 : 0.5));
const levelOf = (samples: Float32Array) => samples.reduce((sum, value) => sum + value, 0) / samples.length / 0.75;

describe('a long sound without ffmpeg', () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-long-sound-'));
    path = join(folder, 'long.wav');
    await writeFile(path, makeWav([stepped(SECONDS), stepped(SECONDS)], RATE));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const windowsOf = async (limits: Partial<MediaLimits>, file = path, moments?: number) => {
    const windows: SoundWindow[] = [];
    const told: number[] = [];
    const source = { path: file, mimeType: 'audio/wav', ffmpeg: null, limits: { ...DEFAULT_LIMITS, ...limits }, ...(moments && { moments }), onHeard: (samples: Float32Array) => told.push(samples.length) };
    for await (const window of soundWindows(source)) windows.push(window);
    return { windows, heard: told.reduce((sum, each) => sum + each, 0) };
  };

  it('gives windows at even distances from its beginning to its end, each of the moment that it names', async () => {
    const { windows, heard } = await windowsOf({ soundSeconds: 20 });
    expect(windows.map(({ startSeconds }) => startSeconds)).toEqual(evenStarts(SECONDS).map((at) => Math.round(at * 1_000) / 1_000));
    expect(windows.at(-1)!.startSeconds).toBe(SECONDS - 10);
    for (const { samples, startSeconds } of windows) {
      expect(samples).toHaveLength(160_000);
      expect(levelOf(samples)).toBeCloseTo(levelAt(startSeconds + 4.5), 2);
    }
    expect(heard).toBe(windows.length * 160_000);
  });

  it('is heard from end to end in no more windows where it is much longer, which then lie apart', async () => {
    const starts = evenStarts(3 * 3_600);
    expect(starts).toHaveLength(120);
    expect([starts[0], starts.at(-1)]).toEqual([0, 3 * 3_600 - 10]);
    const file = join(folder, 'longer.wav');
    const seconds = 1_500;
    await writeFile(file, makeWav([Float32Array.from({ length: seconds * 1_000 }, (_, i) => (i % 5) / 8)], 1_000));
    const { windows } = await windowsOf({}, file);
    expect(windows).toHaveLength(120);
    expect(windows.at(-1)!.startSeconds).toBe(seconds - 10);
    for (const [i, { startSeconds }] of windows.slice(1).entries()) expect(startSeconds - windows[i]!.startSeconds).toBeGreaterThan(10);
  });

  it('gives a few from all of it where few are wanted', async () => {
    const { windows, heard } = await windowsOf({}, path, 4);
    expect(windows.map(({ startSeconds }) => Math.round(startSeconds))).toEqual([0, 28, 57, 85]);
    expect(heard).toBe(4 * 160_000);
    expect((await windowsOf({}, path, 9)).windows.map(({ startSeconds }) => startSeconds).at(-1)).toBe(SECONDS - 10);
  });

  it('gives the first few where it does not tell how long it is', async () => {
    const file = join(folder, 'untold.wav');
    const bytes = makeWav([stepped(SECONDS)], RATE);
    // As programs write it that do not know how much will come.
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(40, 0, true);
    await writeFile(file, bytes);
    expect((await windowsOf({}, file, 3)).windows.map(({ startSeconds }) => startSeconds)).toEqual([0, 10, 20]);
  });

  it('is heard as far as its time reaches', async () => {
    const { windows } = await windowsOf({ soundSeconds: 20, lookingMs: -1 });
    expect(windows.length).toBeLessThan(evenStarts(SECONDS).length);
  });
});

describe.skipIf(!hasFfmpeg())('a long sound in a film’s container, its index at the end (needs ffmpeg)', () => {
  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-boxed-sound-'));
    path = join(folder, 'sound.mp4');
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `sine=f=300:r=${RATE}:d=${SECONDS}`, '-c:a', 'aac', '-b:a', '48k', path]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([['with', 'ffmpeg'], ['without', null]])('is heard from end to end %s ffmpeg', async (_how, program) => {
    const sniffed = await sniffMedia((await readFile(path)).subarray(0, 65_536), 'sound.mp4');
    expect(sniffed).toEqual({ type: 'VIDEO', mimeType: 'video/mp4' });
    const ffmpeg = program && (await findFfmpeg(program));
    const starts: number[] = [];
    for await (const { startSeconds } of soundWindows({ path, mimeType: sniffed!.mimeType, ffmpeg, limits: { ...DEFAULT_LIMITS, soundSeconds: 20 } })) starts.push(startSeconds);
    starts.sort((a, b) => a - b);
    expect([starts.length, starts[0]]).toEqual([10, 0]);
    expect(starts.at(-1)).toBeCloseTo(SECONDS - 10, 0);
  });
});
