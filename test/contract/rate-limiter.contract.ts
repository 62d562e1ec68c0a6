import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RateLimiter } from '../../src/ports/rate-limiter.port.js';

export interface RateLimiterHarness {
  /** Of one installation: what one counts, the others know. */
  limiters: readonly RateLimiter[];
  /** Resolves once what was counted of the key under a rule of this name is over. */
  ended(ruleName: string, key: string): Promise<void>;
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
      await expect(any(1).consume('a', ten, 5)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    });

    it('lets exactly as many of many at once pass', async () => {
      const five = rule(5);
      const settled = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => any(index).consume('a', five)));
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    });

    it('begins anew when the time is over', async () => {
      const brief = rule(1, 1);
      await any(0).consume('a', brief);
      await harness.ended(brief.name, 'a');
      await any(1).consume('a', brief);
    });
  });
}
