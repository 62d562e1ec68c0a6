import { describe } from 'vitest';
import { openNodes } from '../support/redis.js';
import { serviceAddress } from '../support/services.js';
import { rateLimiterContract } from './rate-limiter.contract.js';

const address = serviceAddress('redis');

describe.skipIf(address === null)('with Redis', () => {
  rateLimiterContract('Redis, two processes', async () => {
    const nodes = await openNodes(address!.url, 2);
    return {
      limiters: nodes.map(({ rateLimiter }) => rateLimiter),
      async leave({ name }, key, milliseconds) {
        const { client } = nodes[0]!.link;
        const [place] = await client.keys(`*:rate:${name}:${key}`);
        await client.pexpire(place!, milliseconds);
      },
      close: async () => void (await Promise.all(nodes.map(({ close }) => close()))),
    };
  });
});
