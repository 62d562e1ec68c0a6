import { setTimeout as sleep } from 'node:timers/promises';

/** Pinecone numbers the writes of a namespace, and says with each read up to which of them it sees. */
const WRITTEN = 'x-pinecone-request-lsn';
const SEEN = 'x-pinecone-max-indexed-lsn';
const MOST_REMEMBERED = 10_000;

/** A write is seen by searches after so long, at most; Pinecone promises nothing, and speaks of seconds. */
export const LAG_SECONDS = 10;

/** What this process wrote to a namespace, and how far its last read saw. */
export class Freshness {
  private writtenNumber = 0;
  private seenNumber = 0;
  /** Of a write that had no number: only time can tell then. */
  private unnumberedAt: number | null = null;

  readonly afterWrite = (headers: Headers): void => {
    const number = Number(headers.get(WRITTEN) ?? Number.NaN);
    if (Number.isFinite(number)) this.writtenNumber = Math.max(this.writtenNumber, number);
    else this.unnumberedAt = Date.now();
  };

  /** Not the furthest but the last: two answers may come from copies of the index that are not equally far. */
  readonly afterRead = (headers: Headers): void => {
    const number = Number(headers.get(SEEN) ?? Number.NaN);
    if (Number.isFinite(number)) this.seenNumber = number;
  };

  get isFresh(): boolean {
    return this.seenNumber >= this.writtenNumber && this.unseenForMs() === 0;
  }

  /**
   * Looks until what was written when it was called is seen; false where `budget` passed before.
   * @param look any read of the namespace that reports to `afterRead`
   * @throws the signal's reason, where that comes first
   */
  async reached(look: () => Promise<unknown>, { budget, poll, signal }: { budget: number; poll: number; signal?: AbortSignal }): Promise<boolean> {
    const target = this.writtenNumber;
    const end = Date.now() + budget;
    while (this.seenNumber < target) {
      await look();
      if (this.seenNumber >= target) break;
      if (Date.now() + poll > end) return false;
      await pause(poll, signal);
    }
    const left = this.unseenForMs();
    if (Date.now() + left > end) return false;
    if (left > 0) await pause(left, signal);
    return true;
  }

  private unseenForMs(): number {
    return this.unnumberedAt === null ? 0 : Math.max(0, this.unnumberedAt + LAG_SECONDS * 1_000 - Date.now());
  }
}

/** One a namespace of an index. */
export class FreshnessOfAll {
  private readonly known = new Map<string, Freshness>();

  of(host: string, namespace: string): Freshness {
    const key = `${host} ${namespace}`;
    let freshness = this.known.get(key);
    if (freshness === undefined) {
      if (this.known.size >= MOST_REMEMBERED) this.forgetFresh();
      this.known.set(key, (freshness = new Freshness()));
    }
    return freshness;
  }

  private forgetFresh(): void {
    for (const [key, freshness] of this.known) if (freshness.isFresh) this.known.delete(key);
  }
}

async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch (error) {
    // Node's own error would hide why the caller gave up.
    signal?.throwIfAborted();
    throw error;
  }
}
