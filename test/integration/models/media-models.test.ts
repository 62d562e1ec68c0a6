import { existsSync, readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaPool } from '../../../src/adapters/media/media-pool.js';
import { PoolMediaTensors } from '../../../src/adapters/media/pool-media-tensors.js';
import { ModelTokenizer } from '../../../src/adapters/models/model-tokenizer.js';
import { ModelWorkers } from '../../../src/adapters/models/model-workers.js';
import { MediaEmbedder } from '../../../src/adapters/models/media.embedder.js';
import type { MediaTensor } from '../../../src/ports/media-tensors.port.js';
import { cosine } from '../../support/cosine.js';
import { GoldenCosines } from '../../support/golden-cosines.js';
import { mediaModel } from '../../support/media-model.js';

interface ClipGolden {
  images: { file: string; pixelMean: number[]; embedding: number[] }[];
  texts: { text: string; tokenIds: number[]; embedding: number[] }[];
}
interface SoundGolden {
  cases: { file: string; samples16k: number; embedding: number[] }[];
}

const MODELS = resolve('../shared/models');
const MEDIA = resolve('../shared/fixtures/media');
const isThere = existsSync(MODELS) && existsSync(MEDIA);
const MIME: Readonly<Record<string, string>> = {
  '.png': 'image/png', '.jpg': 'image/jpeg', '.webp': 'image/webp', '.tiff': 'image/tiff', '.gif': 'image/gif', '.bmp': 'image/bmp',
  '.wav': 'audio/wav', '.mp3': 'audio/mpeg', '.flac': 'audio/flac', '.ogg': 'audio/ogg', '.m4a': 'audio/mp4',
};
const golden = <T>(model: string) => JSON.parse(readFileSync(`${MODELS}/${model}/golden.json`, 'utf8')) as T;
const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What each file of a golden shows, by its name. */
const PICTURES: Readonly<Record<string, string>> = {
  'exif-rotated.jpg': 'turned as its EXIF says',
  'alpha.png': 'transparent: alpha is dropped',
  'cmyk.jpg': 'in CMYK',
  'grey.png': 'in grey',
  'landscape.jpg': 'wide: made smaller, bicubic, and its centre cropped',
  'portrait.png': 'tall: made smaller, bicubic, and its centre cropped',
  'small.gif': 'of 64 pixels: made larger, bicubic; a GIF',
  'photo.webp': 'a WebP',
  'scan.tiff': 'a TIFF, made larger',
  'still.bmp': 'a BMP',
};
const SOUNDS: Readonly<Record<string, string>> = {
  'speech.wav': 'WAV, 22.05 kHz down to 16',
  'speech.mp3': 'MP3, two channels mixed to one, 44.1 kHz down to 16',
  'speech.flac': 'FLAC',
  'speech.ogg': 'Ogg Vorbis',
  'speech.m4a': 'AAC in M4A',
  'tone.wav': 'WAV of 32 bits, two channels mixed to one, 48 kHz down to 16',
  'noise.wav': 'WAV of 32 bits, 8 kHz up to 16',
};

describe.skipIf(!isThere)('models of pictures and sounds against their goldens (../shared/models)', () => {
  let pool: MediaPool;
  let workers: ModelWorkers;
  let tensors: PoolMediaTensors;
  beforeAll(() => {
    pool = new MediaPool({ processes: 1 });
    workers = new ModelWorkers(1);
    tensors = new PoolMediaTensors(pool);
  });
  afterAll(async () => {
    await Promise.all([pool.close(), workers.close()]);
  });
  const open = async (name: string) => {
    const model = await mediaModel(name, `${MODELS}/${name}`);
    return { ...model, embedder: new MediaEmbedder([model], workers, tensors) };
  };
  const source = (file: string, type: 'IMAGE' | 'AUDIO') => ({ path: `${MEDIA}/${file}`, type, mimeType: MIME[extname(file)]! });

  describe('CLIP', () => {
    const cosines = new GoldenCosines('clip-tiny-random');
    afterAll(() => cosines.print());
    const { images } = isThere ? golden<ClipGolden>('clip-tiny-random') : { images: [] };

    it('is compared over every file of its golden', () => expect(images.map(({ file }) => file).sort()).toEqual(Object.keys(PICTURES).sort()));

    it.each(images.map((image) => ({ ...image, what: PICTURES[image.file] })))('sees $file as the reference does, to the last digit of the pixels: $what', async ({ file, pixelMean, embedding }) => {
      const { embedder, form } = await open('clip-tiny-random');
      const seen: MediaTensor[] = [];
      await tensors.prepare(source(file, 'IMAGE'), [form], (tensor) => seen.push(tensor));
      const { values } = seen[0]!;
      const area = values.length / 3;
      pixelMean.forEach((expected, c) => expect(mean(values.subarray(c * area, (c + 1) * area)), file).toBeCloseTo(expected, 4));
      const [found, ...more] = await embedder.embedMedia('clip-tiny-random', source(file, 'IMAGE'));
      expect(more).toEqual([]);
      expect(found!.startSeconds).toBeNull();
      expect(cosines.note(file, cosine(found!.vector, embedding), 0.99999)).toBeGreaterThan(0.99999);
    });

    it('reads words as the reference does', async () => {
      const { embedder, files } = await open('clip-tiny-random');
      const { texts } = golden<ClipGolden>('clip-tiny-random');
      const tokenizer = await ModelTokenizer.load(files.folder, () => 77);
      const vectors = await embedder.embedTexts('clip-tiny-random', texts.map(({ text }) => text), { priority: 'query' });
      texts.forEach(({ text, tokenIds, embedding }, i) => {
        expect(tokenizer.encode(text), text).toEqual(tokenIds);
        expect(cosines.note(JSON.stringify(text.slice(0, 30)), cosine(vectors[i]!, embedding), 0.9999), text).toBeGreaterThan(0.9999);
      });
    });
  });

  describe('wav2vec 2.0', () => {
    const cosines = new GoldenCosines('wav2vec2-tiny-random');
    afterAll(() => cosines.print());
    const { cases } = isThere ? golden<SoundGolden>('wav2vec2-tiny-random') : { cases: [] };

    it('is compared over every file of its golden', () => expect(cases.map(({ file }) => file).sort()).toEqual(Object.keys(SOUNDS).sort()));

    it.each(cases.map((each) => ({ ...each, what: SOUNDS[each.file] })))('hears $file as the reference does: $what', async ({ file, embedding }) => {
      const { embedder } = await open('wav2vec2-tiny-random');
      const [found, ...more] = await embedder.embedMedia('wav2vec2-tiny-random', source(file, 'AUDIO'));
      expect(more).toEqual([]);
      expect(found!.startSeconds).toBe(0);
      expect(cosines.note(file, cosine(found!.vector, embedding), 0.999)).toBeGreaterThanOrEqual(0.999);
    });
  });

  it('takes the vectors’ length from the folder, not from the registry’s row of that kind', async () => {
    expect((await open('clip-tiny-random')).model).toMatchObject({ name: 'clip-tiny-random', dimensions: 64, active: true, available: true, readsWords: true });
    expect((await open('wav2vec2-tiny-random')).model).toMatchObject({ dimensions: 48, modalities: ['AUDIO', 'VIDEO'], readsWords: false });
  });

  it('embeds the same whether a picture comes alone, with others, or as a query', async () => {
    const { embedder } = await open('clip-tiny-random');
    const one = source('landscape.jpg', 'IMAGE');
    const alone = (await embedder.embedMedia('clip-tiny-random', one))[0]!.vector;
    const together = await Promise.all(['landscape.jpg', 'grey.png', 'landscape.jpg', 'small.gif', 'landscape.jpg'].map((file) => embedder.embedMedia('clip-tiny-random', source(file, 'IMAGE'))));
    const asked = (await embedder.embedMedia('clip-tiny-random', one, { priority: 'query' }))[0]!.vector;
    for (const vector of [together[0]![0]!.vector, together[2]![0]!.vector, together[4]![0]!.vector, asked]) expect(cosine(vector, alone)).toBeGreaterThan(0.999999);
    expect(cosine(together[1]![0]!.vector, alone)).toBeLessThan(0.999);
  });
});
