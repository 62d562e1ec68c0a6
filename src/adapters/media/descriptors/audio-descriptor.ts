import { BANDS, HOP, MelSpectrogram, NARROW_BANDS } from '../sounds/mel-bands.js';
import { RATE } from '../sounds/mono-sound.js';
import { centred, joinBlocks, roots } from './blocks.js';
import { AUDIO_DESCRIPTOR } from './descriptor-vectors.js';

/** Nothing more than this far below the loudest frame counts: there codecs disagree. */
const RANGE_DB = 55;
/** Energy of a frame, loudest band, below which a whole sound is silence: about −100 dB of full scale. */
const SILENCE = 1e-7;

/** Bands are taken together in these for what would be too fine by band. */
const GROUPS = 8;
const UPPER_GROUPS = 3;
const GROUP_EDGES = [
  ...Array.from({ length: GROUPS }, (_, i) => Math.round((i * NARROW_BANDS) / GROUPS)),
  ...Array.from({ length: UPPER_GROUPS + 1 }, (_, i) => NARROW_BANDS + Math.round((i * (BANDS - NARROW_BANDS)) / UPPER_GROUPS)),
];
const SLOTS = 8;
/** Frames that a modulation is looked for in: about two seconds. */
const MODULATION_FRAMES = 128;
const MODULATION_HZ = [0.5, 1, 2, 4, 8, 16, RATE / HOP / 2] as const;

/** Found with bench/descriptors.ts. What an 8 kHz source lacks weighs little, so that a telephone's copy stays near. */
const WEIGHTS = { spectrum: 0.28, spread: 0.12, change: 0.1, modulation: 0.14, togetherness: 0.1, course: 0.14 };
const UPPER_WEIGHTS = { spectrum: 0.05, spread: 0.02, modulation: 0.02, course: 0.03 };

/**
 * A sound that lies above 3.4 kHz altogether, a wren's song, has nothing below but what codecs put there. From 20 to 40 dB
 * under the loudest band the narrow blocks fade out, and the upper ones decide alone.
 */
const FADE_DB = [-40, -20] as const;

const RATES = MODULATION_HZ.length - 1;

type Matrix = readonly Float64Array[];

/**
 * What a sound sounds like, without knowing what is said or played: statistics of its log-mel spectrogram. The long-term
 * spectrum, how much and how fast each band moves, at which rates (temporal modulation), which bands move together, and
 * the course over its length. Loudness does not enter. Silence has a direction of its own.
 *
 * @param stretches mono at 16 kHz
 * @returns 290 numbers of length 1; null where there is not a single sample
 */
export async function describeSound(stretches: AsyncIterable<Float32Array>): Promise<Float32Array | null> {
  const spectrogram = new MelSpectrogram();
  for await (const stretch of stretches) spectrogram.push(stretch);
  return describeFrames(spectrogram.finish());
}

/** The same of a mel spectrogram's frames; null where there are none. */
export function describeFrames(frames: readonly Float32Array[]): Float32Array | null {
  if (frames.length === 0) return null;
  const peak = frames.reduce((best, frame) => frame.reduce((a, b) => Math.max(a, b), best), 0);
  const isSilent = !(peak > SILENCE);
  if (isSilent) return joinBlocks([{ values: new Float64Array(AUDIO_DESCRIPTOR.dimensions - 1), weight: 1 }, { values: [1], weight: 1 }]);

  const bands = decibels(frames, peak);
  const groups = groupBands(frames, peak);
  const means = bands.map(mean);
  const overall = mean(Float64Array.from(means.slice(0, NARROW_BANDS)));
  const level = Float64Array.from(means, (value) => value - overall);
  const share = narrowShare(frames);
  const [narrow, upper] = [bands.slice(0, NARROW_BANDS), bands.slice(NARROW_BANDS)];
  const [low, high] = [groups.slice(0, GROUPS), groups.slice(GROUPS)];
  return joinBlocks([
    { values: level.subarray(0, NARROW_BANDS), weight: share * WEIGHTS.spectrum },
    { values: centred(Float64Array.from(narrow, deviation)), weight: share * WEIGHTS.spread, floor: 6 },
    { values: centred(Float64Array.from(narrow, (band) => deviation(differences(band)))), weight: share * WEIGHTS.change, floor: 4 },
    { values: centred(roots(modulations(low))), weight: share * WEIGHTS.modulation, floor: 0.3 },
    { values: centred(correlations(low)), weight: share * WEIGHTS.togetherness, floor: 0.5 },
    { values: course(low), weight: share * WEIGHTS.course, floor: 8 },
    { values: level.subarray(NARROW_BANDS), weight: UPPER_WEIGHTS.spectrum },
    { values: centred(Float64Array.from(upper, deviation)), weight: UPPER_WEIGHTS.spread, floor: 6 },
    { values: centred(roots(modulations(high))), weight: UPPER_WEIGHTS.modulation, floor: 0.3 },
    { values: course(high), weight: UPPER_WEIGHTS.course, floor: 8 },
    { values: [0], weight: 1 },
  ]);
}

/** 1 where the loudest of the narrow bands is nearly as loud as the loudest of all, 0 where it is far below. */
function narrowShare(frames: readonly Float32Array[]): number {
  const sums = new Float64Array(BANDS);
  for (const frame of frames) for (let band = 0; band < BANDS; band++) sums[band]! += frame[band]!;
  const below = 10 * Math.log10(Math.max(...sums.subarray(0, NARROW_BANDS)) / Math.max(...sums) + 1e-12);
  return Math.min(1, Math.max(0, (below - FADE_DB[0]) / (FADE_DB[1] - FADE_DB[0])));
}

/** By band, each frame in dB above the floor. */
function decibels(frames: readonly Float32Array[], peak: number): Float64Array[] {
  return Array.from({ length: BANDS }, (_, band) => Float64Array.from(frames, (frame) => toDecibels(frame[band]!, peak)));
}

function groupBands(frames: readonly Float32Array[], peak: number): Float64Array[] {
  return Array.from({ length: GROUPS + UPPER_GROUPS }, (_, group) =>
    Float64Array.from(frames, (frame) => {
      let energy = 0;
      for (let band = GROUP_EDGES[group]!; band < GROUP_EDGES[group + 1]!; band++) energy += frame[band]!;
      return toDecibels(energy, peak);
    }),
  );
}

const toDecibels = (energy: number, peak: number) => Math.max(0, 10 * Math.log10(energy / peak + 1e-12) + RANGE_DB);

/** For each group, how its movement is shared among rates from 0.5 to 31 Hz, averaged over stretches of two seconds. */
function modulations(groups: Matrix): Float64Array {
  const shares = new Float64Array(groups.length * RATES);
  groups.forEach((group, g) => {
    for (let start = 0; start === 0 || start + MODULATION_FRAMES <= group.length; start += MODULATION_FRAMES / 2) {
      const power = rates(group.subarray(start, start + MODULATION_FRAMES));
      for (let i = 0; i < RATES; i++) shares[g * RATES + i]! += power[i]!;
    }
    const own = shares.subarray(g * RATES, (g + 1) * RATES);
    const total = own.reduce((sum, value) => sum + value, 0);
    // A group that does not move at all has no rates; a little constant keeps noise in it from looking like some.
    for (let i = 0; i < RATES; i++) own[i]! /= total + MODULATION_FRAMES;
  });
  return shares;
}

/** A period of the cosine in as many steps as a stretch has frames; the sine is a quarter further on. */
const COSINE = Float64Array.from({ length: MODULATION_FRAMES }, (_, i) => Math.cos((2 * Math.PI * i) / MODULATION_FRAMES));

function rates(stretch: Float64Array): Float64Array {
  const power = new Float64Array(RATES);
  const centre = mean(stretch);
  const windowed = stretch.map((value, t) => (value - centre) * (0.5 - 0.5 * Math.cos((2 * Math.PI * (t + 0.5)) / stretch.length)));
  for (let k = 1; k <= MODULATION_FRAMES / 2; k++) {
    const hertz = (k * RATE) / HOP / MODULATION_FRAMES;
    const range = MODULATION_HZ.findIndex((edge) => hertz < edge) - 1;
    if (range < 0) continue;
    let [re, im] = [0, 0];
    for (let t = 0; t < windowed.length; t++) {
      const step = (k * t) % MODULATION_FRAMES;
      re += windowed[t]! * COSINE[step]!;
      im += windowed[t]! * COSINE[(step + MODULATION_FRAMES / 4) % MODULATION_FRAMES]!;
    }
    power[range]! += (re * re + im * im) / MODULATION_FRAMES;
  }
  return power;
}

function correlations(groups: Matrix): Float64Array {
  const means = groups.map(mean);
  const deviations = groups.map(deviation);
  const out: number[] = [];
  for (let i = 0; i < groups.length; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let t = 0; t < groups[i]!.length; t++) sum += (groups[i]![t]! - means[i]!) * (groups[j]![t]! - means[j]!);
      // One decibel is added to each deviation: what hardly moves is not correlated with anything.
      out.push(sum / groups[i]!.length / ((deviations[i]! + 1) * (deviations[j]! + 1)));
    }
  }
  return Float64Array.from(out);
}

/** Each group's level in each eighth of the sound, less the group's mean. */
function course(groups: Matrix): Float64Array {
  const out = new Float64Array(groups.length * SLOTS);
  groups.forEach((group, g) => {
    const centre = mean(group);
    for (let slot = 0; slot < SLOTS; slot++) {
      const from = Math.floor((slot * group.length) / SLOTS);
      const to = Math.max(from + 1, Math.floor(((slot + 1) * group.length) / SLOTS));
      out[g * SLOTS + slot] = mean(group.subarray(from, to)) - centre;
    }
  });
  return out;
}

function differences(values: Float64Array): Float64Array {
  return values.length < 2 ? new Float64Array(1) : Float64Array.from({ length: values.length - 1 }, (_, i) => values[i + 1]! - values[i]!);
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

function deviation(values: Float64Array): number {
  const centre = mean(values);
  let sum = 0;
  for (const value of values) sum += (value - centre) ** 2;
  return values.length === 0 ? 0 : Math.sqrt(sum / values.length);
}
