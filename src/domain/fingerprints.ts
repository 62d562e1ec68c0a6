import type { DataType } from './model.js';
import { soundPieces, soundProbes, soundSimilarity } from './sound-fingerprints.js';

/** How contents are compared. PIXELS, SAMPLES and TEXT are equal or not; the others are near where contents look, read or sound alike. */
export const FINGERPRINT_KINDS = ['PIXELS', 'SAMPLES', 'TEXT', 'PICTURE', 'FRAMES', 'WORDS', 'SOUND'] as const;
export type FingerprintKind = (typeof FINGERPRINT_KINDS)[number];
export type NearKind = 'PICTURE' | 'FRAMES' | 'WORDS' | 'SOUND';

export interface Fingerprint {
  kind: FingerprintKind;
  /** Hexadecimal: 64 digits of a SHA-256; 16 a picture or frame, unsure frames as zeros; 8 a minimum of WORDS or an item of SOUND. */
  value: string;
}

export const isNear = (kind: FingerprintKind): kind is NearKind => kind === 'PICTURE' || kind === 'FRAMES' || kind === 'WORDS' || kind === 'SOUND';

/** Bits in which two pictures that count as near may differ, of 64. */
export const MOST_BITS_APART = 7;
/** Share of common shingles from which texts count as near. */
export const LEAST_COMMON_SHINGLES = 0.8;

const HASH_DIGITS = 16;
const NO_HASH = '0'.repeat(HASH_DIGITS);
/** 4 × 16 bits: of 7 differing bits at most one falls into one of them, so one band is within 1 bit (Norouzi, Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012). */
const BAND_BITS = 16;
const BANDS_A_HASH = 64 / BAND_BITS;
/** Minima of a text, 12 bands of 5: texts of 80 % common shingles share a band in 99 cases of 100, of 50 % in 32. */
export const WORDS_MINIMA = 60;
const MINIMA_A_BAND = 5;

/** What near fingerprints of a tenant may share, as the index holds it. @param kind which others it is looked for among */
export function bandsOf(tenantId: string, { kind, value }: Fingerprint): number[] {
  return pieces(kind, value).map(({ place, piece }) => bandKey(tenantId, kind, place, piece));
}

/** What to look for in the index: all that a near one can have. */
export function probesOf(tenantId: string, { kind, value }: Fingerprint): number[] {
  if (kind === 'WORDS') return bandsOf(tenantId, { kind, value });
  if (kind === 'SOUND') return soundProbes(value).map((piece) => bandKey(tenantId, kind, ANYWHERE, piece));
  return pieces(kind, value).flatMap(({ place, piece }) => {
    const bits = Number.parseInt(piece, 16);
    const near = [bits, ...Array.from({ length: BAND_BITS }, (_, bit) => bits ^ (1 << bit))];
    return near.map((one) => bandKey(tenantId, kind, place, one.toString(16).padStart(BAND_BITS / 4, '0')));
  });
}

function pieces(kind: FingerprintKind, value: string): { place: number; piece: string }[] {
  if (!isNear(kind)) return [];
  if (kind === 'SOUND') return soundPieces(value).map((piece) => ({ place: ANYWHERE, piece }));
  const length = kind === 'WORDS' ? MINIMA_A_BAND * 8 : BAND_BITS / 4;
  const all = Array.from({ length: value.length / length }, (_, place) => ({ place, piece: value.slice(place * length, (place + 1) * length) }));
  return kind === 'WORDS' ? all : all.filter(({ place }) => hashAt(value, Math.floor(place / BANDS_A_HASH)) !== NO_HASH);
}

/** A sound may begin later than its copy. */
const ANYWHERE = 0;

const hashAt = (value: string, index: number) => value.slice(index * HASH_DIGITS, (index + 1) * HASH_DIGITS);

/** One number for all four, as PostgreSQL's integer; that two fall together costs a comparison, no more. */
const bandKey = (tenantId: string, kind: FingerprintKind, place: number, piece: string) => hash32(`${kind}:${place}:${piece}:${tenantId}`) | 0;

/** 0 to 1, of two values of that kind; null where they are not near. */
export function similarityOf(kind: NearKind, left: string, right: string): number | null {
  if (kind === 'WORDS') return atLeast(LEAST_COMMON_SHINGLES, commonMinima(left, right));
  if (kind === 'SOUND') return soundSimilarity(left, right);
  const apart = bitsApart(left, right);
  return apart === null || apart > MOST_BITS_APART ? null : 1 - apart / 64;
}

/** Of films the mean over the moments at which both have a picture; null where those are less than half. */
function bitsApart(left: string, right: string): number | null {
  const moments = Math.min(left.length, right.length) / HASH_DIGITS;
  let sum = 0;
  let compared = 0;
  for (let i = 0; i < moments; i++) {
    const [one, other] = [hashAt(left, i), hashAt(right, i)];
    if (one === NO_HASH || other === NO_HASH) continue;
    sum += hamming(one, other);
    compared += 1;
  }
  return compared === 0 || compared < moments / 2 ? null : sum / compared;
}

function hamming(left: string, right: string): number {
  let bits = 0;
  for (let i = 0; i < HASH_DIGITS; i += 8) {
    let differing = (Number.parseInt(left.slice(i, i + 8), 16) ^ Number.parseInt(right.slice(i, i + 8), 16)) >>> 0;
    for (; differing !== 0; differing &= differing - 1) bits += 1;
  }
  return bits;
}

/** The share of equal minima estimates the share of common shingles (Broder, "On the resemblance and containment of documents", 1997). */
function commonMinima(left: string, right: string): number {
  let equal = 0;
  for (let i = 0; i < WORDS_MINIMA; i++) if (left.slice(i * 8, i * 8 + 8) === right.slice(i * 8, i * 8 + 8)) equal += 1;
  return equal / WORDS_MINIMA;
}

const atLeast = (least: number, value: number) => (value >= least ? value : null);

/**
 * A perceptual hash has as many ones as zeros where there is something to see. One of a plain surface has not: it would make all
 * plain surfaces alike.
 */
export function isTelling(perceptualHash: string): boolean {
  const ones = hamming(perceptualHash, NO_HASH);
  return ones >= 24 && ones <= 40;
}

export const UNSURE_FRAME = NO_HASH;

/** MurmurHash3's finalizer over FNV-1a: spread evenly, no secret. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix32(hash);
}

export function mix32(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Contents whose bytes are decoded to be compared. */
export const isDecoded = (type: DataType): boolean => type === 'IMAGE' || type === 'AUDIO' || type === 'VIDEO';
