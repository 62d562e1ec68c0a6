import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RateLimiter, RateRule } from '../../src/ports/rate-limiter.port.js';

export interface RateLimiterHarness {
  /** Of one installation: what one counts, the others know. */
  limiters: readonly RateLimiter[];
  /** Lets time pass, until so many milliseconds are left of the window that the rule began for the key. */
  leave(rule: RateRule, key: string, milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

/** What any RateLimiter does. */
export function rateLimiterContract(name: string, open: () => Promise<RateLimiterHarness>): void {
  describe(`RateLimiter: ${name}`, () => {
    let harness: RateLimiterHarness;
    let limiters: readonly RateLimiter[];
    beforeAll(async () => {
      harness = await open();
      ({ limiters } = harness);
    });
    afterAll(() => harness?.close());
    const rule = (points: number, seconds = 100) => ({ name: `rule-${randomUUID()}`, points, seconds });
    const any = (index: number) => limiters[index % limiters.length]!;
    const refused = { code: 'RATE_LIMITED' };
    /** @returns how many of these were let through, one after the other, whoever was asked */
    const passed = async (count: number, key: string, of: RateRule, points = 1) => {
      let through = 0;
      for (let index = 0; index < count; index++) {
        await any(index).consume(key, of, points).then(
          () => through++,
          (error: unknown) => expect(error).toMatchObject(refused),
        );
      }
      return through;
    };
    const retryAfter = async (key: string, of: RateRule) => {
      const error = await any(1).consume(key, of).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ ...refused, extensions: { retryable: true } });
      return (error as { extensions: { retryAfterSeconds: number } }).extensions.retryAfterSeconds;
    };

    it('lets as much pass as the rule says, whoever is asked, and says when to come again', async () => {
      const three = rule(3);
      for (let count = 0; count < 3; count++) await any(count).consume('a', three);
      for (const limiter of limiters) {
        const error = await limiter.consume('a', three).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 'RATE_LIMITED', message: expect.stringContaining(`At most 3 ${three.name}`) as string });
        const { retryAfterSeconds } = (error as { extensions: { retryAfterSeconds: number } }).extensions;
        expect(Number.isInteger(retryAfterSeconds)).toBe(true);
        expect(retryAfterSeconds).toBeGreaterThan(90);
        expect(retryAfterSeconds).toBeLessThanOrEqual(100);
      }
    });

    it('counts callers and rules apart', async () => {
      const [one, other] = [rule(1), rule(1)];
      await any(0).consume('a', one);
      await any(1).consume('b', one);
      await any(1).consume('a', other);
      await expect(any(1).consume('a', one)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    });

    it('counts several points at once', async () => {
      const ten = rule(10);
      await any(0).consume('a', ten, 6);
      await expect(any(1).consume('a', ten, 5)).rejects.toMatchObject(refused);
      expect(await passed(2, 'b', ten, 5)).toBe(2);
      expect(await passed(1, 'c', ten, 11)).toBe(0);
    });

    it('counts what it refuses, too', async () => {
      const ten = rule(10);
      expect(await passed(1, 'a', ten, 9)).toBe(1);
      expect(await passed(1, 'a', ten, 2)).toBe(0);
      expect(await passed(1, 'a', ten, 1)).toBe(0);
    });

    it('shares the counts of rules of one name, and each judges by its own points', async () => {
      const [three, five] = [rule(3), { ...rule(5), seconds: 50 }];
      five.name = three.name;
      expect(await passed(3, 'a', three)).toBe(3);
      expect(await passed(3, 'a', five)).toBe(2);
      expect(await passed(1, 'a', three)).toBe(0);
      // The one that began has said when it ends.
      const seconds = await retryAfter('a', five);
      expect(seconds).toBeGreaterThan(90);
      expect(seconds).toBeLessThanOrEqual(100);
    });

    it('takes no name of a rule for the beginning of a caller’s', async () => {
      const short = rule(1);
      const long = { ...short, name: `${short.name}:of` };
      await any(0).consume('of:me', short);
      expect(await passed(2, 'me', long)).toBe(1);
    });

    it('counts for as long as a day', async () => {
      const day = rule(1, 86_400);
      expect(await passed(1, 'a', day)).toBe(1);
      await harness.leave(day, 'a', 3_600_000);
      const seconds = await retryAfter('a', day);
      expect(seconds).toBeGreaterThan(3_500);
      expect(seconds).toBeLessThanOrEqual(3_600);
    });

    it.each([
      ['points', 0], ['points', -1], ['points', 1.5], ['points', NaN], ['points', Infinity],
      ['the rule’s points', 0], ['the rule’s points', 1.5],
      ['the rule’s seconds', 0], ['the rule’s seconds', 0.5], ['the rule’s seconds', 86_401],
    ])('refuses to count by %s %d', async (what, number) => {
      const one = rule(1);
      const asked = what === 'points' ? any(0).consume('a', one, number) : any(0).consume('a', { ...one, [what.endsWith('points') ? 'points' : 'seconds']: number });
      await expect(asked).rejects.toThrow(RangeError);
      expect(await passed(2, 'a', one)).toBe(1);
    });

    it('lets exactly as many of many at once pass', async () => {
      const five = rule(5);
      const settled = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => any(index).consume('a', five)));
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    });

    it('says how much of the window is left, and is asked in vain until its end, however often', async () => {
      const two = rule(2, 1_000);
      expect(await passed(2, 'a', two)).toBe(2);
      await harness.leave(two, 'a', 500_000);
      expect(await passed(20, 'a', two)).toBe(0);
      const seconds = await retryAfter('a', two);
      expect(seconds).toBeGreaterThan(400);
      expect(seconds).toBeLessThanOrEqual(500);
    });

    it('begins anew, with all that is allowed and the whole time, as soon as the window is over', async () => {
      const two = rule(2, 1_000);
      expect(await passed(5, 'a', two)).toBe(2);
      await harness.leave(two, 'a', 0);
      expect(await passed(5, 'a', two)).toBe(2);
      expect(await retryAfter('a', two)).toBeGreaterThan(900);
    });
  });
}
