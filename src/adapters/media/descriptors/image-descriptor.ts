import { lowFrequencies, oklabPlanes, resizePlane, type Pixels, type Plane } from '../images/planes.js';
import { centred, joinBlocks, norm, roots } from './blocks.js';

const SIDE = 64;
const LIGHTNESS_BINS = 8;
/** Centres of the bins over a and b each; few photographs leave ±0.2. */
const HUE_AXIS = [-0.16, -0.07, 0, 0.07, 0.16] as const;
const COLOUR_BINS = LIGHTNESS_BINS + HUE_AXIS.length ** 2;
const ORIENTATIONS = 8;
const CELLS = 4;
const COLOUR_GRID = 3;
const LAYOUT = 8;
const CHROMA_LAYOUT = 4;

/** Found with bench/descriptors.ts: the likeness of copies weighs colour's place and edges' direction about alike. */
const WEIGHTS = { palette: 0.16, places: 0.2, edges: 0.36, layout: 0.2, chroma: 0.08 };

/**
 * What a picture looks like, without knowing what it shows: how its colours are mixed and where they lie (soft histograms in
 * Oklab), which way its edges run and where (histograms of oriented gradients, Dalal and Triggs 2005), and its coarse layout
 * (low frequencies of the cosine transform). The shape of the frame does not enter, nor does overall contrast.
 *
 * @returns 553 numbers of length 1
 */
export function describeImage(pixels: Pixels): Float32Array {
  const [lightness, a, b] = oklabPlanes(pixels).map((plane) => resizePlane(plane, SIDE, SIDE)) as [Plane, Plane, Plane];
  const colours = colourHistograms(lightness, a, b);
  return joinBlocks([
    { values: centred(roots(colours.whole)), weight: WEIGHTS.palette },
    { values: centred(roots(colours.places)), weight: WEIGHTS.places },
    { values: edges(lightness), weight: WEIGHTS.edges },
    { values: roots(lowFrequencies(lightness, LAYOUT).subarray(1)), weight: WEIGHTS.layout },
    { values: chromaLayout(a, b), weight: WEIGHTS.chroma },
  ]);
}

/** One histogram of the whole and one of each of 3 × 3 overlapping places; lightness and hue plane apart, all soft. */
function colourHistograms(lightness: Plane, a: Plane, b: Plane): { whole: Float64Array; places: Float64Array } {
  const whole = new Float64Array(COLOUR_BINS);
  const places = new Float64Array(COLOUR_GRID ** 2 * COLOUR_BINS);
  for (let y = 0; y < SIDE; y++) {
    const rows = softBins(((y + 0.5) / SIDE) * COLOUR_GRID - 0.5, COLOUR_GRID);
    for (let x = 0; x < SIDE; x++) {
      const columns = softBins(((x + 0.5) / SIDE) * COLOUR_GRID - 0.5, COLOUR_GRID);
      const i = y * SIDE + x;
      const bins = colourBins(lightness.values[i]!, a.values[i]!, b.values[i]!);
      for (const [bin, share] of bins) whole[bin]! += share;
      for (const [row, v] of rows) {
        for (const [column, h] of columns) {
          const place = (row * COLOUR_GRID + column) * COLOUR_BINS;
          for (const [bin, share] of bins) places[place + bin]! += share * v * h;
        }
      }
    }
  }
  return { whole, places };
}

function colourBins(lightness: number, a: number, b: number): [bin: number, share: number][] {
  const bins: [number, number][] = softBins(lightness * LIGHTNESS_BINS - 0.5, LIGHTNESS_BINS);
  const across = onHueAxis(a);
  const down = onHueAxis(b);
  for (const [i, p] of across) for (const [j, q] of down) bins.push([LIGHTNESS_BINS + i * HUE_AXIS.length + j, p * q]);
  return bins;
}

function onHueAxis(value: number): [number, number][] {
  const last = HUE_AXIS.length - 1;
  if (value <= HUE_AXIS[0]) return [[0, 1]];
  if (value >= HUE_AXIS[last]!) return [[last, 1]];
  const upper = HUE_AXIS.findIndex((centre) => centre >= value);
  const share = (value - HUE_AXIS[upper - 1]!) / (HUE_AXIS[upper]! - HUE_AXIS[upper - 1]!);
  return [[upper - 1, 1 - share], [upper, share]];
}

/** Shares a place between its two nearest bins, whose centres are the whole numbers. */
function softBins(place: number, count: number): [number, number][] {
  const clamped = Math.min(count - 1, Math.max(0, place));
  const lower = Math.min(count - 2, Math.floor(clamped));
  return [[lower, 1 - (clamped - lower)], [lower + 1, clamped - lower]];
}

/** Gradient directions (0 to 180°) in 4 × 4 overlapping cells, each cell's histogram damped against a few hard edges. */
function edges({ values }: Plane): Float64Array {
  const cells = new Float64Array(CELLS ** 2 * ORIENTATIONS);
  for (let y = 1; y < SIDE - 1; y++) {
    const rows = softBins((y / SIDE) * CELLS - 0.5, CELLS);
    for (let x = 1; x < SIDE - 1; x++) {
      const i = y * SIDE + x;
      const dx = values[i + 1]! - values[i - 1]!;
      const dy = values[i + SIDE]! - values[i - SIDE]!;
      const magnitude = Math.hypot(dx, dy);
      if (magnitude < 1e-3) continue;
      const turn = ((Math.atan2(dy, dx) + Math.PI) / Math.PI) * ORIENTATIONS;
      const lower = Math.floor(turn);
      const share = turn - lower;
      for (const [row, v] of rows) {
        for (const [column, h] of softBins((x / SIDE) * CELLS - 0.5, CELLS)) {
          const cell = (row * CELLS + column) * ORIENTATIONS;
          cells[cell + (lower % ORIENTATIONS)]! += magnitude * (1 - share) * v * h;
          cells[cell + ((lower + 1) % ORIENTATIONS)]! += magnitude * share * v * h;
        }
      }
    }
  }
  // Half-way between each cell by itself (blind to where the edges are) and all together (ruled by the strongest).
  const overall = norm(cells) / CELLS || 1;
  for (let cell = 0; cell < cells.length; cell += ORIENTATIONS) {
    const own = norm(cells.subarray(cell, cell + ORIENTATIONS));
    const scale = 1 / Math.sqrt((own + 0.1 * overall) * overall);
    for (let o = 0; o < ORIENTATIONS; o++) cells[cell + o]! *= scale;
  }
  return centred(roots(cells));
}

function chromaLayout(a: Plane, b: Plane): Float64Array {
  const both = new Float64Array(2 * CHROMA_LAYOUT ** 2);
  both.set(lowFrequencies(a, CHROMA_LAYOUT));
  both.set(lowFrequencies(b, CHROMA_LAYOUT), CHROMA_LAYOUT ** 2);
  return roots(both);
}
