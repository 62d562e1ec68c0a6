import type { ObjectStoreCapabilities } from '../../ports/object-store.port.js';

const MIB = 1024 * 1024;
/** Up to here one PUT carries an upload; above, parts. Bytes. */
export const LARGEST_SINGLE_PUT = 64 * MIB;
const SMALLEST_PART = 16 * MIB;
const MOST_PARTS = 10_000;
const HOUR = 3_600;

export interface UploadPlan {
  partSize: number | null;
  partCount: number;
  /** Seconds. */
  validFor: number;
}

/**
 * How the bytes of an upload travel: one PUT within an hour, or parts of 16 MiB or more (whole MiB, and what the store takes), at most
 * 10,000, within 7 days.
 */
export function planUpload(fileSize: number, { minPartSize }: ObjectStoreCapabilities): UploadPlan {
  if (fileSize <= LARGEST_SINGLE_PUT) return { partSize: null, partCount: 0, validFor: HOUR };
  const partSize = Math.max(SMALLEST_PART, Math.ceil(Math.max(minPartSize, fileSize / MOST_PARTS) / MIB) * MIB);
  return { partSize, partCount: Math.ceil(fileSize / partSize), validFor: 7 * 24 * HOUR };
}

/** Bytes of one part; the last holds the rest. @param partNumber from 1 */
export function sizeOfPart(fileSize: number, partSize: number, partNumber: number): number {
  return Math.min(partSize, fileSize - (partNumber - 1) * partSize);
}
