import sharp, { type Sharp } from 'sharp';
import type { MediaLimits } from '../limits.js';
import { openSource, refuseTooLarge, translatePictureError } from './picture.js';

/** 8 bits a channel, row by row, as the file has it: no colour profile applied, no transparency. */
export interface Rgb {
  data: Uint8Array;
  width: number;
  height: number;
}

/**
 * A picture as models were trained on it, which is as Pillow's `exif_transpose` and `convert("RGB")` leave it: turned,
 * transparency dropped and not laid over anything, grey repeated, CMYK by 255 − ink − black, profiles ignored.
 *
 * @param enough pixels of the shorter side that suffice; a picture of more than twice as many is made smaller on the way, so
 * that a photograph of a hundred million pixels need not be in memory as a whole; one with transparency is, in three bytes a pixel
 */
export async function decodeRgb(path: string, mimeType: string, fileSize: number, limits: MediaLimits, enough: number): Promise<Rgb> {
  try {
    const source = await openSource(path, mimeType, fileSize, limits, { ignoreIcc: true });
    const { space, autoOrient, hasAlpha } = await source.open().metadata();
    refuseTooLarge(autoOrient, limits);
    const shorter = Math.min(autoOrient.width, autoOrient.height);
    const hides = (source.hasAlpha ?? hasAlpha) && space !== 'cmyk';
    const whole = (space === 'cmyk' ? source.open().pipelineColourspace('cmyk').toColourspace('cmyk') : source.open().toColourspace('srgb')).removeAlpha().autoOrient();
    if (shorter <= 2 * enough) return await pixelsOf(whole);
    return await pixelsOf(reduced(hides ? await withoutAlpha(whole) : whole, autoOrient, enough / shorter));
  } catch (error) {
    throw translatePictureError(error, mimeType, limits);
  }
}

function reduced(picture: Sharp, { width, height }: { width: number; height: number }, scale: number): Sharp {
  const side = (pixels: number) => Math.max(1, Math.round(pixels * scale));
  return picture.resize({ width: side(width), height: side(height), fit: 'fill', kernel: 'cubic' });
}

/**
 * sharp multiplies colours by their transparency before it makes a picture smaller, and drops the channel last, whatever the order of
 * the calls: what is hidden would turn black, where Pillow keeps its colour. So the pixels are laid down without it first.
 */
async function withoutAlpha(picture: Sharp): Promise<Sharp> {
  const { data, info } = await picture.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return sharp(data, { raw: info, limitInputPixels: false });
}

async function pixelsOf(picture: Sharp): Promise<Rgb> {
  const { data, info } = await picture.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  if (info.channels === 3) return { data, width, height };
  return { data: info.channels === 4 ? fromCmyk(data) : fromGrey(data, info.channels), width, height };
}

function fromCmyk(ink: Uint8Array): Uint8Array {
  const out = new Uint8Array((ink.length / 4) * 3);
  for (let i = 0, at = 0; i < ink.length; i += 4) {
    const light = 255 - ink[i + 3]!;
    for (let c = 0; c < 3; c++) {
      // Pillow's MULDIV255, which rounds a × b / 255 without a division.
      const product = ink[i + c]! * light + 128;
      out[at++] = Math.max(0, light - (((product >> 8) + product) >> 8));
    }
  }
  return out;
}

function fromGrey(grey: Uint8Array, channels: number): Uint8Array {
  const out = new Uint8Array((grey.length / channels) * 3);
  for (let i = 0, at = 0; i < grey.length; i += channels) for (let c = 0; c < 3; c++) out[at++] = grey[i]!;
  return out;
}
