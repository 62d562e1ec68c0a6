/**
 * Gives the memory of a chunk back at once, instead of when the garbage collector comes by: which, while bytes stream through, is
 * after 64 MiB of them. For whoever has a chunk to themselves and is done with it; it is empty afterwards. Does nothing where
 * the chunk is only a piece of its memory, because somebody else may have the rest.
 */
export function releaseChunk(chunk: Uint8Array): void {
  const { buffer } = chunk;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === chunk.byteLength && buffer.byteLength >= WORTH_IT) buffer.transfer(0);
}

/** Bytes. Smaller ones are often copies that someone means to keep, and there are not enough of them to matter. */
const WORTH_IT = 16 * 1024;
