import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasFfmpeg } from '../../../bench/descriptor-hits.js';
import { MediaPool } from '../../../src/adapters/media/media-pool.js';
import type { MediaModel } from '../../../src/adapters/models/media-models.js';
import type { MediaEmbedder } from '../../../src/adapters/models/media.embedder.js';
import type { MediaSource } from '../../../src/ports/embedder.port.js';
import { descriptorModels, mediaModel, openMediaEmbedder } from '../../support/media-model.js';

const MODELS = resolve('../shared/models');

describe.skipIf(!hasFfmpeg() || !existsSync(MODELS))('a film with models that see it and models that hear it (needs ffmpeg and ../shared/models)', () => {
  let folder: string;
  let film: MediaSource;
  let calls: string;
  let models: readonly MediaModel[];
  let embedder: MediaEmbedder;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-once-'));
    film = { path: join(folder, 'film.mp4'), type: 'VIDEO', mimeType: 'video/mp4' };
    const scenes = ['-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=8:d=6', '-f', 'lavfi', '-i', 'smptebars=s=96x64:r=8:d=6', '-f', 'lavfi', '-i', 'sine=f=440:d=25'];
    execFileSync('ffmpeg', ['-v', 'error', ...scenes, '-filter_complex', '[0:v][1:v]concat=n=2:v=1[v]', '-map', '[v]', '-map', '2:a', film.path]);
    calls = join(folder, 'calls');
    const program = join(folder, 'ffmpeg');
    const real = execFileSync('/bin/sh', ['-c', 'command -v ffmpeg'], { encoding: 'utf8' }).trim();
    await writeFile(program, `#!/bin/sh\necho "$@" >> '${calls}'\nexec '${real}' "$@"\n`, { mode: 0o700 });
    models = [...(await Promise.all(['clip-tiny-random', 'wav2vec2-tiny-random'].map((name) => mediaModel(name, join(MODELS, name))))), ...descriptorModels];
    embedder = openMediaEmbedder(models, new MediaPool({ processes: 1, ffmpeg: program }));
  });
  afterAll(async () => {
    await embedder.close();
    await rm(folder, { recursive: true });
  });
  const decodings = async () => (await readFile(calls, 'utf8')).split('\n').filter((line) => line.includes('pipe:1'));

  it('is decoded once: its frames for all that see it, its sound for all that hear it', async () => {
    const names = models.map(({ model }) => model.name);
    await rm(calls, { force: true });
    const together = await embedder.embedMediaForAll(names, film);
    const [frames, sound, ...more] = await decodings();
    expect([frames?.includes('0:v:0'), sound?.includes('0:a:0'), more]).toEqual([true, true, []]);
    for (const [i, name] of names.entries()) {
      expect(together[i]!.length, name).toBeGreaterThan(1);
      expect(together[i], name).toEqual(await embedder.embedMedia(name, film));
    }
  });

  it('is not decoded for its sound where only pictures are asked for, nor for anything where nothing fits', async () => {
    await rm(calls, { force: true });
    expect((await embedder.embedMediaForAll(['clip-tiny-random', 'image-descriptor'], film)).map((moments) => moments.length > 1)).toEqual([true, true]);
    expect((await decodings()).map((line) => line.includes('0:v:0'))).toEqual([true]);
    await rm(calls, { force: true });
    const text: MediaSource = { ...film, type: 'TEXT', mimeType: 'text/plain' };
    expect(await embedder.embedMediaForAll(['clip-tiny-random', 'audio-descriptor'], text)).toEqual([[], []]);
    expect(existsSync(calls)).toBe(false);
  });

  it('is decoded at a few moments alone where few are wanted', async () => {
    await rm(calls, { force: true });
    const [frames, windows] = await embedder.embedMediaForAll(['clip-tiny-random', 'wav2vec2-tiny-random'], film, { moments: 2 });
    expect(frames!.length).toBe(2);
    expect(windows!.map(({ startSeconds }) => startSeconds)).toEqual([0, 15]);
    expect((await decodings()).filter((line) => line.includes('0:a:0')).map((line) => / -t (\d+) /.exec(line)?.[1])).toEqual(['10', '10']);
    await rm(calls, { force: true });
    expect((await embedder.embedMedia('clip-tiny-random', film, { moments: 1 })).length).toBe(1);
    expect((await decodings()).filter((line) => line.includes('-frames:v 8'))).toHaveLength(1);
  });

  it('fails for all where one of them is unknown, and says which', async () => {
    await expect(embedder.embedMediaForAll(['clip-tiny-random', 'no-model'], film)).rejects.toMatchObject({ message: expect.stringContaining('no-model') });
  });
});
