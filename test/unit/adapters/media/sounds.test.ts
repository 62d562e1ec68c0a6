import { describe, expect, it } from 'vitest';
import { describeSound } from '../../../../src/adapters/media/descriptors/audio-descriptor.js';
import { AUDIO_DESCRIPTOR } from '../../../../src/adapters/media/descriptors/descriptor-vectors.js';
import { mixDown } from '../../../../src/adapters/media/sounds/mono-sound.js';
import { Resampler } from '../../../../src/adapters/media/sounds/resampler.js';

const tone = (hertz: number, rate: number, seconds: number, gain = 0.5) =>
  Float32Array.from({ length: rate * seconds }, (_, i) => gain * Math.sin((2 * Math.PI * hertz * i) / rate));
const level = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
async function* chunks(samples: Float32Array, size = 5_000) {
  for (let i = 0; i < samples.length; i += size) yield samples.subarray(i, i + size);
}
const describeWhole = async (samples: Float32Array) => (await describeSound(chunks(samples)))!;
/** The same on every run: a linear congruential generator. */
function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => ((state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 1_073_741_824 - 1) * 0.3);
}

describe('the resampler', () => {
  it.each([[8_000, 16_000], [44_100, 16_000], [22_050, 16_000], [48_000, 16_000], [16_000, 16_000], [11_025, 16_000]])('keeps a tone and the length from %i to %i', (from, to) => {
    const resampler = new Resampler(from, to);
    const source = tone(1_000, from, 1);
    const parts = [resampler.push(source.subarray(0, 777)), resampler.push(source.subarray(777)), resampler.flush()];
    const result = Float32Array.from(parts.flatMap((part) => [...part]));
    expect(Math.abs(result.length - to)).toBeLessThanOrEqual(1);
    const expected = tone(1_000, to, 1);
    const errors = result.subarray(200, 15_800).map((value, i) => value - expected[i + 200]!);
    expect(level(errors)).toBeLessThan(0.002);
  });

  it('gives the same in one piece and in many', () => {
    const source = noise(10_000, 7);
    const whole = new Resampler(44_100, 16_000).push(source);
    const resampler = new Resampler(44_100, 16_000);
    const parts: number[] = [];
    for (let i = 0; i < source.length; i += 333) parts.push(...resampler.push(source.subarray(i, i + 333)));
    expect(parts).toEqual([...whole]);
  });

  it('lets nothing through that the lower rate cannot hold', () => {
    const resampler = new Resampler(48_000, 16_000);
    expect(level(resampler.push(tone(11_000, 48_000, 1)).subarray(100))).toBeLessThan(0.001);
  });
});

it('mixes channels to their mean', () => {
  expect([...mixDown({ channelData: [Float32Array.of(1, 0), Float32Array.of(0, -1)], sampleRate: 1 })]).toEqual([0.5, -0.5]);
});

describe('the sound descriptor', () => {
  it('has the length it says and 1 as its norm, for silence, a click and a single sample, too', async () => {
    const click = new Float32Array(16_000);
    click[5_000] = 1;
    for (const samples of [tone(440, 16_000, 2), new Float32Array(32_000), click, Float32Array.of(0.5), noise(20_000, 3)]) {
      const vector = await describeWhole(samples);
      expect(vector).toHaveLength(AUDIO_DESCRIPTOR.dimensions);
      expect(dot(vector, vector)).toBeCloseTo(1, 5);
    }
    expect(await describeSound(chunks(new Float32Array(0)))).toBeNull();
  });

  it('has silence near silence and near nothing else', async () => {
    const silence = await describeWhole(new Float32Array(16_000));
    expect(dot(silence, await describeWhole(new Float32Array(48_000)))).toBeCloseTo(1, 6);
    expect(dot(silence, await describeWhole(noise(16_000, 1)))).toBeCloseTo(0, 6);
  });

  it('does not mind loudness, and tells tones from noise', async () => {
    const [low, quiet, high, hiss] = await Promise.all(
      [tone(300, 16_000, 2), tone(300, 16_000, 2, 0.05), tone(2_000, 16_000, 2), noise(32_000, 5)].map(describeWhole),
    );
    expect(dot(low!, quiet!)).toBeGreaterThan(0.99);
    expect(dot(low!, high!)).toBeLessThan(0.6);
    expect(dot(low!, hiss!)).toBeLessThan(0.6);
  });
});
