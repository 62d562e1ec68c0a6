import { describe, expect, it } from 'vitest';
import { releaseChunk } from '../../../src/domain/release-chunk.js';

const KIB = 1024;

describe('releaseChunk', () => {
  it('empties a chunk that has its memory to itself', () => {
    const chunk = Buffer.allocUnsafeSlow(64 * KIB);
    releaseChunk(chunk);
    expect(chunk.length).toBe(0);
  });

  it('leaves alone what is a piece of something, and what is small', () => {
    const whole = Buffer.alloc(64 * KIB, 7);
    releaseChunk(whole.subarray(0, 32 * KIB));
    releaseChunk(whole.subarray(1));
    expect(whole.equals(Buffer.alloc(64 * KIB, 7))).toBe(true);
    const small = new Uint8Array(KIB).fill(7);
    releaseChunk(small);
    expect(small).toEqual(new Uint8Array(KIB).fill(7));
  });
});
