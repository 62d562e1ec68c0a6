import { pipeSound } from '../films/ffmpeg.js';
import { roughlyFirst } from '../roughly-first.js';
import { decodeSound } from './decode-sound.js';
import { cutWindows, SHORTEST_REST, WINDOW_SECONDS, type SoundWindow } from './cut-windows.js';
import { mixDown, RATE, sane, saneSound } from './mono-sound.js';
import { Resampler } from './resampler.js';

/** Windows that a long sound gives. */
const MOST_WINDOWS = 120;

/** Windows of a long sound at even distances, from its very beginning to its very end. */
export interface LongSound {
  path: string;
  mimeType: string;
  seconds: number;
  /** Windows at most; left out, as many as a long sound gives. */
  moments?: number;
  /** Then no more are begun. */
  until: number;
}

/** Where the windows of a long sound begin, in seconds, rising. */
export function evenStarts(seconds: number, most = MOST_WINDOWS): number[] {
  const count = Math.min(most, MOST_WINDOWS, Math.ceil(seconds / WINDOW_SECONDS));
  return Array.from({ length: count }, (_, i) => (i * (seconds - WINDOW_SECONDS)) / Math.max(1, count - 1));
}

/** By ffmpeg, which jumps: the whole roughly first, so that one that takes too long is still heard from end to end. */
export async function* lookInto(ffmpeg: string, { path, seconds, moments, until }: LongSound): AsyncGenerator<SoundWindow> {
  const starts = evenStarts(seconds, moments);
  for (const i of roughlyFirst(starts.length)) {
    if (Date.now() > until) return;
    const startSeconds = starts[i]!;
    for await (const { samples } of cutWindows(saneSound(pipeSound(ffmpeg, path, RATE, WINDOW_SECONDS, startSeconds)))) {
      if (samples.length >= SHORTEST_REST * RATE) yield { samples, startSeconds };
      break;
    }
  }
}

/**
 * By the decoders of this program, which cannot jump: all is decoded and what lies between two windows dropped, so that no more than
 * one of them is in memory. In order of time; one that takes too long is heard as far as that.
 */
export async function* hearThrough({ path, mimeType, seconds, moments, until }: LongSound): AsyncGenerator<SoundWindow> {
  const starts = evenStarts(seconds, moments);
  let open: Gathering[] = [];
  let at = 0;
  for await (const stretch of decodeSound(path, mimeType)) {
    const length = stretch.channelData[0]?.length ?? 0;
    if (length === 0) continue;
    const end = at + length / stretch.sampleRate;
    while (starts.length > 0 && starts[0]! < end) open.push(new Gathering(starts.shift()!, stretch.sampleRate));
    if (open.length > 0) {
      const mixed = sane(mixDown(stretch));
      for (const window of open) window.take(mixed, at);
      for (const window of open.filter(({ isFull }) => isFull)) yield window.finish();
      open = open.filter(({ isFull }) => !isFull);
    }
    if (starts.length === 0 && open.length === 0) return;
    if (Date.now() > until) return;
    at = end;
  }
  // The sound ends a little before it was said to.
  for (const window of open) if (window.seconds >= SHORTEST_REST) yield window.finish();
}

/** One window while it fills, at the rate at which the sound was recorded. */
class Gathering {
  private readonly samples: Float32Array;
  private filled = 0;

  constructor(
    private readonly startSeconds: number,
    private readonly rate: number,
  ) {
    this.samples = new Float32Array(Math.round(WINDOW_SECONDS * rate));
  }

  get isFull(): boolean {
    return this.filled === this.samples.length;
  }

  get seconds(): number {
    return this.filled / this.rate;
  }

  /** @param at where the stretch begins, in seconds */
  take(stretch: Float32Array, at: number): void {
    const from = this.filled > 0 ? 0 : Math.max(0, Math.round((this.startSeconds - at) * this.rate));
    const taken = stretch.subarray(from, from + this.samples.length - this.filled);
    this.samples.set(taken, this.filled);
    this.filled += taken.length;
  }

  finish(): SoundWindow {
    const resampler = new Resampler(Math.round(this.rate), RATE);
    const heard = resampler.push(this.samples.subarray(0, this.filled));
    const rest = resampler.flush();
    const samples = new Float32Array(heard.length + rest.length);
    samples.set(heard);
    samples.set(rest, heard.length);
    return { samples: samples.subarray(0, WINDOW_SECONDS * RATE), startSeconds: this.startSeconds };
  }
}
