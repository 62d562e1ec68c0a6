import { parseFile } from 'music-metadata';
import type { MediaLimits } from '../limits.js';
import { readFacts, soundType } from '../films/video.js';
import { cutWindows, WINDOW_SECONDS, type SoundWindow } from './cut-windows.js';
import { monoSound } from './mono-sound.js';
import { hearThrough, lookInto } from './spread-windows.js';
import { UnknownCodec } from './unknown-codec.js';

export interface WindowedSource {
  path: string;
  mimeType: string;
  ffmpeg: string | null;
  limits: MediaLimits;
  /** Windows at most; left out, as many as the limits give. */
  moments?: number;
  /** Told all that is heard, silence too; of a long sound, its windows as they come. */
  onHeard?: (samples: Float32Array) => void;
}

/** Root mean square of a window below which there is nothing to be heard: −80 dB. */
const SILENCE = 1e-4;

/**
 * A sound, or a film's, in windows. What lasts longer than `limits.soundSeconds`, or than `moments` windows do, gives windows at even
 * distances. A film's container with sound only is heard as the sound that it is, and a silent film gives none. Silent windows are left out, but for the first of a
 * sound that is silent throughout. Throws UnknownCodec where nothing here decodes it.
 */
export async function* soundWindows(source: WindowedSource): AsyncGenerator<SoundWindow> {
  const { path, ffmpeg, limits, moments, onHeard = () => undefined } = source;
  const isFilm = source.mimeType.startsWith('video/');
  const film = isFilm ? await readFacts(path, source.mimeType) : null;
  if (film?.hasAudio === false) return;
  if (film !== null && ffmpeg === null) throw new UnknownCodec('the sound of films');
  const mimeType = isFilm && film === null ? soundType(source.mimeType) : source.mimeType;
  const seconds = film?.durationSeconds ?? (await statedSeconds(path)) ?? 0;
  const soundSeconds = Math.min(limits.soundSeconds, (moments ?? Infinity) * WINDOW_SECONDS);
  if (!(Number.isFinite(seconds) && seconds > soundSeconds)) {
    const windows = cutWindows(telling(monoSound({ path, mimeType, ffmpeg, maxSeconds: soundSeconds }), onHeard));
    yield* withoutSilence(atMost(windows, moments ?? Infinity));
    return;
  }
  const long = { path, mimeType, seconds, moments, until: Date.now() + limits.lookingMs };
  const windows = ffmpeg === null ? hearThrough(long) : lookInto(ffmpeg, long);
  yield* withoutSilence(tellingWindows(windows, onHeard));
}

/** How long a sound says that it is, or is by the headers of all its frames. */
async function statedSeconds(path: string): Promise<number | undefined> {
  return (await parseFile(path, { duration: true, skipCovers: true }).catch(() => null))?.format.duration;
}

async function* tellingWindows(windows: AsyncIterable<SoundWindow>, onHeard: (samples: Float32Array) => void): AsyncGenerator<SoundWindow> {
  for await (const window of windows) {
    onHeard(window.samples);
    yield window;
  }
}

async function* telling(stretches: AsyncIterable<Float32Array>, onHeard: (samples: Float32Array) => void): AsyncGenerator<Float32Array> {
  for await (const stretch of stretches) {
    onHeard(stretch);
    yield stretch;
  }
}

/** What is decoded goes a stretch beyond the seconds asked for. */
async function* atMost(windows: AsyncIterable<SoundWindow>, most: number): AsyncGenerator<SoundWindow> {
  let given = 0;
  for await (const window of windows) {
    yield window;
    if (++given >= most) return;
  }
}

async function* withoutSilence(windows: AsyncIterable<SoundWindow>): AsyncGenerator<SoundWindow> {
  let first: SoundWindow | null = null;
  let given = false;
  for await (const window of windows) {
    first ??= window;
    if (loudness(window.samples) < SILENCE) continue;
    given = true;
    yield { ...window, startSeconds: toMilliseconds(window.startSeconds) };
  }
  if (!given && first !== null) yield first;
}

function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}

const toMilliseconds = (seconds: number) => Math.round(seconds * 1000) / 1000;
