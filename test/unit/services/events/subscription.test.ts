import { describe, expect, it } from 'vitest';
import { subscription } from '../../../../src/services/events/subscription.js';

const never = new Promise<void>(() => undefined);
const iterate = <T>(iterable: AsyncIterable<T>) => iterable[Symbol.asyncIterator]();

describe('subscription', () => {
  it('hands out one at a time, as they are asked for, and ends', async () => {
    const pushed: number[] = [];
    const iterator = iterate(
      subscription<number>(new AbortController().signal, async (outlet) => {
        for (const value of [1, 2]) {
          pushed.push(value);
          await outlet.push(value);
        }
      }),
    );
    expect(pushed).toEqual([]);
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    expect(pushed).toEqual([1]);
    expect(await iterator.next()).toEqual({ done: false, value: 2 });
    expect((await iterator.next()).done).toBe(true);
  });

  it.each(['abort', 'return'] as const)('ends at once by %s, even while it waits, and releases', async (how) => {
    const controller = new AbortController();
    let released = 0;
    const iterator = iterate(
      subscription<number>(controller.signal, async (outlet) => {
        outlet.onEnd(() => (released += 1));
        await outlet.push(1);
        await never;
      }),
    );
    await iterator.next();
    const pending = iterator.next();
    if (how === 'abort') controller.abort();
    else await iterator.return!();
    expect((await pending).done).toBe(true);
    expect((await iterator.next()).done).toBe(true);
    expect(released).toBe(1);
  });

  it('is over before it began where the signal has aborted', async () => {
    let ran = false;
    const iterator = iterate(subscription<number>(AbortSignal.abort(), async () => void (ran = true)));
    expect((await iterator.next()).done).toBe(true);
    expect(ran).toBe(false);
  });

  it('passes on what breaks, behind what was pushed, and releases', async () => {
    let released = false;
    const iterator = iterate(
      subscription<number>(new AbortController().signal, async (outlet) => {
        outlet.onEnd(() => (released = true));
        await outlet.push(1);
        throw new Error('broken');
      }),
    );
    expect((await iterator.next()).value).toBe(1);
    await expect(iterator.next()).rejects.toThrow('broken');
    expect((await iterator.next()).done).toBe(true);
    expect(released).toBe(true);
  });

  it('can be failed from outside while a value waits to be taken', async () => {
    let fail!: (error: unknown) => void;
    const iterator = iterate(
      subscription<number>(new AbortController().signal, async (outlet) => {
        fail = (error) => outlet.fail(error);
        await outlet.push(1);
        await outlet.push(2);
      }),
    );
    expect((await iterator.next()).value).toBe(1);
    fail(new Error('too slow'));
    await expect(iterator.next()).rejects.toThrow('too slow');
  });
});
