import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasFfmpeg } from '../../../bench/descriptor-hits.js';
import type { DataObject, Ingestion, Viewer } from '../../../src/domain/model.js';
import { withApp } from '../../support/app.js';
import { makePngBomb, makeWav, makeWhitePng } from '../../support/hostile-files.js';
import { violations } from '../../support/invariants.js';

const MODELS = resolve('../shared/models');
/** Those that need weights go along where they are. */
const OURS = ['clip-tiny-random', 'wav2vec2-tiny-random'].filter((name) => existsSync(join(MODELS, name)));
const SEEING = ['image-descriptor', 'clip-tiny-random'];
const HEARING = ['audio-descriptor', 'wav2vec2-tiny-random'];

const test = withApp({ embedding: { models: OURS.map((name) => ({ name, path: join(MODELS, name) })) } });
let viewer: Viewer;
let folder: string;
beforeAll(async () => {
  viewer = test.viewer();
  folder = await mkdtemp(join(tmpdir(), 'strata-odd-'));
});
afterAll(async () => {
  expect(await violations(test.app)).toEqual([]);
  await rm(folder, { recursive: true });
});

interface Taken {
  object: DataObject;
  ingestion: Ingestion;
  /** How many vectors there are of each model. */
  vectors: Record<string, number>;
}

async function take(bytes: Buffer, filename: string): Promise<Taken> {
  const { object, ingestion } = await test.upload(viewer, bytes, { filename });
  const ended = await test.ended(viewer, ingestion.id);
  const [now] = await test.app.services.objects.byIds(viewer, [object.id]);
  const [rows] = await test.app.services.embeddings.forObjects(viewer, [object.id], null);
  return { object: now!, ingestion: ended, vectors: Object.fromEntries([...Map.groupBy(rows!, ({ modelName }) => modelName)].map(([name, own]) => [name, own.length])) };
}

/** Without a warning, and with one vector each of the models that see, or hear. */
function expectOne({ object, ingestion, vectors }: Taken, models: readonly string[], type: string): void {
  expect(ingestion).toMatchObject({ status: 'SUCCEEDED', error: null, warnings: [] });
  expect(object).toMatchObject({ status: 'READY', type });
  expect(vectors).toEqual(Object.fromEntries(models.filter((name) => !name.includes('tiny') || OURS.includes(name)).map((name) => [name, 1])));
}

function expectRefused({ object, ingestion, vectors }: Taken, code: string, message: RegExp): void {
  expect(ingestion).toMatchObject({ status: 'FAILED', error: { code, retryable: false, message: expect.stringMatching(message) } });
  expect(ingestion.error!.message).not.toMatch(/\/tmp|Error:/);
  expect(object.status).toBe('FAILED');
  expect(vectors).toEqual({});
}

/** A picture in which no turn looks like another. */
const upright = (width = 320, height = 200) => sharp(resolve('samples/images/lighthouse-dusk.jpg')).resize(width, height, { fit: 'fill' });

describe('pictures', () => {
  const flat = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#804020' } });
  const cases: [string, string, () => Promise<Buffer>, object][] = [
    ['of one pixel', 'one.png', () => flat(1, 1).png().toBuffer(), { width: 1, height: 1 }],
    ['of 20,000 pixels in a row', 'row.png', () => flat(20_000, 1).png().toBuffer(), { width: 20_000, height: 1 }],
    ['in CMYK', 'ink.jpg', () => upright().toColourspace('cmyk').jpeg().toBuffer(), { format: 'jpeg', width: 320, height: 200 }],
    ['of 16 bits a colour', 'deep.png', () => upright().toColourspace('rgb16').png().toBuffer(), { format: 'png', width: 320, height: 200 }],
    ['in a TIFF, whose directory stands at its end', 'scan.tiff', () => upright().tiff({ compression: 'none' }).toBuffer(), { format: 'tiff', width: 320, height: 200 }],
    ['in grey of 16 bits', 'deep-grey.png', () => upright().toColourspace('grey16').png().toBuffer(), { format: 'png', width: 320, height: 200 }],
    ['that let through what is behind', 'alpha.png', () => upright().ensureAlpha(0.3).png().toBuffer(), { hasAlpha: true }],
    ['that are nothing but transparent', 'glass.png', () => sharp({ create: { width: 64, height: 48, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } }).png().toBuffer(), { hasAlpha: true }],
    ['that move, in GIF', 'move.gif', () => moving().gif().toBuffer(), { format: 'gif', width: 60, height: 40 }],
    ['that move, in WebP', 'move.webp', () => moving().webp({ lossless: true }).toBuffer(), { format: 'webp', width: 60, height: 40 }],
    ['under the name of a sound', 'song.mp3', () => upright().webp().toBuffer(), { format: 'webp' }],
  ];
  /** Three frames of 60 × 40, one below the other as sharp has them. */
  const moving = () => sharp(Buffer.from([200, 30, 30, 30, 200, 30, 30, 30, 200].flatMap((_, i, all) => (i % 3 === 0 ? Array.from({ length: 60 * 40 }, () => all.slice(i, i + 3)).flat() : []))), { raw: { width: 60, height: 120, channels: 3, pageHeight: 40 } });

  it.each(cases)('%s are READY, with one vector of each model', async (_what, filename, make, image) => {
    const taken = await take(await make(), filename);
    expectOne(taken, SEEING, 'IMAGE');
    expect((await test.app.services.objects.byIds(viewer, [taken.object.id]))[0]!.facts).toMatchObject({ image });
  });

  it('are seen the right way up, whatever EXIF says of the eight ways to hold a camera', async () => {
    // What brings each of EXIF's orientations upright, done backwards.
    const held: Record<number, (picture: Sharp) => Sharp> = {
      1: (p) => p, 2: (p) => p.flop(), 3: (p) => p.rotate(180), 4: (p) => p.flip(), 5: (p) => p.rotate(90).flop(), 6: (p) => p.rotate(270), 7: (p) => p.rotate(270).flop(), 8: (p) => p.rotate(90),
    };
    const vectors: Float32Array[] = [];
    for (const [orientation, hold] of Object.entries(held)) {
      const turned = await sharp(await hold(sharp(await upright().png().toBuffer())).png().toBuffer()).jpeg({ quality: 95 }).withMetadata({ orientation: Number(orientation) }).toBuffer();
      const taken = await take(turned, `held-${orientation}.jpg`);
      expectOne(taken, SEEING, 'IMAGE');
      expect(taken.object.facts, orientation).toMatchObject({ image: { width: 320, height: 200 } });
      const { hits } = await test.app.services.search.search(viewer, { objectId: taken.object.id, mode: 'VECTOR', model: OURS.includes('clip-tiny-random') ? 'clip-tiny-random' : 'image-descriptor', fusion: 'RELATIVE_SCORE' }, { first: 50 });
      for (const hit of hits.filter(({ object }) => object.filename?.startsWith('held-'))) vectors.push(Float32Array.of(hit.explanation!.vectorScore!));
    }
    expect(vectors).toHaveLength((8 * 7) / 2);
    expect(Math.min(...vectors.map(([score]) => score!))).toBeGreaterThan(0.995);
  });

  it('that unpack to 900 million pixels, or only say so, are refused with the limit', async () => {
    expectRefused(await take(makePngBomb(30_000, 30_000), 'bomb.png'), 'TOO_LARGE', /100 million/);
    const white = makeWhitePng(30_000, 30_000);
    expect(white.length).toBeLessThan(2_000_000);
    expectRefused(await take(white, 'white.png'), 'TOO_LARGE', /100 million/);
  });

  it('that break off are refused, whatever the format', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'tiff'] as const) {
      const whole = await upright(600, 400).toFormat(format).toBuffer();
      expectRefused(await take(whole.subarray(0, whole.length * 0.6), `cut.${format}`), 'DAMAGED', /picture/);
    }
  });
});

const tone = (seconds: number, rate: number) => Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) => Math.sin((2 * Math.PI * 440 * i) / rate) / 3);

describe('sounds', () => {
  const cases: [string, string, () => Buffer, object][] = [
    ['of 10 ms', 'click.wav', () => makeWav([tone(0.01, 16_000)], 16_000), { durationSeconds: 0.01 }],
    ['in which nothing is heard', 'silence.wav', () => makeWav([new Float32Array(16_000)], 16_000), { durationSeconds: 1 }],
    ['of six channels', 'six.wav', () => makeWav(Array.from({ length: 6 }, (_, c) => tone(1, 48_000 + c)), 48_000), { channels: 6 }],
    ['at 192 kHz', 'fine.wav', () => makeWav([tone(1, 192_000)], 192_000), { sampleRate: 192_000 }],
    ['at 8 kHz', 'phone.wav', () => makeWav([tone(1, 8_000)], 8_000), { sampleRate: 8_000 }],
    ['under the name of a film', 'film.mp4', () => makeWav([tone(1, 22_050)], 22_050), { sampleRate: 22_050 }],
    ['under the name of a text', 'notes.txt', () => makeWav([tone(1, 11_025)], 11_025), { sampleRate: 11_025 }],
  ];
  it.each(cases)('%s are READY, with one vector of each model', async (_what, filename, make, audio) => {
    const taken = await take(make(), filename);
    expectOne(taken, HEARING, 'AUDIO');
    expect(taken.object.facts).toMatchObject({ audio });
  });

  it('that break off are refused where the format says how long they are, and warned of where it does not', async () => {
    const half = async (name: string) => {
      const whole = await readFile(name);
      return take(whole.subarray(0, whole.length / 2), `cut-${name.split('/').at(-1)}`);
    };
    expectRefused(await half('samples/audio/bell-buoy.mp3'), 'DAMAGED', /breaks off after 3\.5 of 7\.1 seconds/);
    if (!existsSync('../shared/fixtures')) return;
    for (const name of ['speech.flac', 'speech.m4a', 'speech.wav']) expectRefused(await half(`../shared/fixtures/media/${name}`), 'DAMAGED', /sound/);
    expect((await half('../shared/fixtures/media/speech.ogg')).ingestion).toMatchObject({ status: 'SUCCEEDED', warnings: [expect.stringContaining('may break off')] });
  });
});

describe.skipIf(!hasFfmpeg())('films (needs ffmpeg)', () => {
  async function film(name: string, ...args: string[]): Promise<Buffer> {
    const path = join(folder, name);
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...args, path]);
    return readFile(path);
  }
  const lavfi = (source: string) => ['-f', 'lavfi', '-i', source];
  const bars = lavfi('smptebars=s=160x90:r=8:d=4');
  const sine = lavfi('sine=f=440:d=4');

  it('without sound have frames alone; those with nothing but sound are sounds', async () => {
    expectOne(await take(await film('mute.mp4', ...bars, '-an'), 'mute.mp4'), SEEING, 'VIDEO');
    for (const name of ['sound.mp4', 'sound.mkv', 'sound.webm']) expectOne(await take(await film(name, ...sine, '-vn'), name), HEARING, 'AUDIO');
  });

  it('that are black throughout, or blurred, or a single frame, have one frame', async () => {
    expectOne(await take(await film('black.mp4', ...lavfi('color=black:s=160x90:r=8:d=4'), '-an'), 'black.mp4'), SEEING, 'VIDEO');
    expectOne(await take(await film('blurred.mp4', ...bars, '-vf', 'gblur=sigma=20', '-an'), 'blurred.mp4'), SEEING, 'VIDEO');
    expectOne(await take(await film('frame.mp4', ...bars, '-frames:v', '1', '-an'), 'frame.mp4'), SEEING, 'VIDEO');
  });

  it('that break off are refused, whichever container: MP4, MKV, WebM', async () => {
    for (const name of ['cut.mp4', 'cut.mkv', 'cut.webm']) {
      const whole = await film(name, ...lavfi('testsrc2=s=320x180:r=10:d=8'), ...lavfi('sine=f=300:d=8'), ...(name === 'cut.webm' ? ['-deadline', 'realtime', '-cpu-used', '8'] : []));
      expectRefused(await take(whole.subarray(0, whole.length / 2), name), 'DAMAGED', /film/);
    }
  });
});

describe('texts', () => {
  const text = async (words: string, filename: string) => {
    const { object, ingestion } = await test.upload(viewer, Buffer.from(words), { filename });
    const ended = await test.ended(viewer, ingestion.id);
    return { object, ingestion: ended };
  };

  it('of emoji, of letters from right to left, or of one letter, are READY, and found by their words', async () => {
    for (const [words, asked] of [['🦔🦔🦔 👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿', null], ['שלום עולם, זה טקסט מימין לשמאל', 'עולם'], ['مرحبا بالعالم', 'بالعالم'], ['a', null]] as const) {
      const { object, ingestion } = await text(words, 'words.txt');
      expect(ingestion, words).toMatchObject({ status: 'SUCCEEDED', error: null });
      const { hits } = await test.app.services.search.search(viewer, { query: asked ?? words, mode: asked === null ? 'VECTOR' : 'KEYWORD', fusion: 'RELATIVE_SCORE' }, { first: 5 });
      expect(hits.map((hit) => hit.object.id), words).toContain(object.id);
    }
  });

  it('of control characters alone are refused as no text', async () => {
    const answer = await test.upload(viewer, Buffer.from([1, 2, 3, 4, 5, 6, 7, 14, 15, 16, 0, 0, 1, 2]), { filename: 'noise.txt' }).then(
      ({ ingestion }) => test.ended(viewer, ingestion.id),
      (error: unknown) => error as { code: string },
    );
    expect(answer).toMatchObject('status' in answer ? { status: 'FAILED' } : { code: 'UNSUPPORTED_MEDIA' });
  });
});
