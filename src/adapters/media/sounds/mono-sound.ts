import type { AudioData } from 'audio-decode';
import { pipeSound } from '../films/ffmpeg.js';
import { decodeSound } from './decode-sound.js';
import { Resampler } from './resampler.js';
import { UnknownCodec } from './unknown-codec.js';

/** The rate at which sounds are described. */
export const RATE = 16_000;

export interface SoundSource {
  path: string;
  mimeType: string;
  ffmpeg: string | null;
  maxSeconds: number;
}

/** A sound as one channel at 16 kHz, a stretch at a time, its first `maxSeconds` at most. */
export async function* monoSound(source: SoundSource): AsyncGenerator<Float32Array> {
  const { path, mimeType, ffmpeg, maxSeconds } = source;
  if (mimeType.startsWith('video/')) {
    if (ffmpeg === null) throw new UnknownCodec('the sound of films');
    yield* saneSound(pipeSound(ffmpeg, path, RATE, maxSeconds));
    return;
  }
  let resampler: Resampler | null = null;
  let seconds = 0;
  try {
    for await (const stretch of decodeSound(path, mimeType)) {
      if (stretch.channelData.length === 0) continue;
      resampler ??= new Resampler(Math.round(stretch.sampleRate), RATE);
      yield resampler.push(sane(mixDown(stretch)));
      seconds += stretch.channelData[0]!.length / stretch.sampleRate;
      if (seconds >= maxSeconds) return;
    }
  } catch (error) {
    if (!(error instanceof UnknownCodec) || ffmpeg === null) throw error;
    yield* saneSound(pipeSound(ffmpeg, path, RATE, maxSeconds));
    return;
  }
  if (resampler !== null) yield resampler.flush();
}

/** Full scale is 1. What lies far beyond, or is no number, stands in files made for harm or by a fault, and would spoil all that follows it. */
const LOUDEST = 16;

export async function* saneSound(stretches: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
  for await (const stretch of stretches) yield sane(stretch);
}

export function sane(samples: Float32Array): Float32Array {
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    if (!(Math.abs(sample) <= LOUDEST)) samples[i] = Number.isNaN(sample) ? 0 : Math.sign(sample) * LOUDEST;
  }
  return samples;
}

export function mixDown({ channelData }: AudioData): Float32Array {
  const [first, ...others] = channelData;
  if (first === undefined || others.length === 0) return first ?? new Float32Array(0);
  const mixed = Float32Array.from(first);
  for (const channel of others) for (let i = 0; i < mixed.length; i++) mixed[i]! += channel[i] ?? 0;
  for (let i = 0; i < mixed.length; i++) mixed[i]! /= channelData.length;
  return mixed;
}
