import type { PixelSpec } from '../../../ports/media-tensors.port.js';
import { resizeBicubic } from './bicubic.js';
import type { Rgb } from './decode-rgb.js';

/**
 * A picture as CLIPImageProcessor hands it to the model: the shorter side resized, the middle cut out, each colour less its
 * mean over its deviation; planes of red, green, blue.
 *
 * @returns 3 × crop × crop numbers
 */
export function preparePixels(picture: Rgb, { side, crop, mean, deviation }: PixelSpec): Float32Array {
  const { width, height } = sizeWithShorter(picture, side);
  const { data } = resizeBicubic(picture, width, height, { left: Math.floor((width - crop) / 2), top: Math.floor((height - crop) / 2), width: crop, height: crop });
  const area = crop * crop;
  const planes = new Float32Array(3 * area);
  for (let c = 0; c < 3; c++) {
    const shades = Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean[c]!) / deviation[c]!);
    for (let i = 0, at = c; i < area; i++, at += 3) planes[c * area + i] = shades[data[at]!]!;
  }
  return planes;
}

/** The longer side is cut to whole pixels, not rounded, as the reference does. */
function sizeWithShorter({ width, height }: Rgb, side: number): { width: number; height: number } {
  return width <= height ? { width: side, height: Math.trunc((side * height) / width) } : { width: Math.trunc((side * width) / height), height: side };
}
