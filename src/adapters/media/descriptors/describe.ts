import type { DataType } from '../../../domain/model.js';
import type { MediaVector } from '../../../ports/embedder.port.js';
import { ExtractionError } from '../../../ports/media.port.js';
import { damaged, reason } from '../extract-context.js';
import { grabFrame } from '../films/ffmpeg.js';
import { readFacts } from '../films/video.js';
import { openPicture, thumbnailOf } from '../images/picture.js';
import type { MediaLimits } from '../limits.js';
import { monoSound } from '../sounds/mono-sound.js';
import { UnknownCodec } from '../sounds/unknown-codec.js';
import { describeSound } from './audio-descriptor.js';
import { describeImage } from './image-descriptor.js';

export interface DescribeSource {
  path: string;
  type: DataType;
  mimeType: string;
  fileSize: number;
  limits: MediaLimits;
  ffmpeg: string | null;
}

/** Moments of a film that are looked at; a shorter one has one a second. */
const MOST_FRAMES = 8;

/** One vector of a picture; of a film one a frame at even moments, none without ffmpeg. */
export async function describePicture({ path, type, mimeType, fileSize, limits, ffmpeg }: DescribeSource): Promise<MediaVector[]> {
  if (type !== 'VIDEO') {
    const { thumbnail } = await openPicture(path, mimeType, fileSize, limits);
    return [{ vector: describeImage(thumbnail), startSeconds: null }];
  }
  const film = ffmpeg === null ? null : await readFacts(path, mimeType);
  if (ffmpeg === null || film === null) return [];
  const vectors: MediaVector[] = [];
  for (const moment of frameMoments(film.durationSeconds)) {
    const frame = await grabFrame(ffmpeg, path, moment).catch((error: unknown) => {
      throw damaged(`A frame of the film cannot be decoded.`, error);
    });
    if (frame !== null) vectors.push({ vector: describeImage(await thumbnailOf(frame)), startSeconds: moment });
  }
  return vectors;
}

/** One vector of a sound or of a film's sound; none where there is none, or nothing here decodes it. */
export async function describeSoundOf({ path, type, mimeType, limits, ffmpeg }: DescribeSource): Promise<MediaVector[]> {
  if (type === 'VIDEO') {
    const film = ffmpeg === null ? null : await readFacts(path, mimeType);
    if (film?.hasAudio === false) return [];
  }
  try {
    const vector = await describeSound(monoSound({ path, mimeType, ffmpeg, maxSeconds: limits.soundSeconds }));
    return vector === null ? [] : [{ vector, startSeconds: null }];
  } catch (error) {
    if (error instanceof UnknownCodec) return [];
    if (error instanceof ExtractionError) throw error;
    throw damaged(`The sound cannot be decoded: ${reason(error)}.`, error);
  }
}

/** The middles of equal stretches, rounded to milliseconds. */
export function frameMoments(durationSeconds: number): number[] {
  const count = Math.min(MOST_FRAMES, Math.max(1, Math.ceil(durationSeconds)));
  return Array.from({ length: count }, (_, i) => Math.round(((i + 0.5) / count) * durationSeconds * 1000) / 1000);
}
