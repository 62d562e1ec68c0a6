import { createHash } from 'node:crypto';
import { parseFile } from 'music-metadata';
import { decodeSound } from '../sounds/decode-sound.js';

/** What is decoded to the sample as it was recorded. Lossy decoders differ from one version to the next. */
export const isLossless = (mimeType: string): boolean => Object.hasOwn(LESS, mimeType);

/** By how much less than 2^(bits − 1) each decoder divides negative and positive samples: WAV's makes 1 of the greatest, AIFF's less. */
const LESS: Readonly<Record<string, readonly [number, number]>> = { 'audio/wav': [0, 1], 'audio/flac': [1, 1], 'audio/aiff': [0, 0] };
/** The last is WAVE_FORMAT_EXTENSIBLE as the parser calls it: whole numbers up to 24 bits, beyond them perhaps not. */
const WHOLE_NUMBERS = new Set(['PCM', 'FLAC', 'non-PCM (65534)']);
const MOST_BITS = 24;

/**
 * SHA-256 of rate, channels and the samples, channels interleaved, as the whole numbers that were recorded, at 24 bits: those of
 * 16 bits take the upper ones. So WAV, AIFF and FLAC of one recording are equal.
 */
export async function hashSamples(path: string, mimeType: string): Promise<string> {
  const hash = createHash('sha256');
  const whole = await wholeNumbers(path, mimeType);
  let begun = false;
  for await (const { channelData, sampleRate } of decodeSound(path, mimeType)) {
    const length = channelData[0]?.length ?? 0;
    if (!begun) hash.update(`${sampleRate}/${channelData.length}:`);
    begun = true;
    const samples = new Int32Array(length * channelData.length);
    channelData.forEach((channel, c) => {
      for (let i = 0; i < length; i++) samples[i * channelData.length + c] = whole(channel[i]!);
    });
    hash.update(new Uint8Array(samples.buffer));
  }
  return hash.digest('hex');
}

/** Back from what the decoder made of them, −1 to 1; of what was no whole number of up to 24 bits, the nearest that has 24. */
async function wholeNumbers(path: string, mimeType: string): Promise<(sample: number) => number> {
  const { codec = '', bitsPerSample = MOST_BITS + 1 } = (await parseFile(path, { skipCovers: true })).format;
  const known = WHOLE_NUMBERS.has(codec) && bitsPerSample <= MOST_BITS;
  const bits = known ? bitsPerSample : MOST_BITS;
  const [below, above] = known ? LESS[mimeType]! : [0, 0];
  const [negative, positive, shift] = [2 ** (bits - 1) - below, 2 ** (bits - 1) - above, 2 ** (MOST_BITS - bits)];
  return (sample) => Math.round(sample * (sample < 0 ? negative : positive)) * shift;
}
