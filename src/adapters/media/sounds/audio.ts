import { open } from 'node:fs/promises';
import { parseFile, type IAudioMetadata } from 'music-metadata';
import type { JsonObject } from '../../../domain/model.js';
import type { Extraction } from '../../../ports/media.port.js';
import { damaged, reason, type ExtractContext } from '../extract-context.js';
import { statedFact } from '../documents/text-file.js';
import { decodeSound } from './decode-sound.js';
import { UnknownCodec } from './unknown-codec.js';

/** A sound that ends this much before its stated duration was cut short. */
const SHORTEST_SHARE = 0.9;

interface Heard {
  seconds: number;
  sampleRate: number;
  channels: number;
}

/** What a sound is, by its tags and by decoding it (the beginning, if it is long), so that a damaged one is noticed. */
export async function extractAudio(context: ExtractContext): Promise<Extraction> {
  const { path, mimeType, limits } = context;
  const metadata = await parseFile(path, { duration: true, skipCovers: true }).catch(() => null);
  const warnings: string[] = [];
  if (mimeType === 'audio/wav') await checkWavLength(path, context.fileSize);
  const heard = await listen(context, metadata?.format.duration, warnings);
  const format = metadata?.format;
  const duration = format?.duration ?? heard?.seconds;
  if (duration === undefined || (heard !== null && heard.seconds === 0)) throw damaged('The file holds no sound that can be decoded.');
  const complete = heard !== null && heard.seconds < limits.soundSeconds;
  if (complete && heard.seconds < duration * SHORTEST_SHARE - 0.2) {
    throw damaged(`The sound breaks off after ${heard.seconds.toFixed(1)} of ${duration.toFixed(1)} seconds.`);
  }
  if (!complete && heard !== null) {
    warnings.push(`Only the first ${Math.round(limits.soundSeconds / 60)} of ${Math.round(duration / 60)} minutes were decoded and described.`);
  }
  return { text: null, pages: [], facts: { audio: audioFacts(metadata, heard, duration, mimeType) }, warnings };
}

/** @returns null where no decoder knows it; then its tags are all there is */
async function listen({ path, mimeType, limits, report }: ExtractContext, duration: number | undefined, warnings: string[]): Promise<Heard | null> {
  const heard: Heard = { seconds: 0, sampleRate: 0, channels: 0 };
  const expected = Math.min(limits.soundSeconds, duration ?? limits.soundSeconds);
  try {
    for await (const { channelData, sampleRate } of decodeSound(path, mimeType)) {
      if (channelData.length === 0) continue;
      heard.seconds += channelData[0]!.length / sampleRate;
      heard.sampleRate = sampleRate;
      heard.channels = Math.max(heard.channels, channelData.length);
      report(Math.min(0.99, heard.seconds / expected));
      if (heard.seconds >= limits.soundSeconds) break;
    }
    return heard;
  } catch (error) {
    if (error instanceof UnknownCodec) {
      warnings.push(`${error.message} Only what its header says is known.`);
      return null;
    }
    throw damaged(`The sound cannot be decoded: ${reason(error)}.`, error);
  }
}

/** A WAV states its own length in its first eight bytes (0 and 2³² − 1 mean that it was written as a stream). */
async function checkWavLength(path: string, fileSize: number): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    const stated = bytesRead === 8 ? buffer.readUInt32LE(4) + 8 : 0;
    if (stated > 8 && stated < 0xffff_ffff && fileSize < stated * SHORTEST_SHARE) {
      throw damaged(`The sound breaks off: ${fileSize} of ${stated} bytes are there.`);
    }
  } finally {
    await file.close();
  }
}

function audioFacts(metadata: IAudioMetadata | null, heard: Heard | null, seconds: number, mimeType: string): JsonObject {
  const { format, common } = metadata ?? {};
  const facts: JsonObject = { durationSeconds: Math.round(seconds * 1000) / 1000 };
  // An MP4's header often says two channels whatever there are; the decoder of MP3, on the other hand, folds equal ones.
  const stated = mimeType === 'audio/mp4' ? undefined : format;
  const sampleRate = stated?.sampleRate ?? heard?.sampleRate ?? format?.sampleRate;
  const channels = stated?.numberOfChannels ?? heard?.channels ?? format?.numberOfChannels;
  if (sampleRate) facts.sampleRate = sampleRate;
  if (channels) facts.channels = channels;
  // The tag reader has no name for the extensible WAV header, which holds PCM nearly always.
  const codec = format?.codec?.startsWith('non-PCM(65534)') ? 'PCM' : format?.codec;
  const tags = { codec, title: common?.title, artist: common?.artist, album: common?.album };
  for (const [key, value] of Object.entries(tags)) {
    const fact = statedFact(value);
    if (fact !== undefined) facts[key] = fact;
  }
  return facts;
}
