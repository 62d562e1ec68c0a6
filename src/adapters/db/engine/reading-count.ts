const LATELY_MS = 2_000;

/**
 * How many are reading right now, and when someone last did, in memory that two threads share: the one that answers queries counts,
 * and the database's looks before it begins what would keep them waiting.
 */
export class ReadingCount {
  private readonly count: Int32Array;
  /** Milliseconds since 1970. */
  private readonly last: BigInt64Array;

  /** @param buffer another thread's; its own where left out */
  constructor(readonly buffer = new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)) {
    this.count = new Int32Array(buffer, 0, 1);
    this.last = new BigInt64Array(buffer, BigInt64Array.BYTES_PER_ELEMENT, 1);
  }

  /** @returns what ends it, however often it is called */
  begin(): () => void {
    Atomics.add(this.count, 0, 1);
    let hasEnded = false;
    return () => {
      if (hasEnded) return;
      hasEnded = true;
      Atomics.store(this.last, 0, BigInt(Date.now()));
      Atomics.sub(this.count, 0, 1);
    };
  }

  isAnyone(): boolean {
    return Atomics.load(this.count, 0) > 0;
  }

  /** Someone reads, or did within the last two seconds and may go on. */
  wasAnyoneLately(): boolean {
    return this.isAnyone() || Date.now() - Number(Atomics.load(this.last, 0)) < LATELY_MS;
  }
}
