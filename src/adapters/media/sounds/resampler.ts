/** Zero crossings of the kernel on each side; with the window below, about 80 dB of what would alias is kept out. */
const CROSSINGS = 16;
const KAISER_BETA = 8;
/** The cut-off as a share of half the lower rate: the rest is the filter's slope. */
const CUTOFF = 0.94;

/**
 * Changes a mono signal's rate by band-limited interpolation (J. O. Smith, "Digital Audio Resampling"): a windowed sinc
 * whose cut-off lies just below half of the lower of the two rates, as a filter a phase. Chunks may have any length.
 */
export class Resampler {
  /** Outputs lie at `down / up` inputs from each other. */
  private readonly up: number;
  private readonly down: number;
  private readonly reach: number;
  /** By phase: the weights of the inputs from `reach` before to `reach` after the place. */
  private readonly filters: Float32Array;
  private history: Float32Array;
  /** The next output's place: whole inputs into `history`, and then so many parts of `up`. */
  private whole: number;
  private phase = 0;

  /** @param from and @param to in samples a second, whole numbers */
  constructor(from: number, to: number) {
    const common = greatestCommonDivisor(from, to);
    this.up = to / common;
    this.down = from / common;
    const scale = Math.min(1, to / from) * CUTOFF;
    this.reach = Math.ceil(CROSSINGS / scale);
    this.filters = makeFilters(this.up, this.reach, scale);
    this.history = new Float32Array(this.reach);
    this.whole = this.reach;
  }

  push(samples: Float32Array): Float32Array {
    const input = new Float32Array(this.history.length + samples.length);
    input.set(this.history);
    input.set(samples, this.history.length);
    const { up, down, reach, filters } = this;
    const taps = 2 * reach + 1;
    const end = input.length - reach;
    const out = new Float32Array(Math.max(0, Math.ceil(((end - this.whole) * up - this.phase) / down)));
    for (let o = 0; o < out.length; o++) {
      const first = this.whole - reach;
      const filter = this.phase * taps;
      let sum = 0;
      for (let i = 0; i < taps; i++) sum += input[first + i]! * filters[filter + i]!;
      out[o] = sum;
      this.phase += down;
      this.whole += Math.floor(this.phase / up);
      this.phase %= up;
    }
    const keepFrom = Math.min(input.length, this.whole - reach);
    this.history = input.slice(keepFrom);
    this.whole -= keepFrom;
    return out;
  }

  /** What the filter still waits for at the end. */
  flush(): Float32Array {
    return this.push(new Float32Array(this.reach));
  }
}

function makeFilters(phases: number, reach: number, scale: number): Float32Array {
  const taps = 2 * reach + 1;
  const filters = new Float32Array(phases * taps);
  for (let phase = 0; phase < phases; phase++) {
    for (let i = 0; i < taps; i++) filters[phase * taps + i] = scale * kernel((i - reach - phase / phases) * scale);
  }
  return filters;
}

/** A sinc under a Kaiser window, in zero crossings from its middle. */
function kernel(x: number): number {
  if (Math.abs(x) >= CROSSINGS) return 0;
  const sinc = x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  return (sinc * bessel(KAISER_BETA * Math.sqrt(1 - (x / CROSSINGS) ** 2))) / bessel(KAISER_BETA);
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

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
