import { LruCache } from '../adapters/cache/lru.cache.js';
import { MemoryRateLimiter } from '../adapters/cache/memory.rate-limiter.js';
import { MemoryEventBus } from '../adapters/events/memory.event-bus.js';
import type { Config } from '../config/config.js';
import type { Cache } from '../ports/cache.port.js';
import type { EventBus } from '../ports/event-bus.port.js';
import type { Logger } from '../ports/logger.port.js';
import type { Queue } from '../ports/queue.port.js';
import type { RateLimiter } from '../ports/rate-limiter.port.js';
import { RANKING_SECONDS, type RankingCache } from '../services/search/ranking-keeper.js';

/** For the cursors of searches: a ranking of a hundred objects takes some ten kilobytes, for five minutes. */
const RANKINGS_MB = 64;

/** What the processes of an installation share where there is a Redis, and each has for itself otherwise. */
export interface SharedParts {
  cache: Cache;
  events: EventBus;
  rateLimiter: RateLimiter;
  /** A page may be asked of another process than the one before it. */
  rankings: RankingCache;
  /** Whether other processes hear this one's events. */
  isShared: boolean;
  close(): Promise<void>;
}

/** @param alone whether this is the installation's only process, whose own cache nobody else could make stale */
export async function openSharedParts({ cache: { redis, local } }: Config, alone: boolean, logger: Logger): Promise<SharedParts> {
  if (redis === undefined) {
    if (!alone) logger.warn({}, 'without cache.redis nothing is cached, since other processes could not say what has changed; several API processes need it, for the later pages of searches too');
    const maxSizeMb = alone ? local.maxSizeMb : 0;
    const cache = new LruCache({ maxSizeMb, ttlSeconds: local.ttlSeconds });
    const rankings = new LruCache({ maxSizeMb: RANKINGS_MB, ttlSeconds: RANKING_SECONDS });
    const events = new MemoryEventBus();
    const rateLimiter = new MemoryRateLimiter();
    const close = async () => void (await Promise.all([cache.close(), events.close(), rateLimiter.close(), rankings.close()]));
    return { cache, events, rateLimiter, rankings, isShared: false, close };
  }
  const { openRedis } = await import('./open-redis.js');
  // What never changes under its key holds while Redis is away.
  const { tls, tlsCa, tlsVerify, ...server } = redis;
  const encryption = tls ? { caFile: tlsCa, verify: tlsVerify } : undefined;
  const { cache, events, rateLimiter, close } = await openRedis({ ...server, tls: encryption, local, logger, lasting: ['ranking:', 'search:', 'query-vector:'] });
  return { cache, events, rateLimiter, rankings: cache, isShared: true, close };
}

const WAKING_CHANNEL = 'jobs';

/** Wakes the workers of the other processes, too: without it they would find what was enqueued here within two seconds. */
export function wakingOthers<Part extends Queue>(queue: Part, events: EventBus): Part {
  return new Proxy(queue, {
    get(target, name) {
      if (name === 'wake') {
        return (job: string) => {
          target.wake(job);
          events.publish(WAKING_CHANNEL, job);
        };
      }
      const part: unknown = Reflect.get(target, name, target);
      return typeof part === 'function' ? (part as (...args: unknown[]) => unknown).bind(target) : part;
    },
  });
}

/** Wakes this process's workers for what others enqueued. @returns what ends that */
export function wokenByOthers(queue: Pick<Queue, 'wake'>, events: EventBus, logger: Logger): () => void {
  const ending = new AbortController();
  const listen = async () => {
    for await (const job of events.subscribe<unknown>(WAKING_CHANNEL, { signal: ending.signal })) {
      if (typeof job === 'string') queue.wake(job);
    }
  };
  listen().catch((error: unknown) => {
    if (!ending.signal.aborted) logger.warn({ error }, 'this process hears no longer of jobs that others enqueue at once; it looks for them every two seconds');
  });
  return () => ending.abort();
}
