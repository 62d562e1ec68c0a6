import { damaged } from '../extract-context.js';
import type { Rgb } from '../images/decode-rgb.js';
import type { MediaLimits } from '../limits.js';
import { roughlyFirst } from '../roughly-first.js';
import type { FilmFacts } from './film-facts.js';
import { pipeFrames, seekKeyFrame } from './ffmpeg.js';
import { chooseScenes, lookAt } from './scenes.js';

/** A frame of a film that stands for one of its scenes. */
export interface FilmFrame extends Rgb {
  startSeconds: number;
}

/** Frames that a film gives at most. */
const MOST_FRAMES = 64;
/** Looks at a film, from which its scenes are told; also the frames of 256 pixels that are in memory meanwhile. */
const MOST_LOOKS = 240;
/** Looks for each frame where few are wanted. */
const LOOKS_A_FRAME = 8;
/** Looks a second at a short film. */
const MOST_RATE = 4;
/** Pixels that are decoded to see a film from beginning to end: about a minute of 1920 × 1080 at 30 frames a second, 15 s of one core. */
const WATCHED_PIXELS = 4e9;
const SHORTER_SIDE = 256;
const LONGER_SIDE = 1_024;

/**
 * The frames of a film's scenes. What can be decoded in a few seconds is watched from beginning to end; into a longer film one
 * looks at even distances, at the key frame before each, so that three hours cost what ten minutes cost. One that turns out to
 * take longer to watch than `lookingMs` is looked into as well. Where few frames are wanted it is looked at less often, and watched only
 * where that costs less in the same measure.
 */
export async function filmFrames(ffmpeg: string, path: string, film: FilmFacts, { lookingMs }: Pick<MediaLimits, 'lookingMs'>, most = MOST_FRAMES): Promise<FilmFrame[]> {
  const { durationSeconds: stated, frameRate = 30 } = film;
  const seconds = Number.isFinite(stated) && stated > 0 ? stated : 1;
  const size = frameSize(film);
  const looks = Math.min(MOST_LOOKS, most * LOOKS_A_FRAME);
  const isShort = film.width * film.height * frameRate * seconds <= WATCHED_PIXELS * (looks / MOST_LOOKS);
  try {
    const watched = isShort ? await watch(ffmpeg, path, seconds, size, looks, lookingMs) : null;
    const frames = watched ?? (await lookInto(ffmpeg, path, seconds, size, looks, lookingMs));
    return chooseScenes(frames.map((frame) => lookAt(frame, frame.startSeconds)), Math.min(most, MOST_FRAMES)).map((i) => frames[i]!);
  } catch (error) {
    throw damaged('A frame of the film cannot be decoded.', error);
  }
}

type Size = Pick<Rgb, 'width' | 'height'>;

/** @returns null where it takes too long */
async function watch(ffmpeg: string, path: string, seconds: number, size: Size, looks: number, lookingMs: number): Promise<FilmFrame[] | null> {
  const until = Date.now() + lookingMs;
  const rate = Math.min(MOST_RATE, looks / seconds);
  const frames: FilmFrame[] = [];
  for await (const data of pipeFrames(ffmpeg, path, rate, looks, size)) {
    frames.push({ ...size, data, startSeconds: toMilliseconds(frames.length / rate) });
    if (Date.now() > until) return null;
  }
  return frames;
}

/** The middles of even stretches, the whole film roughly first, so that one that takes too long is still seen from end to end. */
async function lookInto(ffmpeg: string, path: string, seconds: number, size: Size, looks: number, lookingMs: number): Promise<FilmFrame[]> {
  const until = Date.now() + lookingMs;
  // Where key frames are far apart several looks find the same.
  const frames = new Map<number, FilmFrame>();
  for (const i of roughlyFirst(looks)) {
    if (Date.now() > until) break;
    const found = await seekKeyFrame(ffmpeg, path, ((i + 0.5) / looks) * seconds, size);
    if (found === null) continue;
    const startSeconds = toMilliseconds(Math.min(seconds, Math.max(0, found.seconds)));
    frames.set(startSeconds, { ...size, data: found.data, startSeconds });
  }
  return [...frames.values()].sort((a, b) => a.startSeconds - b.startSeconds);
}

/** As it is to be seen, the shorter side at most 256 pixels; a strip not longer than 1,024. */
function frameSize({ width, height }: FilmFacts): Size {
  const scale = Math.min(1, SHORTER_SIDE / Math.min(width, height), LONGER_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

const toMilliseconds = (seconds: number) => Math.round(seconds * 1000) / 1000;
