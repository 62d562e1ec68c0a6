/**
 * Scores by passage number: a hash table in typed arrays with open addressing, because a query adds up tens of thousands of
 * contributions and a Map of boxed numbers takes several times as long.
 */
export class ScoreTable {
  private numbers: Float64Array;
  private scores: Float64Array;
  private mask: number;
  private used = 0;

  /**
   * @param only nothing but these numbers is kept, where given
   * @param expected about how many numbers there will be; more is no error
   */
  constructor(
    private readonly only: Iterable<number> | null = null,
    expected = 1_000,
  ) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(64, expected * 2)));
    this.numbers = new Float64Array(slots);
    this.scores = new Float64Array(slots);
    this.mask = slots - 1;
    for (const number of only ?? []) this.insert(number);
  }

  add(number: number, score: number): void {
    const slot = this.only === null ? this.insert(number) : this.slotOf(number);
    if (this.numbers[slot] === number) this.scores[slot]! += score;
  }

  /** The numbers that have a score, and their scores, in step. */
  entries(): { numbers: Float64Array; scores: Float64Array } {
    const numbers = new Float64Array(this.used);
    const scores = new Float64Array(this.used);
    let count = 0;
    for (let slot = 0; slot <= this.mask; slot++) {
      if (this.scores[slot]! <= 0) continue;
      numbers[count] = this.numbers[slot]!;
      scores[count++] = this.scores[slot]!;
    }
    return { numbers: numbers.subarray(0, count), scores: scores.subarray(0, count) };
  }

  /** The slot that holds the number, taken for it where there was none. */
  private insert(number: number): number {
    const slot = this.slotOf(number);
    if (this.numbers[slot] === number) return slot;
    this.numbers[slot] = number;
    // Half full at most, so that runs of taken slots stay short.
    if (++this.used * 2 <= this.mask) return slot;
    this.grow();
    return this.slotOf(number);
  }

  /** The slot that holds the number, or the free one where it would go. Numbers begin at 1: 0 is a free slot. */
  private slotOf(number: number): number {
    const { numbers, mask } = this;
    // Sixteen neighbours share a place in memory: passages written together have numbers in a row.
    let hash = Math.imul((number / 16) | 0, 0x9e3779b1);
    hash ^= hash >>> 15;
    let slot = ((hash << 4) | (number & 15)) & mask;
    while (numbers[slot] !== number && numbers[slot] !== 0) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    const { numbers, scores } = this;
    this.mask = numbers.length * 2 - 1;
    this.numbers = new Float64Array(numbers.length * 2);
    this.scores = new Float64Array(numbers.length * 2);
    for (let old = 0; old < numbers.length; old++) {
      if (numbers[old] === 0) continue;
      const slot = this.slotOf(numbers[old]!);
      this.numbers[slot] = numbers[old]!;
      this.scores[slot] = scores[old]!;
    }
  }
}
