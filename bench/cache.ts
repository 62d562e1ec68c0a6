import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { keyPattern } from '../src/domain/key-patterns.js';
import { addressOf } from './addresses.js';
import { percentile, rounded, summary, timeEach, type Figure } from './figures.js';

const KEYS = 500;
const ROUNDS = 6;

/**
 * Values that another process left in Redis, read through the cache and by a bare GET, in turns so that both meet the same
 * moments. The values are as large as an object's row.
 */
export async function measureCache(): Promise<Figure[]> {
  const redis = addressOf('redis').url;
  const { openRedis } = (await import(new URL('../dist/app/open-redis.js', import.meta.url).href)) as typeof import('../src/app/open-redis.js');
  const { hostname, port, password } = new URL(redis);
  const prefix = `bench-${randomUUID()}:`;
  // Nothing is kept in the process: every reading goes to Redis.
  const parts = await openRedis({
    host: hostname, port: Number(port || 6379), db: 0, ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ttlSeconds: 600, local: { maxSizeMb: 0, ttlSeconds: 600 }, logger: quiet, prefix, lasting: ['lasting:'],
  });
  const raw = new Redis(redis);
  const keys = Array.from({ length: KEYS }, (_, index) => `${index}`);
  try {
    await parts.check();
    const value = { id: randomUUID(), metadata: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`field${index}`, randomUUID()])) };
    const text = JSON.stringify(value);
    for (const key of keys) {
      await Promise.all([parts.cache.set(key, value), parts.cache.set(`lasting:${key}`, value), raw.set(`${prefix}raw:${key}`, text, 'EX', 600)]);
    }
    const times = { raw: [] as number[], cache: [] as number[], lasting: [] as number[] };
    for (let round = 0; round < ROUNDS + 1; round++) {
      const bare = await timeEach(keys, async (key) => found(await raw.get(`${prefix}raw:${key}`)));
      const cached = await timeEach(keys, async (key) => found(await parts.cache.getOrCompute(key, missing)));
      const lasting = await timeEach(keys, async (key) => found(await parts.cache.get(`lasting:${key}`)));
      if (round === 0) continue; // the first warms all of them up
      times.raw.push(...bare);
      times.cache.push(...cached);
      times.lasting.push(...lasting);
    }
    return [
      beyond('value from Redis through the cache, beyond a bare GET, p95', times.cache, times.raw),
      beyond('lasting value from Redis, beyond a bare GET, p95', times.lasting, times.raw),
    ];
  } finally {
    await parts.cache.invalidate(keyPattern`*`);
    await raw.unlink(`${prefix}epoch`, ...keys.map((key) => `${prefix}raw:${key}`));
    raw.disconnect();
    await parts.close();
  }
}

function beyond(what: string, measured: readonly number[], raw: readonly number[]): Figure {
  const [ours, theirs] = [percentile(measured, 0.95), percentile(raw, 0.95)];
  return {
    of: 'cache', what, measured: rounded(ours - theirs), unit: 'ms', limit: { at: 'most', value: 1 },
    beside: `${rounded(ours)} ms, a GET ${rounded(theirs)} ms; medians ${rounded(percentile(measured, 0.5))} and ${rounded(percentile(raw, 0.5))} ms`,
    details: { cache: summary(measured), get: summary(raw) },
  };
}

const missing = async (): Promise<never> => {
  throw new Error('A value that was set is not there.');
};

/** Both ways end in text of the same length, and in an object of one's own. */
function found(value: unknown): void {
  if ((typeof value === 'string' ? (JSON.parse(value) as unknown) : value) == null) throw new Error('A value that was set is not there.');
}

const quiet = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet };
