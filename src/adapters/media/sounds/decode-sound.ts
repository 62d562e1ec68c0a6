import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import decode, { type AudioData, type StreamDecoder } from 'audio-decode';
import { decodeMp4Sound } from './decode-mp4-sound.js';
import { UnknownCodec } from './unknown-codec.js';

const FORMATS: Readonly<Record<string, 'mp3' | 'wav' | 'flac' | 'aac' | 'aiff' | 'webm'>> = {
  'audio/mpeg': 'mp3',
  'audio/wav': 'wav',
  'audio/flac': 'flac',
  'audio/aac': 'aac',
  'audio/aiff': 'aiff',
  'audio/webm': 'webm',
  'audio/matroska': 'webm',
};

const MP4 = new Set(['audio/mp4', 'audio/3gpp', 'audio/3gpp2']);

/**
 * Decodes a sound a stretch at a time, so that however long it is little of it is in memory. Stop iterating to stop.
 * Throws what the decoder throws, or UnknownCodec where there is none.
 */
export async function* decodeSound(path: string, mimeType: string): AsyncGenerator<AudioData> {
  if (MP4.has(mimeType)) {
    yield* decodeMp4Sound(path);
    return;
  }
  const decoder = await openDecoder(path, mimeType);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 64 * 1024 }) as AsyncIterable<Buffer>) {
      const stretch = await decoder(chunk);
      if (stretch.channelData.length > 0) yield stretch;
    }
    const rest = await decoder();
    if (rest.channelData.length > 0) yield rest;
  } finally {
    decoder.free();
  }
}

async function openDecoder(path: string, mimeType: string): Promise<StreamDecoder> {
  const format = FORMATS[mimeType] ?? (mimeType === 'audio/ogg' ? await findOggCodec(path) : undefined);
  if (format === undefined) throw new UnknownCodec(mimeType);
  return decode[format]();
}

/** An Ogg stream's first packet names its codec. */
async function findOggCodec(path: string): Promise<'opus' | 'oga' | 'flac' | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    if (buffer.includes('OpusHead')) return 'opus';
    if (buffer.includes('\u0001vorbis', 0, 'latin1')) return 'oga';
    return buffer.includes('\u007fFLAC', 0, 'latin1') ? 'flac' : undefined;
  } finally {
    await file.close();
  }
}
