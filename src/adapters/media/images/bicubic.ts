import type { Rgb } from './decode-rgb.js';

/** A rectangle of the resized picture; what lies outside it is never computed. */
export interface Window {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** For each place of an axis: its first source and the weights from there on, in 22-bit fixed point. */
interface Weights {
  firsts: Int32Array;
  counts: Int32Array;
  /** `width` numbers a place. */
  values: Int32Array;
  width: number;
}

/** Bits behind the point: 8 bits of colour, 22 of weight and two for sums that overshoot make 32. */
const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);
/** Of the kernel on each side, in source pixels, where the picture is not made smaller. */
const SUPPORT = 2;

/**
 * Resizes as Pillow does with `BICUBIC` (src/libImaging/Resample.c), to the last bit: Keys' cubic with a = −0.5, widened by
 * the reduction so that nothing aliases; first along the rows, rounded to 8 bits, then along the columns. Only `window` of
 * the result is computed, so that a picture of one row and a million columns costs no more than another.
 *
 * @param width and @param height of the whole result
 */
export function resizeBicubic(source: Rgb, width: number, height: number, window: Window): Rgb {
  const columns = weightsOf(source.width, width, window.left, window.width);
  const rows = weightsOf(source.height, height, window.top, window.height);
  const first = rows.firsts[0]!;
  const last = rows.firsts[window.height - 1]! + rows.counts[window.height - 1]!;
  const narrow = source.width === width ? cutOut(source, window.left, window.width, first, last) : alongRows(source, columns, first, last);
  if (source.height === height) return cutOut(narrow, 0, window.width, window.top - first, window.top - first + window.height);
  return { data: alongColumns(narrow, rows, first), width: window.width, height: window.height };
}

function alongRows({ data, width }: Rgb, { firsts, counts, values, width: taps }: Weights, from: number, to: number): Rgb {
  const target = firsts.length;
  const out = new Uint8Array(target * (to - from) * 3);
  let at = 0;
  for (let y = from; y < to; y++) {
    for (let x = 0; x < target; x++) {
      let source = (y * width + firsts[x]!) * 3;
      let [red, green, blue] = [HALF, HALF, HALF];
      const end = x * taps + counts[x]!;
      for (let i = x * taps; i < end; i++) {
        const weight = values[i]!;
        red = (red + Math.imul(data[source]!, weight)) | 0;
        green = (green + Math.imul(data[source + 1]!, weight)) | 0;
        blue = (blue + Math.imul(data[source + 2]!, weight)) | 0;
        source += 3;
      }
      out[at++] = clip(red >> PRECISION);
      out[at++] = clip(green >> PRECISION);
      out[at++] = clip(blue >> PRECISION);
    }
  }
  return { data: out, width: target, height: to - from };
}

/** @param from the source's row that the first of `narrow` is */
function alongColumns({ data, width }: Rgb, { firsts, counts, values, width: taps }: Weights, from: number): Uint8Array {
  const stride = width * 3;
  const out = new Uint8Array(stride * firsts.length);
  const sums = new Int32Array(stride);
  for (let y = 0; y < firsts.length; y++) {
    sums.fill(HALF);
    for (let i = 0; i < counts[y]!; i++) {
      const weight = values[y * taps + i]!;
      const row = (firsts[y]! - from + i) * stride;
      for (let x = 0; x < stride; x++) sums[x] = (sums[x]! + Math.imul(data[row + x]!, weight)) | 0;
    }
    for (let x = 0; x < stride; x++) out[y * stride + x] = clip(sums[x]! >> PRECISION);
  }
  return out;
}

function cutOut({ data, width }: Rgb, left: number, columns: number, from: number, to: number): Rgb {
  const out = new Uint8Array(columns * (to - from) * 3);
  for (let y = from; y < to; y++) {
    const start = (y * width + left) * 3;
    out.set(data.subarray(start, start + columns * 3), (y - from) * columns * 3);
  }
  return { data: out, width: columns, height: to - from };
}

const clip = (value: number) => (value < 0 ? 0 : value > 255 ? 255 : value);

/** Of `count` places from `begin` on, where `from` sources become `to` places. */
function weightsOf(from: number, to: number, begin: number, count: number): Weights {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const support = SUPPORT * stretch;
  const width = Math.ceil(support) * 2 + 1;
  const weights: Weights = { firsts: new Int32Array(count), counts: new Int32Array(count), values: new Int32Array(count * width), width };
  const place = new Float64Array(width);
  for (let i = 0; i < count; i++) {
    const centre = (begin + i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const taps = Math.min(from, Math.trunc(centre + support + 0.5)) - first;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      place[tap] = cubic((tap + first - centre + 0.5) * (1 / stretch));
      sum += place[tap]!;
    }
    for (let tap = 0; tap < taps; tap++) {
      const share = sum === 0 ? place[tap]! : place[tap]! / sum;
      weights.values[i * width + tap] = Math.trunc((share < 0 ? -0.5 : 0.5) + share * (1 << PRECISION));
    }
    weights.firsts[i] = first;
    weights.counts[i] = taps;
  }
  return weights;
}

/** Keys, "Cubic convolution interpolation for digital image processing", 1981, with a = −0.5. */
function cubic(value: number): number {
  const x = Math.abs(value);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
}
