import commonJsMeyda from 'meyda';
import { RATE } from './mono-sound.js';

// Its types describe the ES module; Node loads the CommonJS build, which exports the object itself.
const meyda = commonJsMeyda as unknown as typeof commonJsMeyda.default;

/** Samples a frame (32 ms) and between frames (16 ms), at 16 kHz. */
const FRAME = 512;
export const HOP = 256;

export const BANDS = 40;
const LOWEST_HZ = 50;
const HIGHEST_HZ = 7_600;
/** What a telephone's 8 kHz still holds, its filter's slope taken off. */
const NARROW_HZ = 3_400;

const toMel = (hertz: number) => 1127 * Math.log1p(hertz / 700);
const toHertz = (mel: number) => 700 * Math.expm1(mel / 1127);
const EDGES = Array.from({ length: BANDS + 2 }, (_, i) => toHertz(toMel(LOWEST_HZ) + ((toMel(HIGHEST_HZ) - toMel(LOWEST_HZ)) * i) / (BANDS + 1)));

/** Bands whose upper edge a source sampled at 8 kHz still has. */
export const NARROW_BANDS = EDGES.slice(2).filter((edge) => edge <= NARROW_HZ).length;

/** Triangles over the power spectrum's bins, by band: the first bin and the weights from there on. */
const FILTERS = Array.from({ length: BANDS }, (_, band) => {
  const [low, centre, high] = [EDGES[band]!, EDGES[band + 1]!, EDGES[band + 2]!];
  const width = RATE / FRAME;
  const first = Math.ceil(low / width);
  const weights: number[] = [];
  for (let bin = first; bin * width < high; bin++) {
    const hertz = bin * width;
    weights.push(hertz <= centre ? (hertz - low) / (centre - low) : (high - hertz) / (high - centre));
  }
  // The lowest triangles may fall between two bins; then the nearer one stands for them.
  if (weights.length === 0) return { first: Math.round(centre / width), weights: [1] };
  return { first, weights };
});

/** Gathers a signal's mel spectrogram a stretch at a time: each frame's energy in 40 bands. */
export class MelSpectrogram {
  private rest: Float32Array = new Float32Array(0);
  private readonly frames: Float32Array[] = [];

  push(samples: Float32Array): void {
    const signal = new Float32Array(this.rest.length + samples.length);
    signal.set(this.rest);
    signal.set(samples, this.rest.length);
    let start = 0;
    for (; start + FRAME <= signal.length; start += HOP) this.frames.push(bandEnergies(signal.subarray(start, start + FRAME)));
    this.rest = signal.slice(start);
  }

  /** What is left is filled up with silence where there is no whole frame at all. */
  finish(): readonly Float32Array[] {
    if (this.frames.length === 0 && this.rest.length > 0) {
      const frame = new Float32Array(FRAME);
      frame.set(this.rest);
      this.frames.push(bandEnergies(frame));
    }
    return this.frames;
  }
}

function bandEnergies(frame: Float32Array): Float32Array {
  meyda.bufferSize = FRAME;
  meyda.sampleRate = RATE;
  meyda.windowingFunction = 'hanning';
  const spectrum = meyda.extract('powerSpectrum', frame) as unknown as Float32Array;
  return Float32Array.from(FILTERS, ({ first, weights }) => {
    let energy = 0;
    for (let i = 0; i < weights.length; i++) energy += weights[i]! * spectrum[first + i]!;
    return energy;
  });
}
