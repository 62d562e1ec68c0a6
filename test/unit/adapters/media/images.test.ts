import { describe, expect, it } from 'vitest';
import { IMAGE_DESCRIPTOR } from '../../../../src/adapters/media/descriptors/descriptor-vectors.js';
import { describeImage } from '../../../../src/adapters/media/descriptors/image-descriptor.js';
import { dominantColours } from '../../../../src/adapters/media/images/dominant-colours.js';
import { perceptualHash } from '../../../../src/adapters/media/images/perceptual-hash.js';
import { oklabPlanes, oklabToHex, resizePlane, toOklab, type Pixels } from '../../../../src/adapters/media/images/planes.js';

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

function paint(width: number, height: number, colourAt: (x: number, y: number) => Colour): Pixels {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colourAt(x / width, y / height), (y * width + x) * 4);
  return { data, width, height };
}
const wave = (width: number, height: number, gain = 1) =>
  paint(width, height, (x, y) => [100 + gain * 80 * Math.sin(7 * x + 3 * y * y), 120, 100 + gain * 60 * Math.cos(5 * y - 4 * x), 255]);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const bitsApart = (a: string, b: string) => [...(BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2)].filter((bit) => bit === '1').length;

describe('Oklab', () => {
  it.each(['#000000', '#ffffff', '#ff0000', '#12ab9f', '#808080'])('goes there and back for %s', (hex) => {
    const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)) as [number, number, number];
    expect(oklabToHex(toOklab(r, g, b))).toBe(hex);
  });
});

it('resizes a plane by area', () => {
  const plane = { values: Float64Array.from([0, 1, 2, 3, 4, 5, 6, 7]), width: 4, height: 2 };
  expect([...resizePlane(plane, 2, 1).values]).toEqual([2.5, 4.5]);
  expect([...resizePlane(plane, 8, 2).values.slice(0, 8)]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
});

describe('dominant colours', () => {
  it('are those of a flag, by area', () => {
    const flag = paint(40, 40, (x) => (x < 0.5 ? [200, 0, 0, 255] : x < 0.8 ? [0, 0, 160, 255] : [250, 250, 250, 255]));
    expect(dominantColours(flag)).toEqual([
      { hex: '#c80000', share: 0.5 },
      { hex: '#0000a0', share: 0.3 },
      { hex: '#fafafa', share: 0.2 },
    ]);
  });

  it('leave out what is transparent', () => {
    expect(dominantColours(paint(10, 10, (x) => (x < 0.5 ? [9, 200, 9, 0] : [10, 20, 30, 255])))).toEqual([{ hex: '#0a141e', share: 1 }]);
    expect(dominantColours(paint(4, 4, () => [1, 2, 3, 0]))).toEqual([]);
  });
});

describe('the perceptual hash', () => {
  const hash = (pixels: Pixels) => perceptualHash(oklabPlanes(pixels)[0]);

  it('hardly changes with size and contrast, and does with the picture', () => {
    const original = hash(wave(240, 160));
    expect(original).toMatch(/^[0-9a-f]{16}$/);
    expect(bitsApart(original, hash(wave(120, 80)))).toBeLessThanOrEqual(4);
    expect(bitsApart(original, hash(wave(240, 160, 0.6)))).toBeLessThanOrEqual(6);
    const other = paint(240, 160, (x, y) => (Math.hypot(x - 0.3, y - 0.6) < 0.2 ? [255, 255, 255, 255] : [20, 20, 20, 255]));
    expect(bitsApart(original, hash(other))).toBeGreaterThan(12);
  });
});

describe('the image descriptor', () => {
  it('has the length it says, and 1 as its norm, even of nothing', () => {
    for (const pixels of [wave(100, 70), paint(1, 1, () => [0, 0, 0, 0]), paint(50, 50, () => [255, 255, 255, 255])]) {
      const vector = describeImage(pixels);
      expect(vector).toHaveLength(IMAGE_DESCRIPTOR.dimensions);
      expect(dot(vector, vector)).toBeCloseTo(1, 5);
    }
  });

  it('is near for another size or contrast, farther for other colours, farther still for another picture', () => {
    const original = describeImage(wave(200, 150));
    const smaller = dot(original, describeImage(wave(100, 75)));
    const recoloured = dot(original, describeImage(paint(200, 150, (x, y) => [120, 100 + 80 * Math.sin(7 * x + 3 * y * y), 60, 255])));
    const other = dot(original, describeImage(paint(200, 150, (x, y) => (Math.hypot(x - 0.5, y - 0.5) < 0.3 ? [255, 220, 0, 255] : [0, 0, 90, 255]))));
    expect(smaller).toBeGreaterThan(0.98);
    expect(recoloured).toBeLessThan(smaller);
    expect(other).toBeLessThan(recoloured);
  });
});
