import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { preparePixels } from '../../../../src/adapters/media/images/clip-pixels.js';
import { decodeRgb, type Rgb } from '../../../../src/adapters/media/images/decode-rgb.js';
import { DEFAULT_LIMITS } from '../../../../src/adapters/media/limits.js';
import type { PixelSpec } from '../../../../src/ports/media-tensors.port.js';
import { cosine } from '../../../support/cosine.js';

const SPEC: PixelSpec = { side: 224, crop: 224, mean: [0.4815, 0.4578, 0.4082], deviation: [0.2686, 0.2613, 0.2758] };
const ENOUGH = 2 * SPEC.side;
const folder = mkdtempSync(join(tmpdir(), 'strata-transparent-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A red disc with a soft edge, around which white is hidden, or green in the lower half. */
function disc(side: number): Sharp {
  const data = Buffer.alloc(side * side * 4);
  for (let y = 0, at = 0; y < side; y++) {
    for (let x = 0; x < side; x++, at += 4) {
      const beyond = (Math.hypot(x - side / 2, y - side / 2) / side - 0.3) * 20;
      const hidden = y < side / 2 ? 0xff_ff_ff : 0x14_b4_5a;
      data.writeUIntBE(beyond < 1 ? 0xc8_1e_1e : hidden, at, 3);
      data[at + 3] = Math.round(255 * Math.min(1, Math.max(0, 1 - beyond)));
    }
  }
  return sharp(data, { raw: { width: side, height: side, channels: 4 } });
}

const FORMATS = {
  png: (picture: Sharp) => picture.png({ compressionLevel: 1 }),
  // Without `exact` the encoder writes black where nothing is seen.
  webp: (picture: Sharp) => picture.webp({ lossless: true, exact: true, effort: 0 }),
};
type Format = keyof typeof FORMATS;

async function written(side: number, format: Format, orientation = 1): Promise<(enough: number) => Promise<Rgb>> {
  const path = join(folder, `${side}-${orientation}.${format}`);
  await FORMATS[format](disc(side)).withMetadata({ orientation }).toFile(path);
  return (enough) => decodeRgb(path, `image/${format}`, statSync(path).size, DEFAULT_LIMITS, enough);
}

const pixel = ({ data, width }: Rgb, x: number, y: number) => [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
const cases = [800, 1_200, 3_000].flatMap((side) => (['png', 'webp'] as const).map((format) => ({ side, format })));

describe('what a picture hides behind its transparency', () => {
  it.each(cases)('goes to the model in its own colours, made smaller on the way or not: $format of $side pixels', async ({ side, format }) => {
    const decode = await written(side, format);
    const [reduced, whole] = [await decode(ENOUGH), await decode(side)];
    expect([reduced.width, whole.width]).toEqual([side > 2 * ENOUGH ? ENOUGH : side, side]);
    expect(pixel(reduced, 0, 0)).toEqual([255, 255, 255]);
    expect(pixel(reduced, 0, reduced.height - 1)).toEqual([20, 180, 90]);
    expect(cosine(preparePixels(reduced, SPEC), preparePixels(whole, SPEC))).toBeGreaterThan(0.999);
  });

  it('is turned as EXIF says', async () => {
    const decode = await written(1_200, 'png', 3);
    const reduced = await decode(ENOUGH);
    expect(pixel(reduced, 0, 0)).toEqual([20, 180, 90]);
    expect(cosine(preparePixels(reduced, SPEC), preparePixels(await decode(1_200), SPEC))).toBeGreaterThan(0.999);
  });
});
