/** Little-endian 32-bit floats in base 64: as every machine that this runs on keeps them. */
export const packedVector = (vector: Float32Array): string => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');

/** What is no whole number at the end is left out. */
export function unpackedVector(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  // Its own memory: what Buffer.from gives may begin anywhere, and floats begin at multiples of four.
  return new Float32Array(new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % 4))).buffer);
}
