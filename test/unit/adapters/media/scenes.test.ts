import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseScenes, isBlack, lookAt, type Look } from '../../../../src/adapters/media/films/scenes.js';
import type { Rgb } from '../../../../src/adapters/media/images/decode-rgb.js';
import { roughlyFirst } from '../../../../src/adapters/media/roughly-first.js';

const SIDE = 32;
const frame = (colourAt: (x: number, y: number) => number): Rgb => {
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let i = 0; i < SIDE * SIDE; i++) data.fill(colourAt(i % SIDE, Math.floor(i / SIDE)), i * 3, i * 3 + 3);
  return { data, width: SIDE, height: SIDE };
};
/** Stripes of two pixels around a grey. */
const striped = (grey: number) => frame((x) => grey + (x % 4 < 2 ? 40 : -40));
/** As much contrast, without an edge. */
const blurred = (grey: number) => frame((x, y) => grey + 40 * Math.sin((x + y) / 20));
const black = frame(() => 3);
const plain = (grey: number) => frame(() => grey);
const film = (frames: readonly Rgb[], gap = 0.25) => frames.map((each, i) => lookAt(each, i * gap));
const repeated = (each: Rgb, times: number) => Array.from({ length: times }, () => each);

describe('chooseScenes', () => {
  it('has a frame from the middle of each scene', () => {
    expect(chooseScenes(film([...repeated(striped(60), 5), ...repeated(striped(120), 7), ...repeated(plain(200), 3)]), 64)).toEqual([2, 8, 13]);
  });

  it('skips what is black, what is blurred, and what is seen for a moment only', () => {
    const frames = [...repeated(striped(60), 5), ...repeated(black, 4), ...repeated(blurred(120), 4), ...repeated(striped(180), 5), plain(250), ...repeated(striped(60), 5)];
    expect(chooseScenes(film(frames), 64)).toEqual([2, 15, 21]);
  });

  it('does not call a film blurred that is soft throughout', () => {
    expect(chooseScenes(film([...repeated(blurred(60), 4), ...repeated(blurred(160), 4)]), 64)).toEqual([2, 6]);
  });

  it('has one frame of a film that is black throughout', () => {
    expect(chooseScenes(film([black, black, frame((x) => (x < 4 ? 20 : 0)), black]), 64)).toEqual([2]);
  });

  it('looks again at a scene that lasts for minutes', () => {
    const chosen = chooseScenes(film(repeated(striped(90), 40), 15), 64);
    expect(chosen).toHaveLength(10);
    expect(Math.max(...chosen.slice(1).map((at, i) => at - chosen[i]!)) * 15).toBeLessThanOrEqual(60);
  });

  const look = fc.record({ grey: fc.nat(255), detail: fc.double({ min: 0, max: 2, noNaN: true }), contrast: fc.double({ min: 0, max: 80, noNaN: true }) });
  it('chooses some of the looks, in order, no more than it may, black ones only where there is nothing else', () => {
    fc.assert(
      fc.property(fc.array(look, { minLength: 1, maxLength: 120 }), fc.integer({ min: 1, max: 20 }), fc.constantFrom(0.25, 1, 45), (drawn, most, gap) => {
        const looks = drawn.map(({ grey, ...rest }, i): Look => ({ seconds: i * gap, tiles: new Float32Array(192).fill(grey), lightness: grey, ...rest }));
        const chosen = chooseScenes(looks, most);
        expect(chosen.length).toBeGreaterThan(0);
        expect(chosen.length).toBeLessThanOrEqual(most);
        expect(chosen).toEqual([...new Set(chosen)].sort((a, b) => a - b));
        for (const i of chosen) expect(i in looks).toBe(true);
        if (chosen.length > 1) expect(chosen.some((i) => isBlack(looks[i]!))).toBe(false);
      }),
    );
  });

  it('has nothing of nothing', () => expect(chooseScenes([], 8)).toEqual([]));
});

it('roughlyFirst names each once, and any beginning of it lies about evenly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), (count) => {
      const order = roughlyFirst(count);
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      const begun = order.slice(0, Math.ceil(count / 2)).sort((a, b) => a - b);
      for (let i = 1; i < begun.length; i++) expect(begun[i]! - begun[i - 1]!).toBeLessThanOrEqual(4);
    }),
  );
});
