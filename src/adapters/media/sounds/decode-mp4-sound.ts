import { decoder as frameDecoder } from '@audio/decode-aac';
import type { AudioData } from 'audio-decode';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';
import { UnknownCodec } from './unknown-codec.js';

/** Packets handed to the decoder at once: about a second and a half of AAC. */
const BATCH = 64;

/**
 * The sound of an MP4, wherever in the file its index lies: packets are found through the index and read one by one.
 * AAC and ALAC, which is what such files hold.
 */
export async function* decodeMp4Sound(path: string): AsyncGenerator<AudioData> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    const track = await input.getPrimaryAudioTrack();
    if (track === null) throw new Error('it has no sound track');
    const codec = await track.getCodec();
    const config = (await track.getDecoderConfig())?.description;
    if ((codec !== 'aac' && (codec as string | null) !== 'alac') || config === undefined) throw new UnknownCodec(codec ?? 'its codec');
    const bytes = toBytes(config);
    const decoder = await frameDecoder(codec === 'aac' ? { asc: bytes } : { alac: bytes });
    try {
      let batch: Uint8Array[] = [];
      for await (const packet of new EncodedPacketSink(track).packets()) {
        batch.push(packet.data);
        if (batch.length < BATCH) continue;
        yield decoder.decode(batch);
        batch = [];
      }
      if (batch.length > 0) yield decoder.decode(batch);
      yield decoder.flush();
    } finally {
      decoder.free();
    }
  } finally {
    input.dispose();
  }
}

function toBytes(source: ArrayBufferView | ArrayBufferLike): Uint8Array {
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
}
