import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input, type InputTrack, type InputVideoTrack } from 'mediabunny';

export interface FilmFacts {
  durationSeconds: number;
  /** As it is to be seen: turned, with square pixels. */
  width: number;
  height: number;
  frameRate?: number;
  hasAudio: boolean;
}

/** Packets that are looked at for the frame rate. */
const SAMPLED_PACKETS = 200;

/**
 * Reads a film's header and index with no program but this one. Its last packet is fetched too, since an index says
 * nothing of a file that was cut short after it.
 * @returns null where the container has sound only
 */
export async function readFilm(path: string): Promise<FilmFacts | null> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    const picture = await input.getPrimaryVideoTrack();
    const sound = await input.getPrimaryAudioTrack();
    if (picture === null) {
      if (sound !== null) return null;
      throw new Error('it has no tracks');
    }
    const frameRate = await measureFrameRate(picture);
    return {
      durationSeconds: await findEnd(picture, input),
      width: await picture.getDisplayWidth(),
      height: await picture.getDisplayHeight(),
      ...(frameRate === undefined ? {} : { frameRate }),
      hasAudio: sound !== null,
    };
  } finally {
    input.dispose();
  }
}

async function findEnd(track: InputTrack, input: Input): Promise<number> {
  const last = await new EncodedPacketSink(track).getPacket(Infinity);
  if (last === null || last.data.byteLength === 0) throw new Error('it breaks off before its first frame');
  return (await input.getDurationFromMetadata()) ?? last.timestamp + last.duration;
}

async function measureFrameRate(track: InputVideoTrack): Promise<number | undefined> {
  const { averagePacketRate } = await track.computePacketStats(SAMPLED_PACKETS);
  return averagePacketRate > 0 ? averagePacketRate : undefined;
}
