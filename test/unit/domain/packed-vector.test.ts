import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packedVector, unpackedVector } from '../../../src/domain/packed-vector.js';

describe('a packed vector', () => {
  it('is the numbers in 32 bits each, the lowest byte first', () => {
    expect(packedVector(Float32Array.of(1, -2))).toBe(Buffer.from([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]).toString('base64'));
  });

  it('comes out as it went in, to the last bit, wherever in memory it lay', () => {
    fc.assert(
      fc.property(fc.float32Array(), fc.nat(3), (vector, before) => {
        const amidst = new Float32Array([...Array<number>(before).fill(7), ...vector, 8]).subarray(before, before + vector.length);
        expect(unpackedVector(packedVector(amidst))).toEqual(vector);
      }),
    );
  });

  it('that was cut off ends with its last whole number', () => {
    expect(unpackedVector(Buffer.from([0, 0, 0x80, 0x3f, 0, 0]).toString('base64'))).toEqual(Float32Array.of(1));
    expect(unpackedVector('')).toEqual(new Float32Array());
  });
});
