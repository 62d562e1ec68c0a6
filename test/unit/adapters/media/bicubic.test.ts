import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resizeBicubic } from '../../../../src/adapters/media/images/bicubic.js';
import { preparePixels } from '../../../../src/adapters/media/images/clip-pixels.js';
import type { Rgb } from '../../../../src/adapters/media/images/decode-rgb.js';

const side = fc.integer({ min: 1, max: 40 });
const picture = fc.tuple(side, side, fc.infiniteStream(fc.nat(255))).map(([width, height, values]): Rgb => ({ width, height, data: Uint8Array.from({ length: width * height * 3 }, () => values.next().value as number) }));
const whole = (width: number, height: number) => ({ left: 0, top: 0, width, height });

describe('resizeBicubic', () => {
  it('gives what Pillow gives, reduced and enlarged', () => {
    // Image.frombytes("RGB", (6, 4), bytes((i * 37) % 256 for i in range(72))).resize(size, Image.BICUBIC)
    const source = { width: 6, height: 4, data: Uint8Array.from({ length: 72 }, (_, i) => (i * 37) % 256) };
    expect([...resizeBicubic(source, 3, 2, whole(3, 2)).data]).toEqual(PILLOW.reduced);
    expect([...resizeBicubic(source, 8, 5, whole(8, 5)).data]).toEqual(PILLOW.enlarged);
  });

  it('leaves a picture as it is where it has the size already', () => {
    fc.assert(
      fc.property(picture, (source) => {
        expect(resizeBicubic(source, source.width, source.height, whole(source.width, source.height)).data).toEqual(source.data);
      }),
    );
  });

  it('keeps one colour one colour', () => {
    fc.assert(
      fc.property(side, side, side, side, fc.nat(255), (width, height, toWidth, toHeight, value) => {
        const { data } = resizeBicubic({ width, height, data: new Uint8Array(width * height * 3).fill(value) }, toWidth, toHeight, whole(toWidth, toHeight));
        expect(data.every((each) => each === value)).toBe(true);
      }),
    );
  });

  it('gives of a part what it gives of the whole', () => {
    fc.assert(
      fc.property(picture, side, side, fc.nat(), fc.nat(), fc.nat(), fc.nat(), (source, width, height, ...places) => {
        const [a, b, c, d] = places as [number, number, number, number];
        const left = a % width;
        const top = b % height;
        const window = { left, top, width: 1 + (c % (width - left)), height: 1 + (d % (height - top)) };
        const all = resizeBicubic(source, width, height, whole(width, height)).data;
        const part = resizeBicubic(source, width, height, window).data;
        for (let y = 0; y < window.height; y++) {
          const from = ((top + y) * width + left) * 3;
          expect(part.subarray(y * window.width * 3, (y + 1) * window.width * 3)).toEqual(all.subarray(from, from + window.width * 3));
        }
      }),
    );
  });
});

describe('preparePixels', () => {
  const spec = { side: 8, crop: 8, mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] } as const;

  it('takes a picture of one pixel, and a strip of a million, at the price of any other', () => {
    const dot = preparePixels({ width: 1, height: 1, data: Uint8Array.of(255, 0, 0) }, spec);
    expect([dot[0], dot[64], dot[128]]).toEqual([1, -1, -1]);
    const strip = preparePixels({ width: 1_000_000, height: 1, data: new Uint8Array(3_000_000).fill(255) }, spec);
    expect(strip).toHaveLength(192);
    expect(strip.every((value) => value === 1)).toBe(true);
  });

  it('cuts the middle out', () => {
    const source: Rgb = { width: 24, height: 8, data: new Uint8Array(24 * 8 * 3) };
    for (let y = 0; y < 8; y++) for (let x = 8; x < 16; x++) source.data.fill(255, (y * 24 + x) * 3, (y * 24 + x + 1) * 3);
    expect(preparePixels(source, spec).every((value) => value === 1)).toBe(true);
  });
});

const PILLOW = {
  reduced: [
    76, 104, 147, 149, 83, 111, 134, 151, 79, 115, 156, 138, 100, 120, 162, 173, 97, 124,
  ],
  enlarged: [
    0, 24, 61, 62, 118, 155, 170, 102, 139, 217, 0, 37, 79, 101, 152, 155, 208, 50, 143, 179, 34, 28, 65, 128,
    125, 160, 197, 51, 94, 131, 63, 81, 118, 166, 115, 152, 197, 32, 72, 133, 107, 107, 119, 183, 94, 164, 200, 28,
    104, 141, 195, 95, 131, 173, 67, 117, 152, 64, 104, 141, 185, 92, 129, 182, 56, 116, 154, 107, 102, 145, 207, 91,
    85, 122, 83, 130, 167, 178, 116, 152, 195, 52, 92, 129, 83, 148, 185, 186, 88, 124, 198, 65, 109, 126, 98, 154,
    221, 255, 14, 106, 143, 81, 94, 131, 188, 170, 207, 244, 32, 68, 105, 79, 144, 181, 187, 132, 169, 255, 17, 54,
  ],
};
