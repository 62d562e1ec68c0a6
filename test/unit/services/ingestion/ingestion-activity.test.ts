import { describe, expect, it, vi, beforeEach, afterEach } from 'vitest';
import { IngestionActivity } from '../../../../src/services/ingestion/ingestion-activity.js';

const never = new AbortController().signal;

function held(): { promise: Promise<void>; release: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, release: resolve };
}

describe('IngestionActivity', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('finds a lull only once nothing has been under way for a moment', async () => {
    const activity = new IngestionActivity();
    const first = held();
    const running = activity.during(() => first.promise);
    let found: boolean | undefined;
    void activity.lull(60_000, never).then((isLull) => (found = isLull));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(found).toBeUndefined();

    first.release();
    await running;
    // The next batch of the same import begins at once.
    const second = held();
    const next = activity.during(() => second.promise);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(found).toBeUndefined();

    second.release();
    await next;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(found).toBe(true);
  });

  it('gives up when the patience is at its end, and when the signal aborts', async () => {
    const activity = new IngestionActivity();
    void activity.during(() => held().promise);
    const patient = activity.lull(5_000, never);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await patient).toBe(false);
    const ending = new AbortController();
    const aborted = activity.lull(5_000, ending.signal);
    ending.abort();
    expect(await aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('interrupts work in a lull when an ingestion begins, and not work that waited too long', async () => {
    const activity = new IngestionActivity();
    const seen: AbortSignal[] = [];
    const work = (signal: AbortSignal) =>
      new Promise<void>((_, reject) => {
        seen.push(signal);
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const inLull = activity.inLull(5_000, never, work);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(seen).toHaveLength(1);
    const ingestion = held();
    const running = activity.during(() => ingestion.promise);
    await inLull;
    expect(seen[0]!.aborted).toBe(true);

    const late = activity.inLull(5_000, never, (signal) => {
      seen.push(signal);
      return Promise.resolve();
    });
    await vi.advanceTimersByTimeAsync(5_000);
    await late;
    expect(seen).toHaveLength(2);
    expect(seen[1]!.aborted).toBe(false);
    ingestion.release();
    await running;
  });

  it('passes on what the work itself throws', async () => {
    const activity = new IngestionActivity();
    const failing = expect(activity.inLull(5_000, never, () => Promise.reject(new Error('no space')))).rejects.toThrow('no space');
    await vi.advanceTimersByTimeAsync(1_000);
    await failing;
  });
});
