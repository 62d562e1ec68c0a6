import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cosine, hasFfmpeg, listImages, listSounds, measureImages, measureSounds, type HitRate } from '../../../bench/descriptor-hits.js';
import { MediaPool } from '../../../src/adapters/media/media-pool.js';
import type { MediaEmbedder } from '../../../src/adapters/models/media.embedder.js';
import type { MediaSource } from '../../../src/ports/embedder.port.js';
import { descriptorModels, openMediaEmbedder } from '../../support/media-model.js';

const FIXTURES = '../shared/fixtures';
const hasFixtures = existsSync(FIXTURES);
/** One of each kind; bench/descriptors.ts tries more. */
const IMAGE_COPIES = ['half size', 'JPEG at quality 40', 'left and top cropped by 10 %'];
const SOUND_COPIES = ['22.05 kHz', '6 dB quieter', 'MP3 at 64 kbit/s'];

describe('descriptors over the samples', () => {
  let embedder: MediaEmbedder;
  beforeAll(() => {
    embedder = openMediaEmbedder(descriptorModels, new MediaPool());
  });
  afterAll(() => embedder.close());
  const embed = async (model: string, source: MediaSource) => (await embedder.embedMedia(model, source))[0]!.vector;
  const expectHits = (rates: readonly HitRate[], made: number) => {
    expect(rates).toHaveLength(made);
    expect(rates.filter(({ hits, of }) => hits < 0.9 * of), 'variants below nine in ten').toEqual([]);
  };

  it('finds the pictures that copies were made of', async () => {
    const photos = hasFixtures ? await listImages(`${FIXTURES}/photos`) : [];
    expectHits(await measureImages(embedder, [...(await listImages('samples/images')), ...photos], IMAGE_COPIES), IMAGE_COPIES.length);
  }, 240_000);

  it('finds the sounds that copies were made of', async () => {
    const sounds = hasFixtures ? await listSounds(`${FIXTURES}/media`) : [];
    expectHits(await measureSounds(embedder, [...(await listSounds('samples/audio')), ...sounds], SOUND_COPIES), hasFfmpeg() ? SOUND_COPIES.length : SOUND_COPIES.length - 1);
  }, 240_000);

  it('has pictures of one family near each other', async () => {
    const paths = await listImages('samples/images');
    const vectors = await Promise.all(paths.map((path) => embed('image-descriptor', { path, type: 'IMAGE', mimeType: 'image/*' })));
    const families = paths.map((path) => path.split('/').at(-1)!.split('-')[0]!);
    for (const family of ['bird', 'chart', 'plate']) {
      const members = families.flatMap((name, i) => (name === family ? [i] : []));
      expect(members.length, family).toBeGreaterThanOrEqual(3);
      const mean = (others: readonly number[]) => {
        const values = members.flatMap((i) => others.filter((j) => j !== i).map((j) => cosine(vectors[i]!, vectors[j]!)));
        return values.reduce((sum, value) => sum + value, 0) / values.length;
      };
      const strangers = families.flatMap((name, i) => (name === family ? [] : [i]));
      expect(mean(members), family).toBeGreaterThan(mean(strangers) + 0.15);
    }
  });

  describe.skipIf(!hasFixtures)('and over the shared fixtures (../shared/fixtures)', () => {
    it('has the speech in five codecs as one sound', async () => {
      const speech = (await listSounds(`${FIXTURES}/media`)).filter(({ content }) => content === 'speech');
      expect(speech).toHaveLength(5);
      const vectors = await Promise.all(speech.map(({ path, mimeType }) => embed('audio-descriptor', { path, type: 'AUDIO', mimeType })));
      for (const vector of vectors) expect(cosine(vector, vectors[0]!)).toBeGreaterThan(0.98);
    });

    it.skipIf(!hasFfmpeg())('describes the frames and the sound of a film (needs ffmpeg)', async () => {
      const clip: MediaSource = { path: `${FIXTURES}/media/clip.mp4`, type: 'VIDEO', mimeType: 'video/mp4' };
      const frames = await embedder.embedMedia('image-descriptor', clip);
      const moments = frames.map(({ startSeconds }) => startSeconds!);
      expect(moments.length).toBeGreaterThan(0);
      expect(moments).toEqual([...moments].filter((seconds) => seconds >= 0 && seconds < 4).sort((a, b) => a - b));
      const [sound, ...more] = await embedder.embedMedia('audio-descriptor', clip);
      expect(more).toEqual([]);
      expect(sound!.startSeconds).toBe(0);
      const speech = await embed('audio-descriptor', { path: `${FIXTURES}/media/speech.wav`, type: 'AUDIO', mimeType: 'audio/wav' });
      expect(cosine(sound!.vector, speech)).toBeGreaterThan(0.95);
    });

    it('has nothing of a film without sound, or without ffmpeg', async () => {
      const silent: MediaSource = { path: `${FIXTURES}/media/clip.webm`, type: 'VIDEO', mimeType: 'video/webm' };
      expect(await embedder.embedMedia('audio-descriptor', silent)).toEqual([]);
      const without = openMediaEmbedder(descriptorModels, new MediaPool({ ffmpeg: null }));
      expect(await without.embedMedia('image-descriptor', silent)).toEqual([]);
      await without.close();
    });
  });
});
