import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, extname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { Embedder } from '../src/ports/embedder.port.js';
import { decodeSound } from '../src/adapters/media/sounds/decode-sound.js';
import { mixDown } from '../src/adapters/media/sounds/mono-sound.js';
import { Resampler } from '../src/adapters/media/sounds/resampler.js';
import { makeWav } from '../test/support/hostile-files.js';

/** How often copies of originals find their own original first. */
export interface HitRate {
  variant: string;
  hits: number;
  of: number;
  /** The smallest lead of the own original over the best other one, in cosine. */
  margin: number;
  missed: string[];
}

type MakeImage = (picture: Sharp, width: number, height: number) => Sharp;

const crop = (left: number, top: number, share: number): MakeImage => (picture, width, height) =>
  picture.extract({
    left: Math.round(width * left),
    top: Math.round(height * top),
    width: Math.floor(width * share),
    height: Math.floor(height * share),
  }).png({ compressionLevel: 1 });

export const IMAGE_VARIANTS: Readonly<Record<string, MakeImage>> = {
  'half size': (picture, width) => picture.resize(Math.round(width / 2)).png({ compressionLevel: 1 }),
  'JPEG at quality 40': (picture) => picture.flatten({ background: '#808080' }).jpeg({ quality: 40 }),
  'each side cropped by 5 %': crop(0.05, 0.05, 0.9),
  'left side cropped by 10 %': (picture, width, height) =>
    picture.extract({ left: Math.round(width * 0.1), top: 0, width: Math.floor(width * 0.9), height }).png({ compressionLevel: 1 }),
  'left and top cropped by 10 %': crop(0.1, 0.1, 0.9),
  'a quarter brighter': (picture) => picture.modulate({ brightness: 1.25 }).webp({ quality: 90 }),
};

export interface SoundFile {
  path: string;
  mimeType: string;
  /** Files of one content are originals of one another. */
  content: string;
}

const SOUND_TYPES: Readonly<Record<string, string>> = {
  '.wav': 'audio/wav', '.mp3': 'audio/mpeg', '.ogg': 'audio/ogg', '.flac': 'audio/flac', '.m4a': 'audio/mp4',
};

/** Made with what is in the repository: a rate, a factor for the loudness. */
export const SOUND_VARIANTS: Readonly<Record<string, { rate: number; gain: number }>> = {
  '8 kHz': { rate: 8_000, gain: 1 },
  '22.05 kHz': { rate: 22_050, gain: 1 },
  '44.1 kHz': { rate: 44_100, gain: 1 },
  '6 dB quieter': { rate: 32_000, gain: 0.501 },
};

/** Made with ffmpeg: the ending of the file and how to code it. */
export const CODEC_VARIANTS: Readonly<Record<string, { ending: string; args: readonly string[] }>> = {
  'MP3 at 64 kbit/s': { ending: '.mp3', args: ['-c:a', 'libmp3lame', '-b:a', '64k'] },
  'Ogg Vorbis': { ending: '.ogg', args: ['-c:a', 'libvorbis', '-q:a', '2'] },
  AAC: { ending: '.m4a', args: ['-c:a', 'aac', '-b:a', '64k'] },
};

export const hasFfmpeg = (): boolean => spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;

export async function listImages(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => /\.(png|jpe?g|webp|gif)$/.test(name)).sort().map((name) => join(folder, name));
}

export async function listSounds(folder: string): Promise<SoundFile[]> {
  const names = (await readdir(folder)).filter((name) => extname(name) in SOUND_TYPES).sort();
  return names.map((name) => {
    const content = name.startsWith('speech.') ? 'speech' : name;
    return { path: join(folder, name), mimeType: SOUND_TYPES[extname(name)]!, content };
  });
}

/** @param variants names of `IMAGE_VARIANTS`; all of them where left out */
export async function measureImages(embedder: Embedder, paths: readonly string[], variants?: readonly string[]): Promise<HitRate[]> {
  return inFolder(async (folder) => {
    const embed = (path: string) => one(embedder, 'image-descriptor', { path, type: 'IMAGE', mimeType: 'image/*' });
    const originals = await mapInTurn(paths, async (path) => ({ content: path, vector: await embed(path) }));
    return mapInTurn(chosen(IMAGE_VARIANTS, variants), ([variant, make]) =>
      rate(variant, originals, paths, async (path) => {
        const { data, info } = await sharp(await readFile(path)).autoOrient().raw().toBuffer({ resolveWithObject: true });
        const copy = join(folder, `copy-of-${basename(path)}`);
        await writeFile(copy, await make(sharp(data, { raw: info }), info.width, info.height).toBuffer());
        return embed(copy);
      }),
    );
  });
}

/** @param variants names of `SOUND_VARIANTS` and `CODEC_VARIANTS`; all of them where left out */
export async function measureSounds(embedder: Embedder, files: readonly SoundFile[], variants?: readonly string[]): Promise<HitRate[]> {
  return inFolder(async (folder) => {
    const embed = (path: string) => {
      const mimeType = SOUND_TYPES[extname(path)]!;
      return one(embedder, 'audio-descriptor', { path, type: 'AUDIO', mimeType });
    };
    const originals = await mapInTurn(files, async ({ path, content }) => ({ content, vector: await embed(path) }));
    const byContent = new Map(files.map((file) => [file.content, file]));
    const contents = [...byContent.keys()];
    const decoded = new Map(await mapInTurn([...byContent], async ([content, file]) => [content, await decodeAll(file)] as const));
    const measure = (variant: string, copy: (file: SoundFile) => Promise<string>) =>
      rate(variant, originals, contents, async (content) => embed(await copy(byContent.get(content)!)));
    const rates = await mapInTurn(chosen(SOUND_VARIANTS, variants), ([variant, { rate, gain }]) =>
      measure(variant, ({ content }) => copyAtRate(decoded.get(content)!, folder, rate, gain)),
    );
    if (!hasFfmpeg()) return rates;
    const coded = await mapInTurn(chosen(CODEC_VARIANTS, variants), ([variant, { ending, args }]) =>
      measure(variant, async ({ path }) => {
        const copy = join(folder, `copy${ending}`);
        const { status } = spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', path, ...args, copy]);
        if (status !== 0) throw new Error(`ffmpeg cannot code ${path} as ${variant}.`);
        return copy;
      }),
    );
    return [...rates, ...coded];
  });
}

const chosen = <Variant>(all: Readonly<Record<string, Variant>>, names: readonly string[] | undefined) =>
  Object.entries(all).filter(([name]) => names === undefined || names.includes(name));

interface Samples {
  mono: Float32Array;
  sampleRate: number;
}

async function decodeAll({ path, mimeType }: SoundFile): Promise<Samples> {
  const parts: Float32Array[] = [];
  let sampleRate = 0;
  for await (const stretch of decodeSound(path, mimeType)) {
    if (stretch.channelData.length === 0) continue;
    sampleRate = stretch.sampleRate;
    parts.push(mixDown(stretch));
  }
  return { mono: join32(parts), sampleRate };
}

async function copyAtRate({ mono, sampleRate }: Samples, folder: string, rate: number, gain: number): Promise<string> {
  const resampler = new Resampler(sampleRate, rate);
  const samples = join32([resampler.push(mono), resampler.flush()]).map((sample) => sample * gain);
  const copy = join(folder, 'copy.wav');
  await writeFile(copy, makeWav([samples], rate));
  return copy;
}

function join32(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

interface Original {
  content: string;
  vector: Float32Array;
}

async function rate(variant: string, originals: readonly Original[], contents: readonly string[], copy: (content: string) => Promise<Float32Array>) {
  const result: HitRate = { variant, hits: 0, of: contents.length, margin: Infinity, missed: [] };
  for (const content of contents) {
    const vector = await copy(content);
    const best = (wanted: boolean) =>
      Math.max(...originals.filter((original) => (original.content === content) === wanted).map((original) => cosine(original.vector, vector)));
    const lead = best(true) - best(false);
    result.margin = Math.min(result.margin, lead);
    if (lead > 0) result.hits++;
    else result.missed.push(basename(content));
  }
  return result;
}

export const cosine = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

async function one(embedder: Embedder, model: string, source: Parameters<Embedder['embedMedia']>[1]): Promise<Float32Array> {
  const [found] = await embedder.embedMedia(model, source);
  if (found === undefined) throw new Error(`${source.path} has no vector of ${model}.`);
  return found.vector;
}

async function mapInTurn<T, R>(items: readonly T[], use: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await use(item));
  return results;
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-descriptors-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
