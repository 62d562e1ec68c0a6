/**
 * Chromaprints, as hexadecimal: an item of 32 bits for each eighth of a second, which says how the energy among the twelve notes of
 * the scale moves (Lalinský, "How does Chromaprint work?", 2011). Encodings of one recording differ in up to 5 % of the bits, other
 * recordings in a third and more.
 */
const ITEM_DIGITS = 8;
const ITEM_BITS = 32;

/** Bits in which two sounds that count as near may differ, as a share. */
export const MOST_SOUND_BITS_APART = 0.15;
/** Of the longer one's items, those at which the other has one, too: a copy may lack a beginning or an end. */
const LEAST_OVERLAP = 0.8;
/** Different items without which there is too little to compare: about three seconds. */
const LEAST_DIFFERENT = 4;
/** Their share of all below which a sound is too steady: Morse signs on one note are like any others. */
const LEAST_CHANGE = 0.4;
/** Shares of ones beyond which there are no notes: in noise, which would all be alike. */
const TELLING_ONES = [0.2, 0.7] as const;

/** Items from the beginning that others look for: of half a minute. A longer run costs the index more, and would find no more. */
const INDEXED_ITEMS = 256;
/** Up to so many items, those are looked for as well that differ in one bit: a short copy may have no item in common. */
const SHORT_ITEMS = 64;
/** What silence sounds like, in whatever recording. */
const SILENCE = 0x256df977;

/** Alignments of two sounds that are held against each other: those with the most items in common. */
const ALIGNMENTS = 4;
/** An item that comes more often says nothing of how two sounds lie to each other. */
const MOST_PLACES = 8;

export const toSoundValue = (items: Iterable<number>): string => Array.from(items, digits).join('');

/** A sound of notes or of speech, longer than about three seconds: what can be told from others. */
export function isTellingSound(items: Uint32Array): boolean {
  const different = new Set(items).size;
  if (different < LEAST_DIFFERENT || different < LEAST_CHANGE * items.length) return false;
  const ones = items.reduce((sum, item) => sum + onesIn(item), 0) / (items.length * ITEM_BITS);
  return ones >= TELLING_ONES[0] && ones <= TELLING_ONES[1];
}

/** What the index holds of a sound, without repetitions. */
export function soundPieces(value: string): string[] {
  return [...tellingItems(itemsOf(value).subarray(0, INDEXED_ITEMS))].map(digits);
}

/** What of another one's pieces a near one is found by. */
export function soundProbes(value: string): string[] {
  const items = itemsOf(value);
  const telling = [...tellingItems(items)];
  const probes = items.length > SHORT_ITEMS ? telling : telling.flatMap((item) => [item, ...Array.from({ length: ITEM_BITS }, (_, bit) => item ^ (1 << bit))]);
  return [...new Set(probes.map(digits))];
}

/** The share of equal bits where the two lie best upon each other; null where they are not near. */
export function soundSimilarity(left: string, right: string): number | null {
  const [one, other] = [itemsOf(left), itemsOf(right)];
  if (Math.min(one.length, other.length) < LEAST_OVERLAP * Math.max(one.length, other.length)) return null;
  const apart = alignments(one, other).map((shift) => bitsApart(one, other, shift));
  const least = Math.min(...apart);
  return least > MOST_SOUND_BITS_APART ? null : 1 - least;
}

/** By how many items the other one begins later, as the items that both have say (as AcoustID does); side by side in any case. */
function alignments(one: Uint32Array, other: Uint32Array): number[] {
  const places = Map.groupBy(other.keys(), (place) => other[place]!);
  const votes = new Map<number, number>([[0, 0]]);
  one.forEach((item, place) => {
    const found = places.get(item) ?? [];
    if (found.length > MOST_PLACES) return;
    for (const there of found) votes.set(place - there, (votes.get(place - there) ?? 0) + 1);
  });
  // Where a short copy has nothing in common to the bit, what is next to side by side is tried.
  if (Math.min(one.length, other.length) <= SHORT_ITEMS) for (const shift of [-2, -1, 1, 2]) votes.set(shift, votes.get(shift) ?? 0);
  const most = [...votes].sort((a, b) => b[1] - a[1] || Math.abs(a[0]) - Math.abs(b[0])).map(([shift]) => shift);
  return [...new Set([0, ...most.slice(0, ALIGNMENTS)])];
}

/** 1 where too little of them lies upon each other. */
function bitsApart(one: Uint32Array, other: Uint32Array, shift: number): number {
  const [from, to] = [Math.max(0, shift), Math.min(one.length, other.length + shift)];
  if (to - from < LEAST_OVERLAP * Math.max(one.length, other.length)) return 1;
  let bits = 0;
  for (let i = from; i < to; i++) bits += onesIn(one[i]! ^ other[i - shift]!);
  return bits / (ITEM_BITS * (to - from));
}

const tellingItems = (items: Uint32Array): Set<number> => new Set(items.filter((item) => item !== SILENCE));

const digits = (item: number) => (item >>> 0).toString(16).padStart(ITEM_DIGITS, '0');

const itemsOf = (value: string) => Uint32Array.from({ length: value.length / ITEM_DIGITS }, (_, i) => Number.parseInt(value.slice(i * ITEM_DIGITS, (i + 1) * ITEM_DIGITS), 16));

/** Hamming weight of 32 bits (Warren, Hacker's Delight, 5-1). */
function onesIn(item: number): number {
  let bits = item - ((item >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
