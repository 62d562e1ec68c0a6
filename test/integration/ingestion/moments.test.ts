import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { hasFfmpeg } from '../../../bench/descriptor-hits.js';
import type { Viewer } from '../../../src/domain/model.js';
import { withApp } from '../../support/app.js';
import { violations } from '../../support/invariants.js';

const MODELS = resolve('../shared/models');
const SAMPLES = resolve('samples');
const CLIP = 'clip-tiny-random';
const SOUND = 'wav2vec2-tiny-random';

/**
 * 36 seconds: a lighthouse (0 to 3), black (3 to 5), a plate (5 to 8), a blurred bird (8 to 11), red (11 to 13), a chart (13 to 36);
 * a tone, but for a voice from 20 on.
 */
function makeFilm(path: string): void {
  const picture = (name: string, seconds: number) => ['-loop', '1', '-t', String(seconds), '-i', join(SAMPLES, 'images', name)];
  const plain = (colour: string) => ['-f', 'lavfi', '-t', '2', '-i', `color=${colour}:s=640x360:r=10`];
  const fitted = 'scale=640:360,setsar=1,fps=10,format=yuv420p';
  const filter = [
    `[0]${fitted}[a]`, `[1]${fitted}[b]`, `[2]${fitted}[c]`, `[3]scale=640:360,setsar=1,fps=10,gblur=sigma=14,format=yuv420p[d]`, `[4]${fitted}[e]`, `[5]${fitted}[f]`,
    '[a][b][c][d][e][f]concat=n=6[v]', '[6]atrim=duration=20[t]', '[7]aresample=22050,apad,atrim=duration=16[s]', '[t][s]concat=n=2:v=0:a=1[w]',
  ].join(';');
  execFileSync('ffmpeg', [
    '-v', 'error', ...picture('lighthouse-dusk.jpg', 3), ...plain('black'), ...picture('plate-sea-kale.png', 3), ...picture('bird-grey-heron.jpg', 3), ...plain('red'),
    ...picture('chart-depths.png', 23), '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=22050', '-i', join(SAMPLES, 'audio/spoken-tide-notice.mp3'),
    '-filter_complex', filter, '-map', '[v]', '-map', '[w]', '-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', path,
  ]);
}

describe.skipIf(!existsSync(MODELS) || !hasFfmpeg())('moments of films and sounds (needs ../shared/models and ffmpeg)', () => {
  const test = withApp({ embedding: { models: [{ name: CLIP, path: join(MODELS, CLIP) }, { name: SOUND, path: join(MODELS, SOUND) }] } });
  let folder: string;
  let viewer: Viewer;
  const ids = new Map<string, string>();
  const nameOf = (id: string) => [...ids].find(([, each]) => each === id)![0];

  async function add(path: string): Promise<void> {
    const filename = path.split('/').at(-1)!;
    const { object, ingestion } = await test.upload(viewer, await readFile(path), { filename });
    expect(await test.ended(viewer, ingestion.id)).toMatchObject({ status: 'SUCCEEDED', warnings: [] });
    ids.set(filename, object.id);
  }

  beforeAll(async () => {
    viewer = test.viewer();
    folder = await mkdtemp(join(tmpdir(), 'strata-moments-'));
    makeFilm(join(folder, 'film.mp4'));
    await add(join(folder, 'film.mp4'));
    for (const name of ['images/plate-sea-kale.png', 'images/boats-rough-water.jpg', 'audio/spoken-tide-notice.mp3', 'audio/surf-shingle.mp3']) await add(join(SAMPLES, name));
  }, 120_000);
  afterAll(async () => {
    expect(await violations(test.app)).toEqual([]);
    await rm(folder, { recursive: true });
  });

  const momentsOf = async (name: string, model: string) => {
    const [rows] = await test.app.services.embeddings.forObjects(viewer, [ids.get(name)!], model);
    const seconds = (value: unknown) => (typeof value === 'number' ? Math.round(value * 10) / 10 : null);
    return rows!.map(({ metadata }) => seconds(metadata['startSeconds'])).sort((a, b) => (a ?? -1) - (b ?? -1));
  };
  const like = async (name: string, model: string) => {
    const { hits } = await test.app.services.search.search(viewer, { objectId: ids.get(name)!, mode: 'VECTOR', model, fusion: 'RELATIVE_SCORE' }, { first: 10 });
    return hits.map(({ object, matches }) => ({ name: nameOf(object.id), seconds: matches[0]?.startSeconds ?? null }));
  };

  it('lists the models as there and active, with the lengths that their folders say', async () => {
    const models = await test.app.services.embeddings.models(viewer);
    expect(models).toContainEqual(expect.objectContaining({ name: CLIP, dimensions: 64, active: true, available: true, modalities: ['IMAGE', 'VIDEO'] }));
    expect(models).toContainEqual(expect.objectContaining({ name: SOUND, dimensions: 48, active: true, available: true, modalities: ['AUDIO', 'VIDEO'] }));
    expect(models).toContainEqual(expect.objectContaining({ name: 'clip-vit-base-patch32', available: false }));
  });

  it.each([CLIP, 'image-descriptor'])('%s has a frame of each scene, and none that is black or blurred', async (model) => {
    const moments = await momentsOf('film.mp4', model);
    const scenes = [[0, 3], [5, 8], [11, 13], [13, 36]] as const;
    expect(moments.map((seconds) => scenes.findIndex(([from, to]) => seconds! >= from && seconds! < to))).toEqual([0, 1, 2, 3]);
    expect(await momentsOf('plate-sea-kale.png', model)).toEqual([null]);
  });

  it.each([CLIP, 'image-descriptor'])('%s finds the film by what is seen in it, and says when', async (model) => {
    const hits = await like('plate-sea-kale.png', model);
    expect(hits[0]).toMatchObject({ name: 'film.mp4' });
    expect(hits[0]!.seconds).toBeGreaterThanOrEqual(5);
    expect(hits[0]!.seconds).toBeLessThan(8);
  });

  it('a picture’s space is searched by words', async () => {
    const { hits } = await test.app.services.search.search(viewer, { query: 'a plate with leaves', mode: 'VECTOR', model: CLIP, fusion: 'RELATIVE_SCORE' }, { first: 10 });
    expect(hits.map(({ object }) => nameOf(object.id)).sort()).toEqual(['boats-rough-water.jpg', 'film.mp4', 'plate-sea-kale.png']);
    for (const { explanation } of hits) expect(explanation.model).toBe(CLIP);
  });

  it('the sound of the film lies in windows that begin where they say', async () => {
    expect(await momentsOf('film.mp4', SOUND)).toEqual([0, 10, 20, 26]);
    expect(await momentsOf('film.mp4', 'audio-descriptor')).toEqual([null, 0, 10, 20, 26]);
  });

  it.each([SOUND, 'audio-descriptor'])('%s finds the film by what is heard in it, and says when', async (model) => {
    const hits = await like('spoken-tide-notice.mp3', model);
    const film = hits.find(({ name }) => name === 'film.mp4');
    expect(film!.seconds).toBeGreaterThanOrEqual(20);
  });
});
