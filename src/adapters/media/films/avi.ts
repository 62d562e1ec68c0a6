import { open } from 'node:fs/promises';
import type { FilmFacts } from './film-facts.js';

/**
 * Reads an AVI's main header and its streams' kinds (Microsoft's "AVI RIFF File Reference": `avih` holds microseconds a
 * frame, the number of frames, width and height; each `strh` begins with the kind of its stream).
 * @returns null where there is no such header
 */
export async function readAvi(path: string): Promise<FilmFacts | null> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0);
    const head = buffer.subarray(0, bytesRead);
    const main = head.indexOf('avih', 0, 'latin1');
    if (main < 0 || main + 8 + 40 > head.length) return null;
    const at = (offset: number) => head.readUInt32LE(main + 8 + offset);
    const [microseconds, frames, width, height] = [at(0), at(16), at(32), at(36)];
    if (microseconds === 0 || width === 0 || height === 0) return null;
    return {
      durationSeconds: (frames * microseconds) / 1_000_000,
      width,
      height,
      frameRate: 1_000_000 / microseconds,
      hasAudio: head.includes(Buffer.from('auds')),
    };
  } finally {
    await file.close();
  }
}
