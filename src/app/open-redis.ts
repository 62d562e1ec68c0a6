import { setTimeout as pause } from 'node:timers/promises';
import type { RedisTls } from '../adapters/cache/redis-encryption.js';
import { RedisLink } from '../adapters/cache/redis-link.js';
import { RedisRateLimiter } from '../adapters/cache/redis.rate-limiter.js';
import { TwoLevelCache } from '../adapters/cache/two-level.cache.js';
import { RedisEventBus } from '../adapters/events/redis.event-bus.js';
import type { Logger } from '../ports/logger.port.js';

export interface RedisOptions {
  host: string;
  port: number;
  db: number;
  username?: string;
  password?: string;
  tls?: RedisTls;
  /** How long Redis keeps a value where nothing else is said. */
  ttlSeconds: number;
  /** What this process keeps by itself. */
  local: { maxSizeMb: number; ttlSeconds: number };
  logger: Logger;
  /** Beginnings of keys whose value never changes: they are used while Redis is away too, and kept through its restarts. */
  lasting?: readonly string[];
  /** `strata:` where it is left out; installations that share a server each have their own. */
  prefix?: string;
  /** 2,000 where it is left out. */
  commandTimeoutMs?: number;
  /** 1,000 where it is left out: together with the above, how long a connection may be dead unnoticed. */
  heartbeatMs?: number;
  /** How long to wait for Redis at the start; without it the process goes on, and uses it once it is there. 2,000 where it is left out. */
  startTimeoutMs?: number;
  /** 8 MiB where it is left out. */
  maxValueBytes?: number;
}

/** Everything that one process has of Redis, over one connection for commands and one that listens. */
export interface RedisParts {
  cache: TwoLevelCache;
  events: RedisEventBus;
  rateLimiter: RedisRateLimiter;
  link: RedisLink;
  /** @throws DEPENDENCY_UNAVAILABLE for the cache while Redis is away, NOT_CONFIGURED where waiting does not help */
  check(): Promise<void>;
  close(): Promise<void>;
}

const LEASE_MS = 60_000;

/**
 * A Redis that does not answer is waited for a moment, then done without until it is there.
 * @throws NOT_CONFIGURED where it answers and refuses (a wrong password, no such database), or one side does not take the other's encryption
 */
export async function openRedis(options: RedisOptions): Promise<RedisParts> {
  const { prefix = 'strata:', commandTimeoutMs = 2_000, heartbeatMs = 1_000, startTimeoutMs = 2_000, maxValueBytes = 8 * 2 ** 20 } = options;
  const { host, port, db, username, password, tls, logger, local, ttlSeconds, lasting = [] } = options;
  const link = new RedisLink({ host, port, db, username, password, tls, logger, prefix, commandTimeoutMs, heartbeatMs });
  const cache = new TwoLevelCache(link, { local, ttlSeconds, prefix, maxValueBytes, lasting, leaseMs: LEASE_MS });
  const events = new RedisEventBus(link);
  const rateLimiter = new RedisRateLimiter(link, prefix);

  const enough = new AbortController();
  const tooLong = pause(startTimeoutMs, undefined, { signal: enough.signal }).catch(() => undefined); // Redis came first
  // A first failure is looked into at once. Where it has no reason that somebody has to see to, the next attempts are waited for.
  for (const isKnown of [() => link.lastError !== null, () => link.misconfiguration !== null]) {
    await Promise.race([link.until(() => link.hearing || isKnown()), tooLong]);
    const wrong = await link.diagnose();
    if (wrong === null) continue;
    enough.abort();
    link.close();
    throw wrong;
  }
  enough.abort();
  return {
    cache,
    events,
    rateLimiter,
    link,
    check: () => link.check(),
    async close() {
      await Promise.all([cache.close(), events.close(), rateLimiter.close()]);
      link.close();
    },
  };
}
