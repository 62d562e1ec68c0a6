/**
 * The packing of postings. A chunk is: how many postings, then for each the step from the one before to this passage's
 * number (the first from 0), the term's frequency in it, and its length in terms. All are variable-length integers, seven
 * bits a byte, low bits first, the high bit set on all bytes but the last. Chunks follow one another without anything
 * between, so packed lists may be joined end to end.
 */

export interface Posting {
  /** The passage's number in the index: an integer from 1 to 2^53 − 1. */
  number: number;
  frequency: number;
  /** Of the passage, in terms. */
  length: number;
}

/** @param postings by rising number */
export function packPostings(postings: readonly Posting[]): Buffer {
  if (postings.length === 0) return Buffer.alloc(0);
  const bytes: number[] = [];
  pushInteger(bytes, postings.length);
  let previous = 0;
  for (const { number, frequency, length } of postings) {
    pushInteger(bytes, number - previous);
    pushInteger(bytes, frequency);
    pushInteger(bytes, length);
    previous = number;
  }
  return Buffer.from(bytes);
}

function pushInteger(bytes: number[], value: number): void {
  // Numbers may pass 32 bits, where JavaScript's shifts end.
  while (value > 0x7f) {
    bytes.push((value % 0x80) | 0x80);
    value = Math.floor(value / 0x80);
  }
  bytes.push(value);
}

/** Reads packed lists chunk by chunk into arrays that are used again, so that a query allocates little. */
export class PostingsReader {
  numbers = new Float64Array(1024);
  frequencies = new Float64Array(1024);
  lengths = new Float64Array(1024);
  /** How many postings the arrays hold. */
  count = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;

  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.at = 0;
    this.count = 0;
  }

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  /** Appends the next chunk's postings, and answers how many there were. */
  readChunk(): number {
    const size = this.readInteger();
    this.reserve(this.count + size);
    const { numbers, frequencies, lengths } = this;
    let number = 0;
    for (let i = this.count, end = this.count + size; i < end; i++) {
      number += this.readInteger();
      numbers[i] = number;
      frequencies[i] = this.readInteger();
      lengths[i] = this.readInteger();
    }
    this.count += size;
    return size;
  }

  private readInteger(): number {
    const bytes = this.bytes;
    let byte = bytes[this.at++]!;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 0x80;
    do {
      if (this.at >= bytes.length) throw new RangeError('A packed list of postings ends within a number.');
      byte = bytes[this.at++]!;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  private reserve(size: number): void {
    if (size <= this.numbers.length) return;
    const capacity = Math.max(size, this.numbers.length * 2);
    const grown = (array: Float64Array) => {
      const larger = new Float64Array(capacity);
      larger.set(array.subarray(0, this.count));
      return larger;
    };
    this.numbers = grown(this.numbers) as typeof this.numbers;
    this.frequencies = grown(this.frequencies) as typeof this.frequencies;
    this.lengths = grown(this.lengths) as typeof this.lengths;
  }
}

/** All postings of packed bytes, for housekeeping and tests. */
export function unpackPostings(bytes: Uint8Array): Posting[] {
  const reader = new PostingsReader();
  reader.open(bytes);
  while (!reader.isAtEnd) reader.readChunk();
  return Array.from({ length: reader.count }, (_, i) => ({
    number: reader.numbers[i]!,
    frequency: reader.frequencies[i]!,
    length: reader.lengths[i]!,
  }));
}
