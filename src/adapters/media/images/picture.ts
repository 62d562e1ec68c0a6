import { readFile } from 'node:fs/promises';
import { decode as decodeBmp } from 'bmp-ts';
import sharp, { type Sharp } from 'sharp';
import { damaged, formatBytes, reason, tooLarge, unsupported } from '../extract-context.js';
import type { MediaLimits } from '../limits.js';
import type { Pixels } from './planes.js';

export interface Picture {
  /** Of the picture as it is to be seen, EXIF's turn applied. */
  width: number;
  height: number;
  /** sharp's name of it: `jpeg`, `png`, `tiff`, `bmp` … */
  format: string;
  hasAlpha: boolean;
  /** EXIF as a TIFF block, where the format carries it. */
  exif: Buffer | null;
  /** The whole picture, turned, at most `side` pixels wide and high. Of an animation the first frame. */
  thumbnail: Pixels;
}

interface Source {
  open: () => Sharp;
  format?: string;
  hasAlpha?: boolean;
}

sharp.cache(false);

/**
 * Decodes a picture once, down to a thumbnail. libvips streams most formats, so that a large picture is never in memory
 * as a whole. Every pixel is looked at, hence a file that was cut short is noticed.
 */
export async function openPicture(path: string, mimeType: string, fileSize: number, limits: MediaLimits, side = 256): Promise<Picture> {
  try {
    const source = mimeType === 'image/bmp' ? await openBmp(path, fileSize, limits) : openFile(path, limits);
    const metadata = await source.open().metadata();
    const { width, height } = metadata.autoOrient;
    if (width * height > limits.pixels) throw tooManyPixels(width, height, limits);
    const { data, info } = await source
      .open()
      .autoOrient()
      .toColourspace('srgb')
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return {
      width,
      height,
      format: source.format ?? metadata.format,
      hasAlpha: source.hasAlpha ?? metadata.hasAlpha,
      exif: metadata.exif ?? null,
      thumbnail: { data, width: info.width, height: info.height },
    };
  } catch (error) {
    throw translate(error, mimeType, limits);
  }
}

/** @param image bytes of a format that sharp reads, or raw pixels: a film's frame */
export async function thumbnailOf(image: Buffer, side = 256): Promise<Pixels> {
  const { data, info } = await sharp(image, { failOn: 'error' })
    .toColourspace('srgb')
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

function openFile(path: string, limits: MediaLimits): Source {
  return { open: () => sharp(path, { limitInputPixels: limits.pixels, failOn: 'error', sequentialRead: true }) };
}

/** libvips as it is built for npm knows no BMP. Its header is read first, since the decoder allocates what that says. */
async function openBmp(path: string, fileSize: number, limits: MediaLimits): Promise<Source> {
  // Even uncompressed at 32 bits, plus tables, no picture within the limit is larger.
  if (fileSize > limits.pixels * 4 + 65_536) throw tooLarge(`The picture has ${formatBytes(fileSize)}, more than its pixels can need.`);
  const bytes = await readFile(path);
  if (bytes.length < 30) throw damaged('The picture ends within its header.');
  const [width, height] = [Math.abs(bytes.readInt32LE(18)), Math.abs(bytes.readInt32LE(22))];
  if (width * height > limits.pixels) throw tooManyPixels(width, height, limits);
  // The decoder gives ABGR, and an alpha of 0 throughout where there is none.
  const { data } = decodeBmp(bytes);
  let hasAlpha = false;
  for (let i = 0; i < data.length && !hasAlpha; i += 4) hasAlpha = data[i] !== 0;
  for (let i = 0; i < data.length; i += 4) {
    const [alpha, blue, green, red] = [data[i]!, data[i + 1]!, data[i + 2]!, data[i + 3]!];
    data[i] = red;
    data[i + 1] = green;
    data[i + 2] = blue;
    data[i + 3] = hasAlpha ? alpha : 255;
  }
  return { open: () => sharp(data, { raw: { width, height, channels: 4 } }), format: 'bmp', hasAlpha };
}

const tooManyPixels = (width: number, height: number, { pixels }: MediaLimits) =>
  tooLarge(`The picture has ${width} × ${height} pixels; at most ${Math.round(pixels / 1_000_000)} million are read.`);

function translate(error: unknown, mimeType: string, limits: MediaLimits): unknown {
  if (!(error instanceof Error) || error.name === 'ExtractionError') return error;
  if (/pixel limit|too large|exceeds/i.test(error.message)) {
    return tooLarge(`The picture has more than ${Math.round(limits.pixels / 1_000_000)} million pixels.`);
  }
  if (/^image\/hei[cf]$/.test(mimeType) && /support|plugin|compression/i.test(error.message)) {
    return unsupported('HEIC pictures (HEVC) cannot be decoded here. Save it as JPEG, PNG, WebP or AVIF.');
  }
  return damaged(`The picture cannot be decoded: ${reason(error)}.`, error);
}
