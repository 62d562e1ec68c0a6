import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { openRedis } from '../../src/app/open-redis.js';
import { redisOptions } from '../support/redis.js';
import { serviceAddress } from '../support/services.js';
import { cacheContract } from './cache.contract.js';

const address = serviceAddress('redis');

/** Lets time pass in Redis for the keys with this beginning. */
const AGE = `
local cursor = '0'
repeat
  local found = redis.call('SCAN', cursor, 'MATCH', ARGV[1] .. '*', 'COUNT', 1000)
  cursor = found[1]
  for _, key in ipairs(found[2]) do
    local left = redis.call('PTTL', key)
    if left > 0 then redis.call('PEXPIRE', key, left - tonumber(ARGV[2])) end
  end
until cursor == '0'`;

describe.skipIf(address === null)('with Redis', () => {
  for (const [name, lasting] of [['values that can change', []], ['values that never do', ['contract:']]] as const) {
    cacheContract(`two levels, ${name}`, async () => {
      let now = 1_000;
      const prefix = `test-${randomUUID()}:`;
      const local = { maxSizeMb: 8, ttlSeconds: 60, now: () => now };
      const { cache, link, close } = await openRedis(redisOptions(address!.url, { prefix, local, lasting }));
      return {
        cache,
        levels: ['memory', 'redis'],
        async pass(seconds) {
          now += seconds * 1_000;
          await link.client.eval(AGE, 0, prefix, seconds * 1_000);
        },
        close,
      };
    });
    cacheContract(`two levels, nothing kept in the process, ${name}`, async () => {
      const prefix = `test-${randomUUID()}:`;
      const { cache, link, close } = await openRedis(redisOptions(address!.url, { prefix, lasting, local: { maxSizeMb: 0, ttlSeconds: 60 } }));
      return { cache, levels: ['redis'], pass: async (seconds) => void (await link.client.eval(AGE, 0, prefix, seconds * 1_000)), close };
    });
  }
});
