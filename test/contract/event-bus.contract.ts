import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventBus } from '../../src/ports/event-bus.port.js';

export interface EventBusHarness {
  bus: EventBus;
  /** Resolves once subscriptions made before are in force and messages published before have arrived. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What any EventBus does. */
export function eventBusContract(name: string, open: () => Promise<EventBusHarness>): void {
  describe(`EventBus: ${name}`, () => {
    let harness: EventBusHarness;
    let bus: EventBus;
    beforeAll(async () => {
      harness = await open();
      bus = harness.bus;
    });
    afterAll(() => harness?.close());

    const channel = () => `contract-${randomUUID()}`;
    const subscribed = async <T = unknown>(to: string, options?: { signal?: AbortSignal; limit?: number }) => {
      const iterator = bus.subscribe<T>(to, options);
      await harness.settled();
      return iterator;
    };
    const value = async <T>(iterator: AsyncIterableIterator<T>) => (await iterator.next()).value as T;

    it('brings messages to everyone on the channel, in order, from the subscription on', async () => {
      const [here, there] = [channel(), channel()];
      bus.publish(here, 'too early');
      const [a, b, other] = [await subscribed(here), await subscribed(here), await subscribed(there)];
      for (const number of [1, 2, 3]) bus.publish(here, { number });
      bus.publish(there, 'elsewhere');
      for (const iterator of [a, b]) for (const number of [1, 2, 3]) expect(await value(iterator)).toEqual({ number });
      expect(await value(other)).toBe('elsewhere');
      await Promise.all([a, b, other].map((iterator) => iterator.return!()));
    });

    it('brings them to a consumer that waits already, each once', async () => {
      const here = channel();
      const iterator = await subscribed(here);
      const waiting = [iterator.next(), iterator.next()];
      bus.publish(here, 1);
      bus.publish(here, 2);
      expect((await Promise.all(waiting)).map((result) => result.value as number)).toEqual([1, 2]);
      await iterator.return!();
    });

    it('gives each consumer an object of its own', async () => {
      const here = channel();
      const [a, b] = [await subscribed<{ list: number[] }>(here), await subscribed<{ list: number[] }>(here)];
      const message = { list: [1] };
      bus.publish(here, message);
      message.list.push(2);
      (await value(a))!.list.push(3);
      expect(await value(b)).toEqual({ list: [1] });
      await Promise.all([a.return!(), b.return!()]);
    });

    it('ends when the signal aborts, also for a consumer that waits', async () => {
      const here = channel();
      const abort = new AbortController();
      const iterator = await subscribed(here, { signal: abort.signal });
      const waiting = iterator.next();
      abort.abort();
      expect((await waiting).done).toBe(true);
      bus.publish(here, 'late');
      expect((await iterator.next()).done).toBe(true);
      const dead = bus.subscribe(here, { signal: abort.signal });
      expect((await dead.next()).done).toBe(true);
    });

    it('ends when the consumer returns, at once, also where it waits', async () => {
      const iterator = await subscribed(channel());
      const waiting = iterator.next();
      expect((await iterator.return!()).done).toBe(true);
      expect((await waiting).done).toBe(true);
      expect((await iterator.next()).done).toBe(true);
    });

    it('ends when a loop is left', async () => {
      const here = channel();
      const iterator = await subscribed<number>(here);
      bus.publish(here, 1);
      bus.publish(here, 2);
      for await (const message of iterator) {
        expect(message).toBe(1);
        break;
      }
      expect((await iterator.next()).done).toBe(true);
    });

    it('closes a consumer that falls behind, and no other', async () => {
      const here = channel();
      const slow = await subscribed(here, { limit: 3 });
      const quick = await subscribed(here, { limit: 10 });
      for (let number = 0; number < 5; number++) bus.publish(here, number);
      await harness.settled();
      await expect(slow.next()).rejects.toMatchObject({
        code: 'DEPENDENCY_UNAVAILABLE',
        extensions: { dependency: 'events' },
      });
      expect((await slow.next()).done).toBe(true);
      for (let number = 0; number < 5; number++) expect(await value(quick)).toBe(number);
      await quick.return!();
    });

    it('keeps up to the limit', async () => {
      const here = channel();
      const iterator = await subscribed(here, { limit: 3 });
      for (let number = 0; number < 3; number++) bus.publish(here, number);
      await harness.settled();
      for (let number = 0; number < 3; number++) expect(await value(iterator)).toBe(number);
      await iterator.return!();
    });

    it('passes on what a consumer throws', async () => {
      const iterator = await subscribed(channel());
      await expect(iterator.throw!(new Error('mine'))).rejects.toThrow('mine');
      expect((await iterator.next()).done).toBe(true);
    });

    it('ends every subscription when it is closed', async () => {
      const { bus: own, settled, close } = await open();
      const iterator = own.subscribe('a');
      await settled();
      const waiting = iterator.next();
      await own.close();
      expect((await waiting).done).toBe(true);
      expect((await own.subscribe('a').next()).done).toBe(true);
      expect(() => own.publish('a', 1)).not.toThrow();
      await close();
    });
  });
}
