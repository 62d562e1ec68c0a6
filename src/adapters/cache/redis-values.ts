import { batches } from '../../domain/batches.js';
import { plainParts, type KeyPattern } from '../../domain/key-patterns.js';
import type { RedisLink } from './redis-link.js';

export interface RedisValuesOptions {
  prefix: string;
  /** Bytes of one value; a larger one is not kept here. */
  maxValueBytes: number;
  /** Milliseconds that computing a value may take and still have it kept. */
  leaseMs: number;
  /** Whether the value of a key never changes: it then needs no lease, and outlives epochs. */
  isLasting(key: string): boolean;
}

/** What other nodes hear when something is dropped. */
export interface Dropped {
  /** The node that did it, which knows. */
  from: string;
  keys?: readonly string[];
  pattern?: KeyPattern;
}

export type Reading = { text: string; secondsLeft: number } | { lease: string } | null;

export const DROPPED_CHANNEL = 'dropped';

const KEYS_AT_ONCE = 1_000;

/**
 * The values in Redis, for all nodes. A value that was computed comes in with the lease that was taken before computing began,
 * and only if the lease is still there: dropping a key drops its lease with it.
 */
export class RedisValues {
  readonly #base: string;
  readonly #lastingBase: string;

  constructor(
    private readonly link: RedisLink,
    private readonly options: RedisValuesOptions,
  ) {
    this.#base = `${options.prefix}v:`;
    this.#lastingBase = `${options.prefix}l:`;
  }

  /** @returns null where there is nothing, or Redis is away */
  async read(key: string, { wantsLease }: { wantsLease: boolean }): Promise<Reading> {
    const { link, options } = this;
    const found = await link.attempt<string | [string, number] | null>((redis) =>
      options.isLasting(key)
        ? redis.strataReadLasting(this.#lastingBase + key)
        : redis.strataRead(link.epochKey, this.#base, key, link.newEpoch(), wantsLease ? link.unique() : '', options.leaseMs),
    );
    if (found === undefined || found === null) return null;
    return typeof found === 'string' ? { lease: found } : { text: found[0], secondsLeft: found[1] / 1_000 };
  }

  /** A value that was computed under the lease. @returns whether it was kept */
  async fill(key: string, text: string, ttlSeconds: number, lease: string): Promise<boolean> {
    if (this.#isTooLarge(text) || ttlSeconds <= 0) return false;
    return (await this.link.attempt((redis) => redis.strataFill(this.link.epochKey, this.#base, key, lease, text, milliseconds(ttlSeconds)))) === 1;
  }

  /** Whatever was there before goes, even where the new value cannot be kept. @returns whether it was */
  async write(key: string, text: string | null, ttlSeconds: number): Promise<boolean> {
    if (text === null || ttlSeconds <= 0 || this.#isTooLarge(text)) return this.drop([key]).then(() => false);
    const { link } = this;
    if (this.options.isLasting(key)) {
      return (await link.attempt((redis) => redis.set(this.#lastingBase + key, `v${text}`, 'PX', milliseconds(ttlSeconds)))) === 'OK';
    }
    const sentIn = link.epoch;
    const foundIn = await link.attempt((redis) =>
      redis.strataWrite(link.epochKey, this.#base, key, sentIn, text, milliseconds(ttlSeconds), link.channel(DROPPED_CHANNEL), this.#message({ keys: [key] })),
    );
    if (foundIn === sentIn) return true;
    if (foundIn !== undefined) await link.learnEpoch();
    await this.drop([key]);
    return false;
  }

  async drop(keys: readonly string[]): Promise<void> {
    const { link } = this;
    for (const some of batches(keys, KEYS_AT_ONCE)) {
      const message = this.#message({ keys: some });
      await link.oblige((redis) => redis.strataDrop(link.epochKey, this.#base, this.#lastingBase, link.channel(DROPPED_CHANNEL), message, ...some));
    }
  }

  /** Walks over all keys of the server in small steps; others are served in between. */
  async dropLike(pattern: KeyPattern): Promise<void> {
    const { link } = this;
    const glob = plainParts(pattern).map(globLiteral).join('*');
    await link.oblige(async (redis) => {
      const epoch = await redis.get(link.epochKey);
      const bases = [this.#lastingBase, ...(epoch === null ? [] : [`${this.#base}${epoch}:`])];
      for (const base of bases) {
        // A key that is there from beginning to end of a walk is met by it; so is a lease, which a value takes the place of.
        let cursor = '0';
        do {
          const [next, names] = await redis.scan(cursor, 'MATCH', globLiteral(base) + glob, 'COUNT', KEYS_AT_ONCE);
          if (names.length > 0) await redis.unlink(...names);
          cursor = next;
        } while (cursor !== '0');
      }
      // Last: until here, others may have fetched what was not dropped yet.
      await redis.publish(link.channel(DROPPED_CHANNEL), this.#message({ pattern }));
    });
  }

  #isTooLarge(text: string): boolean {
    return Buffer.byteLength(text) > this.options.maxValueBytes;
  }

  #message(dropped: Omit<Dropped, 'from'>): string {
    return JSON.stringify({ from: this.link.nodeId, ...dropped } satisfies Dropped);
  }
}

const milliseconds = (seconds: number): number => Math.max(1, Math.round(seconds * 1_000));

/** Redis' patterns know ?, *, [ ] and ^ within them; a backslash makes any of them plain. */
const globLiteral = (text: string): string => text.replace(/[\\?*[\]^]/g, '\\$&');
