import { randomUUID } from 'node:crypto';
import { openRedis, type RedisOptions, type RedisParts } from '../../src/app/open-redis.js';
import type { Logger } from '../../src/ports/logger.port.js';

export const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => silent };

/** @param url `redis://[:PASSWORD@]HOST:PORT[/DB]`, or `rediss://…`, whose certificate the machine has to trust unless `more` says otherwise */
export function redisOptions(url: string, more: Partial<RedisOptions> = {}): RedisOptions {
  const { protocol, hostname, port, password, pathname } = new URL(url);
  return {
    host: hostname,
    port: Number(port || 6379),
    db: Number(pathname.slice(1) || 0),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: { verify: true } } : {}),
    ttlSeconds: 60,
    local: { maxSizeMb: 8, ttlSeconds: 60 },
    logger: silent,
    ...more,
  };
}

/** Several processes' worth of Redis in one, for an installation of the test's own. */
export async function openNodes(url: string, count: number, more: Partial<RedisOptions> = {}): Promise<RedisParts[]> {
  const prefix = `test-${randomUUID()}:`;
  const nodes = await Promise.all(Array.from({ length: count }, () => openRedis(redisOptions(url, { prefix, ...more }))));
  // What they told one another on coming is over.
  for (const { link } of nodes) await link.until(() => link.hearing);
  for (const { link } of nodes) await link.settled();
  return nodes;
}
