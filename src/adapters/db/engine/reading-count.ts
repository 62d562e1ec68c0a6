import type { Readers } from '../../../ports/database.port.js';

const LATELY_MS = 2_000;

/**
 * How many are reading right now, and when someone last did, in memory that two threads share: the one that answers queries counts,
 * and the database's looks before it begins what would keep them waiting.
 */
export class ReadingCount {
  private readonly count: Int32Array;
  /** Milliseconds since 1970. */
  private readonly last: BigInt64Array;
  private lastSearch = -Infinity;

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

  /** Whoever reads searches; known to this thread alone. */
  noteSearch(): void {
    this.lastSearch = Date.now();
  }

  /** Who reads, or did within the last two seconds and may go on. */
  lately(): Readers {
    const isRecent = (moment: number) => Date.now() - moment < LATELY_MS;
    if (!this.isAnyone() && !isRecent(Number(Atomics.load(this.last, 0)))) return 'nobody';
    return isRecent(this.lastSearch) ? 'searchers' : 'readers';
  }
}
