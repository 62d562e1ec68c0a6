import { open } from 'node:fs/promises';
import { parseFile, TimestampFormat, type IAudioMetadata, type ILyricsTag } from 'music-metadata';
import type { JsonObject } from '../../../domain/model.js';
import { transcriptOf } from '../../../domain/transcripts.js';
import type { Extraction } from '../../../ports/media.port.js';
import { damaged, reason, type ExtractContext } from '../extract-context.js';
import { statedFact } from '../documents/text-file.js';
import { normaliseText } from '../text-decoding.js';
import { decodeSound } from './decode-sound.js';
import { hasOggEnd } from './ogg-end.js';
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
  // Other formats say how long they are; of this one only its last page says that it is.
  if (mimeType === 'audio/ogg' && !(await hasOggEnd(path, context.fileSize))) warnings.push('The sound may break off: its last page is not marked as the end.');
  if (!complete && heard !== null) warnings.push(partlyHeard(context, format?.duration));
  return { ...lyricsOf(metadata, duration, limits.textCharacters), pages: [], facts: { audio: audioFacts(metadata, heard, duration, mimeType) }, warnings };
}

/** What the windows of a long sound are taken from, as `soundWindows` does it. */
function partlyHeard({ limits, ffmpeg }: ExtractContext, duration: number | undefined): string {
  const minutes = (seconds: number) => Math.round(seconds / 60);
  if (duration === undefined) return `Only the first ${minutes(limits.soundSeconds)} minutes were decoded and described: the file does not tell how long it is.`;
  const reach = ffmpeg === null ? `, as far as ${Math.round(limits.lookingMs / 1_000)} seconds of decoding reach` : '';
  return `Only the first ${minutes(limits.soundSeconds)} of ${minutes(duration)} minutes were decoded as a whole; of the rest, stretches at even distances are described${reach}.`;
}

/** The words of a song or a talk that its tags hold, with their times where they have any. */
function lyricsOf(metadata: IAudioMetadata | null, duration: number, most: number): Pick<Extraction, 'text' | 'blocks'> {
  // The reader leaves out the lines where a tag has no times, whatever its types say; and times may count frames.
  const lyrics = (metadata?.common.lyrics ?? []) as (Omit<ILyricsTag, 'syncText'> & Partial<Pick<ILyricsTag, 'syncText'>>)[];
  const timed = lyrics.find(({ syncText, timeStampFormat }) => timeStampFormat === TimestampFormat.milliseconds && syncText?.some(({ timestamp }) => timestamp !== undefined))?.syncText ?? [];
  const lines = timed.filter(({ timestamp }) => timestamp !== undefined).map(({ text, timestamp }) => ({ text: normaliseText(text), startSeconds: timestamp! / 1000 }));
  const cues = lines.map((line, i) => ({ ...line, endSeconds: lines[i + 1]?.startSeconds ?? duration }));
  const { text, blocks } = transcriptOf(cues);
  if (text !== '' && text.length <= most) return { text, blocks };
  const whole = normaliseText(lyrics.find((each) => each.text)?.text ?? '').trim().slice(0, most);
  return { text: whole === '' ? null : whole, blocks: [] };
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
