import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { isTelling, UNSURE_FRAME, type Fingerprint } from '../../../domain/fingerprints.js';
import type { DataType } from '../../../domain/model.js';
import { isTellingSound, toSoundValue } from '../../../domain/sound-fingerprints.js';
import { chromaprint, grabFrame } from '../films/ffmpeg.js';
import { readFacts } from '../films/video.js';
import { perceptualHash } from '../images/perceptual-hash.js';
import { openSource } from '../images/picture.js';
import { oklabPlanes, type Pixels } from '../images/planes.js';
import type { MediaLimits } from '../limits.js';
import { hashSamples, isLossless } from './sample-hash.js';

export interface FingerprintSource {
  path: string;
  type: DataType;
  mimeType: string;
  fileSize: number;
  limits: MediaLimits;
  ffmpeg: string | null;
}

const FRAMES = 8;

/** Of the content once it is decoded; empty for what is not compared so. */
export async function fingerprintsOf(source: FingerprintSource): Promise<Fingerprint[]> {
  if (source.type === 'IMAGE') return [{ kind: 'PIXELS', value: await hashPixels(source) }];
  if (source.type === 'AUDIO') return fingerprintSound(source);
  return source.type === 'VIDEO' && source.ffmpeg !== null ? hashFrames(source, source.ffmpeg) : [];
}

async function fingerprintSound({ path, mimeType, ffmpeg }: FingerprintSource): Promise<Fingerprint[]> {
  const exact: Fingerprint[] = isLossless(mimeType) ? [{ kind: 'SAMPLES', value: await hashSamples(path, mimeType) }] : [];
  return ffmpeg === null ? exact : [...exact, ...(await hearSound(path, ffmpeg))];
}

/** SHA-256 of width, height and the RGBA bytes of the picture as it is to be seen, EXIF's turn applied, in sRGB at 8 bits. */
async function hashPixels({ path, mimeType, fileSize, limits }: FingerprintSource): Promise<string> {
  const { open } = await openSource(path, mimeType, fileSize, limits);
  const { data, info } = await open().autoOrient().toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return createHash('sha256').update(`${info.width}x${info.height}:`).update(data).digest('hex');
}

/** As long as fpcalc, Chromaprint's own program, listens to. */
const HEARD_SECONDS = 120;

/** Nothing of what has no notes in it, or is too short. */
async function hearSound(path: string, ffmpeg: string): Promise<Fingerprint[]> {
  const items = await chromaprint(ffmpeg, path, HEARD_SECONDS);
  return items === null || !isTellingSound(items) ? [] : [{ kind: 'SOUND', value: toSoundValue(items) }];
}

/** Perceptual hashes at even moments; zeros where there is nothing to see. */
async function hashFrames({ path, mimeType }: FingerprintSource, ffmpeg: string): Promise<Fingerprint[]> {
  const film = await readFacts(path, mimeType);
  if (film === null) return [];
  let value = '';
  for (let i = 0; i < FRAMES; i++) {
    const frame = await grabFrame(ffmpeg, path, ((i + 0.5) / FRAMES) * film.durationSeconds);
    const hash = frame === null ? UNSURE_FRAME : perceptualHash(oklabPlanes(await thumbnailOf(frame))[0]);
    value += isTelling(hash) ? hash : UNSURE_FRAME;
  }
  return [{ kind: 'FRAMES', value }];
}

async function thumbnailOf(frame: Buffer): Promise<Pixels> {
  const { data, info } = await sharp(frame, { failOn: 'error' }).toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
