/**
 * Passages by falling score, ties by number, handed out as they are asked for: a heap is built in linear time, and only what
 * is taken from it costs more, where sorting everything would cost for all.
 */
export class Ranking {
  private readonly heap: Uint32Array;
  private remaining: number;

  constructor(
    private readonly numbers: Float64Array,
    private readonly scores: Float64Array,
  ) {
    this.remaining = numbers.length;
    this.heap = new Uint32Array(this.remaining);
    for (let i = 0; i < this.remaining; i++) this.heap[i] = i;
    for (let i = (this.remaining >> 1) - 1; i >= 0; i--) this.sink(i);
  }

  get size(): number {
    return this.remaining;
  }

  /** The next `count`, or all that are left. */
  take(count: number): RankedPassage[] {
    const taken: RankedPassage[] = [];
    while (taken.length < count && this.remaining > 0) {
      const first = this.heap[0]!;
      taken.push({ number: this.numbers[first]!, score: this.scores[first]! });
      this.heap[0] = this.heap[--this.remaining]!;
      this.sink(0);
    }
    return taken;
  }

  private sink(start: number): void {
    const { heap, remaining } = this;
    let parent = start;
    const moving = heap[parent]!;
    for (;;) {
      let child = parent * 2 + 1;
      if (child >= remaining) break;
      if (child + 1 < remaining && this.precedes(heap[child + 1]!, heap[child]!)) child++;
      if (!this.precedes(heap[child]!, moving)) break;
      heap[parent] = heap[child]!;
      parent = child;
    }
    heap[parent] = moving;
  }

  private precedes(left: number, right: number): boolean {
    const difference = this.scores[left]! - this.scores[right]!;
    return difference > 0 || (difference === 0 && this.numbers[left]! < this.numbers[right]!);
  }
}

export interface RankedPassage {
  number: number;
  score: number;
}
