import { RATE } from './mono-sound.js';

/** A stretch of a sound, mono at 16 kHz. */
export interface SoundWindow {
  samples: Float32Array;
  startSeconds: number;
}

/**
 * Seconds of a window: a few sentences or bars. Speech models were trained on stretches of this length, the cost of their
 * attention grows with its square, and a match leads near enough to what was found. Windows do not overlap: the mean over a
 * window's frames changes little where a sound lies across an edge, and each more costs as much as the first.
 */
export const WINDOW_SECONDS = 10;
/** Seconds at the end that are worth a window of their own; it reaches back to be whole. */
export const SHORTEST_REST = 1;

/** Windows one behind the other; the last one reaches back so far that it is whole. */
export async function* cutWindows(stretches: AsyncIterable<Float32Array>, length = WINDOW_SECONDS * RATE, shortestRest = SHORTEST_REST * RATE): AsyncGenerator<SoundWindow> {
  let previous: Float32Array | null = null;
  let window = new Float32Array(length);
  let filled = 0;
  let begin = 0;
  for await (const stretch of stretches) {
    for (let at = 0; at < stretch.length; ) {
      const taken = Math.min(length - filled, stretch.length - at);
      window.set(stretch.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < length) continue;
      yield { samples: window, startSeconds: begin / RATE };
      previous = window;
      window = new Float32Array(length);
      filled = 0;
      begin += length;
    }
  }
  if (filled === 0 || (previous !== null && filled < shortestRest)) return;
  if (previous === null) {
    yield { samples: window.slice(0, filled), startSeconds: 0 };
    return;
  }
  const last = new Float32Array(length);
  last.set(previous.subarray(filled));
  last.set(window.subarray(0, filled), length - filled);
  yield { samples: last, startSeconds: (begin + filled - length) / RATE };
}
