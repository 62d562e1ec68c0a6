import { open } from 'node:fs/promises';

/** 27 bytes of header, 255 lengths of segments, 255 segments of 255 bytes at most (RFC 3533, section 6). */
const LARGEST_PAGE = 27 + 255 + 255 * 255;
const LAST_OF_STREAM = 0x04;

/** Whether an Ogg stream ends as it should: with a whole page that is marked as the last one. One that was cut short does not, nor one that was recorded off the air. */
export async function hasOggEnd(path: string, fileSize: number): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const length = Math.min(fileSize, 2 * LARGEST_PAGE);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, fileSize - length);
    const page = buffer.subarray(Math.max(0, buffer.lastIndexOf('OggS', undefined, 'latin1')));
    const segments = page.length < 27 ? 0 : page[26]!;
    const lengths = page.subarray(27, 27 + segments);
    return segments > 0 && lengths.length === segments && (page[5]! & LAST_OF_STREAM) !== 0 && page.length >= 27 + segments + lengths.reduce((sum, each) => sum + each, 0);
  } finally {
    await file.close();
  }
}
