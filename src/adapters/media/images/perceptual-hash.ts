import { lowFrequencies, resizePlane, type Plane } from './planes.js';

/**
 * 64 bits as 16 hex digits: the signs, against their median, of the 8 × 8 lowest frequencies of the picture's lightness at
 * 32 × 32 (pHash, Zauner 2010). Pictures that look alike differ in few bits, about 32 where they have nothing in common.
 */
export function perceptualHash(lightness: Plane): string {
  const frequencies = lowFrequencies(resizePlane(lightness, 32, 32), 8);
  // The first is the mean brightness, which says nothing about what is where.
  const sorted = Float64Array.from(frequencies.subarray(1)).sort();
  const median = sorted[31]!;
  let bits = 0n;
  for (const value of frequencies) bits = (bits << 1n) | (value > median ? 1n : 0n);
  return bits.toString(16).padStart(16, '0');
}
