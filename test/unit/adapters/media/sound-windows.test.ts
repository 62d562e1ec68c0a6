import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutWindows, type SoundWindow } from '../../../../src/adapters/media/sounds/cut-windows.js';
import { prepareWave } from '../../../../src/adapters/media/sounds/wave.js';

const RATE = 16_000;
async function* chunks(samples: Float32Array, size: number): AsyncGenerator<Float32Array> {
  for (let at = 0; at < samples.length; at += size) yield samples.subarray(at, at + size);
}
const windowsOf = async (samples: Float32Array, size: number, length: number, rest: number) => {
  const windows: SoundWindow[] = [];
  for await (const window of cutWindows(chunks(samples, size), length, rest)) windows.push(window);
  return windows;
};
const counting = (length: number) => Float32Array.from({ length }, (_, i) => i + 1);

describe('cutWindows', () => {
  it('cuts a sound into windows that are whole, by time, that hold what was heard then, and leave out a short rest alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 70 }), fc.integer({ min: 2, max: 60 }), async (total, size, length) => {
        const rest = Math.ceil(length / 4);
        const sound = counting(total);
        const windows = await windowsOf(sound, size, length, rest);
        const begins = windows.map(({ startSeconds }) => Math.round(startSeconds * RATE));
        expect(begins).toEqual([...begins].sort((a, b) => a - b));
        windows.forEach(({ samples }) => expect(samples).toHaveLength(Math.min(length, total)));
        const heard = new Set(windows.flatMap(({ samples }) => [...samples]));
        expect(total - heard.size).toBeLessThan(total < length ? 1 : rest);
        expect(windows.length).toBe(total <= length ? 1 : Math.floor(total / length) + (total % length >= rest ? 1 : 0));
      }),
    );
  });

  it('begins each where its first sample lies', async () => {
    const windows = await windowsOf(counting(4 * RATE), 1_000, RATE + 8_000, 4_000);
    expect(windows.map(({ startSeconds }) => startSeconds)).toEqual([0, 1.5, 2.5]);
    windows.forEach(({ samples, startSeconds }) => expect(samples[0]).toBe(startSeconds * RATE + 1));
  });

  it('has nothing of nothing', async () => expect(await windowsOf(new Float32Array(0), 10, 10, 1)).toEqual([]));
});

describe('prepareWave', () => {
  it('has mean 0 and variance 1 whatever the level', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 50, maxLength: 300 }), fc.double({ min: 0.05, max: 1, noNaN: true }), (samples, level) => {
        const wave = prepareWave(Float32Array.from(samples, (value, i) => level * (value + (i % 2))), { leastSamples: 1 });
        const mean = wave.reduce((sum, value) => sum + value, 0) / wave.length;
        const variance = wave.reduce((sum, value) => sum + (value - mean) ** 2, 0) / wave.length;
        expect(mean).toBeCloseTo(0, 4);
        expect(variance).toBeCloseTo(1, 2);
      }),
    );
  });

  it('fills up what is too short, and leaves silence silent', () => {
    const short = prepareWave(Float32Array.of(1, -1, 1, -1), { leastSamples: 10 });
    expect([...short].map((value) => Math.round(value))).toEqual([1, -1, 1, -1, 0, 0, 0, 0, 0, 0]);
    expect(prepareWave(new Float32Array(100), { leastSamples: 10 }).every((value) => value === 0)).toBe(true);
  });
});
