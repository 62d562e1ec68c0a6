import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import type { EventBus } from '../../src/ports/event-bus.port.js';
import { openRedis } from '../../src/app/open-redis.js';
import { openNodes, redisOptions } from '../support/redis.js';
import { serviceAddress } from '../support/services.js';
import { eventBusContract } from './event-bus.contract.js';

const address = serviceAddress('redis');

describe.skipIf(address === null)('with Redis', () => {
  eventBusContract('Redis, one process', async () => {
    const { events, link, close } = await openRedis(redisOptions(address!.url, { prefix: `test-${randomUUID()}:` }));
    return { bus: events, settled: () => link.settled(), close };
  });

  eventBusContract('Redis, published by one process and consumed in another', async () => {
    const [publisher, consumer] = await openNodes(address!.url, 2);
    const bus: EventBus = {
      publish: (channel, message) => publisher!.events.publish(channel, message),
      subscribe: (channel, options) => consumer!.events.subscribe(channel, options),
      close: () => consumer!.events.close(),
    };
    return {
      bus,
      async settled() {
        await publisher!.link.settled();
        await consumer!.link.settled();
      },
      close: async () => void (await Promise.all([publisher!.close(), consumer!.close()])),
    };
  });
});
