/** Zero crossings of the kernel on each side; with the window below, about 80 dB of what would alias is kept out. */
const CROSSINGS = 16;
const KAISER_BETA = 8;
/** Points of the kernel's table between two zero crossings; between points it is interpolated. */
const RESOLUTION = 256;

/**
 * Changes a mono signal's rate by band-limited interpolation (J. O. Smith, "Digital Audio Resampling"): a windowed sinc
 * whose cut-off lies just below half of the lower of the two rates. Chunks may have any length; the state goes along.
 */
export class Resampler {
  private readonly step: number;
  private readonly scale: number;
  private readonly reach: number;
  private history: Float32Array;
  /** The next output's place, in samples of `history`. */
  private position: number;

  constructor(from: number, to: number) {
    this.step = from / to;
    this.scale = Math.min(1, to / from) * 0.94;
    this.reach = Math.ceil(CROSSINGS / this.scale);
    this.history = new Float32Array(this.reach);
    this.position = this.reach;
  }

  push(samples: Float32Array): Float32Array {
    const input = new Float32Array(this.history.length + samples.length);
    input.set(this.history);
    input.set(samples, this.history.length);
    const last = input.length - this.reach - 1;
    const out = new Float32Array(Math.max(0, Math.floor((last - this.position) / this.step) + 1));
    for (let i = 0; i < out.length; i++) out[i] = this.interpolate(input, this.position + i * this.step);
    this.position += out.length * this.step;
    const keepFrom = Math.min(input.length, Math.max(0, Math.floor(this.position) - this.reach));
    this.history = input.slice(keepFrom);
    this.position -= keepFrom;
    return out;
  }

  /** What the kernel still waits for at the end. */
  flush(): Float32Array {
    return this.push(new Float32Array(this.reach + 1));
  }

  private interpolate(input: Float32Array, position: number): number {
    const first = Math.max(0, Math.ceil(position - this.reach));
    const end = Math.min(input.length - 1, Math.floor(position + this.reach));
    let sum = 0;
    for (let i = first; i <= end; i++) sum += input[i]! * kernel(Math.abs(i - position) * this.scale);
    return sum * this.scale;
  }
}

const TABLE = Float64Array.from({ length: CROSSINGS * RESOLUTION + 2 }, (_, i) => {
  const x = i / RESOLUTION;
  if (x >= CROSSINGS) return 0;
  const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  return sinc * (bessel(KAISER_BETA * Math.sqrt(1 - (x / CROSSINGS) ** 2)) / bessel(KAISER_BETA));
});

function kernel(x: number): number {
  const place = x * RESOLUTION;
  const index = Math.floor(place);
  if (index >= CROSSINGS * RESOLUTION) return 0;
  return TABLE[index]! + (TABLE[index + 1]! - TABLE[index]!) * (place - index);
}

/** The modified Bessel function of the first kind, order zero, by its series. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; k < 40; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
