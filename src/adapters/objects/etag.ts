import type { BigIntStats } from 'node:fs';

/**
 * Which file it is and when it was last changed. Stored files are never written to again, only replaced, so that this
 * stands for their bytes; a hard link has the same.
 */
export const etagOf = (stats: BigIntStats): string =>
  [stats.ino, stats.mtimeNs, stats.size].map((value) => value.toString(36)).join('-');
