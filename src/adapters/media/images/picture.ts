import { readFile } from 'node:fs/promises';
import { decode as decodeBmp } from 'bmp-ts';
import sharp, { type Sharp, type SharpOptions } from 'sharp';
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

export interface Source {
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
    const source = await openSource(path, mimeType, fileSize, limits);
    const metadata = await source.open().metadata();
    const { width, height } = metadata.autoOrient;
    refuseTooLarge(metadata.autoOrient, limits);
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
    throw translatePictureError(error, mimeType, limits);
  }
}

/** A picture that can be begun to decode, several times over. */
export async function openSource(path: string, mimeType: string, fileSize: number, limits: MediaLimits, options: SharpOptions = {}): Promise<Source> {
  if (mimeType === 'image/bmp') return openBmp(path, fileSize, limits);
  return { open: () => sharp(path, { limitInputPixels: limits.pixels, failOn: 'error', sequentialRead: true, ...options }) };
}

export function refuseTooLarge({ width, height }: { width: number; height: number }, limits: MediaLimits): void {
  if (width * height > limits.pixels) throw tooManyPixels(width, height, limits);
}

/** libvips as it is built for npm knows no BMP. Its header is read first, since the decoder allocates what that says. */
async function openBmp(path: string, fileSize: number, limits: MediaLimits): Promise<Source> {
  // Even uncompressed at 32 bits, plus tables, no picture within the limit is larger.
  if (fileSize > limits.pixels * 4 + 65_536) throw tooLarge(`The picture has ${formatBytes(fileSize)}, more than its pixels can need.`);
  const bytes = await readFile(path);
  if (bytes.length < 30) throw damaged('The picture ends within its header.');
  const [width, height] = [Math.abs(bytes.readInt32LE(18)), Math.abs(bytes.readInt32LE(22))];
  refuseTooLarge({ width, height }, limits);
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

/** What went wrong with a picture, as its reader is told. */
export function translatePictureError(error: unknown, mimeType: string, limits: MediaLimits): unknown {
  if (!(error instanceof Error) || error.name === 'ExtractionError') return error;
  if (/pixel limit|too large|exceeds/i.test(error.message)) {
    return tooLarge(`The picture has more than ${Math.round(limits.pixels / 1_000_000)} million pixels.`);
  }
  if (/^image\/hei[cf]$/.test(mimeType) && /support|plugin|compression/i.test(error.message)) {
    return unsupported('HEIC pictures (HEVC) cannot be decoded here. Save it as JPEG, PNG, WebP or AVIF.');
  }
  return damaged(`The picture cannot be decoded: ${reason(error)}.`, error);
}
