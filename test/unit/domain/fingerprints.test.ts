import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandsOf, MOST_BITS_APART, probesOf, similarityOf, type NearKind } from '../../../src/domain/fingerprints.js';
import { isTellingSound, toSoundValue } from '../../../src/domain/sound-fingerprints.js';

const meet = (kind: NearKind, left: string, right: string, tenants: [string, string] = ['a', 'a']) => {
  const bands = new Set(bandsOf(tenants[0], { kind, value: left }));
  return probesOf(tenants[1], { kind, value: right }).some((probe) => bands.has(probe));
};
const bigint = fc.bigInt({ min: 1n, max: (1n << 64n) - 1n });
const hex = (value: bigint) => value.toString(16).padStart(16, '0');

describe('perceptual hashes', () => {
  it('meet in the index wherever they are near, and only then count as near', () => {
    fc.assert(
      fc.property(bigint, fc.uniqueArray(fc.nat({ max: 63 }), { maxLength: 16 }), (hash, flipped) => {
        const other = flipped.reduce((value, bit) => value ^ (1n << BigInt(bit)), hash);
        fc.pre(other !== 0n);
        const near = flipped.length <= MOST_BITS_APART;
        expect(similarityOf('PICTURE', hex(hash), hex(other))).toBe(near ? 1 - flipped.length / 64 : null);
        if (near) expect(meet('PICTURE', hex(hash), hex(other))).toBe(true);
      }),
    );
  });

  it('of films count the moments that both have, of which there must be half', () => {
    const frame = hex(0x0f0f_3c3c_5a5a_9696n);
    const [film, unsure] = [frame.repeat(8), '0'.repeat(16)];
    expect(similarityOf('FRAMES', film, frame.repeat(4) + unsure.repeat(4))).toBe(1);
    expect(similarityOf('FRAMES', film, frame.repeat(3) + unsure.repeat(5))).toBeNull();
    expect(meet('FRAMES', unsure.repeat(8), unsure.repeat(8))).toBe(false);
  });
});

describe('Chromaprints', () => {
  /** As a recording's: changing from item to item. */
  const items = (length: number) => fc.uint32Array({ minLength: length, maxLength: length });
  const damaged = (sound: Uint32Array, every: number) => sound.map((item, i) => (i % every === 0 ? item ^ 0x00100400 : item));

  it('are near to copies that begin later or end earlier and differ in few bits, and are found by them', () => {
    fc.assert(
      fc.property(items(200), fc.nat({ max: 30 }), fc.integer({ min: 2, max: 5 }), (sound, cut, every) => {
        const [whole, copy] = [toSoundValue(sound), toSoundValue(damaged(sound.subarray(cut), every))];
        for (const [one, other] of [[whole, copy], [copy, whole]] as const) {
          expect(similarityOf('SOUND', one, other)).toBeGreaterThan(0.95);
          expect(meet('SOUND', one, other)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('of a few seconds are found by a copy each item of which differs in a bit', () => {
    fc.assert(
      fc.property(items(6), (sound) => {
        const copy = sound.map((item, i) => item ^ (1 << (i * 5)));
        expect(similarityOf('SOUND', toSoundValue(sound), toSoundValue(copy))).toBeCloseTo(1 - 1 / 32);
        expect(meet('SOUND', toSoundValue(sound), toSoundValue(copy))).toBe(true);
      }),
    );
  });

  it('are not near to other recordings, nor to a part of the same', () => {
    fc.assert(
      fc.property(items(100), items(100), (one, other) => {
        fc.pre(one.filter((item, i) => item === other[i]).length < 10);
        expect(similarityOf('SOUND', toSoundValue(one), toSoundValue(other.map((item, i) => item ^ (i * 0x9e3779b9))))).toBeNull();
        expect(similarityOf('SOUND', toSoundValue(one), toSoundValue(one.subarray(0, 70)))).toBeNull();
      }),
      { numRuns: 30 },
    );
  });

  it('say nothing of silence, of one note and of noise', () => {
    expect(isTellingSound(new Uint32Array(80).fill(0x256df977))).toBe(false);
    expect(isTellingSound(Uint32Array.from({ length: 80 }, (_, i) => 0x214df977 ^ (i % 5)))).toBe(false);
    expect(isTellingSound(Uint32Array.from({ length: 80 }, (_, i) => (0xf7ffd577 ^ (1 << (i % 32))) >>> 0))).toBe(false);
    expect(isTellingSound(Uint32Array.of(0xd3c102e8, 0xd38046a8, 0xf184cdbb, 0xf094c99a, 0xf0b6889e, 0xd0a6a8de))).toBe(true);
    expect(isTellingSound(new Uint32Array(0))).toBe(false);
  });
});

it('fingerprints of one tenant do not meet those of another', () => {
  const value = hex(0x1234_5678_9abc_def0n);
  expect([meet('PICTURE', value, value), meet('PICTURE', value, value, ['a', 'b'])]).toEqual([true, false]);
});
