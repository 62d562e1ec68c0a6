import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRedis, type RedisParts } from '../../../src/app/open-redis.js';
import { keyPattern } from '../../../src/domain/key-patterns.js';
import { CuttableWire } from '../../support/cuttable-wire.js';
import { hasRedisServer, RedisServer } from '../../support/redis-server.js';
import { redisOptions } from '../../support/redis.js';

const KEYS = ['a:1', 'a:2', 'b:1'] as const;
type Key = (typeof KEYS)[number];

/** `awaited` false: what follows happens beside it. */
type Step = { node: 0 | 1; key: Key; awaited: boolean } & (
  | { does: 'read' | 'look' | 'cut' }
  | { does: 'change'; by: 'delete' | 'invalidate' | 'set' }
  | { does: 'compute'; turns: number }
);

const step: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom<0 | 1>(0, 1), fc.constantFrom(...KEYS), fc.boolean())
  .chain(([node, key, awaited]) =>
    fc
      .oneof(
        { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('read' as const, 'look' as const) }) },
        { weight: 3, arbitrary: fc.record({ does: fc.constant('compute' as const), turns: fc.nat(30) }) },
        { weight: 3, arbitrary: fc.record({ does: fc.constant('change' as const), by: fc.constantFrom('delete' as const, 'invalidate' as const, 'set' as const) }) },
        { weight: 1, arbitrary: fc.record({ does: fc.constant('cut' as const) }) },
      )
      .map((what) => ({ node, key, awaited, ...what }) as Step),
  );

describe.skipIf(!hasRedisServer)('two nodes whose wires to Redis are cut now and then', () => {
  let server: RedisServer;
  const nodes: RedisParts[] = [];
  const wires: CuttableWire[] = [];
  beforeAll(async () => {
    server = await RedisServer.start();
    const prefix = `test-${randomUUID()}:`;
    for (let count = 0; count < 2; count++) {
      const wire = await CuttableWire.to(server.port);
      wires.push(wire);
      nodes.push(await openRedis(redisOptions(`redis://127.0.0.1:${wire.port}`, { prefix })));
    }
  });
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.close()));
    await Promise.all(wires.map((wire) => wire.close()));
    await server?.remove();
  });

  it('never answer with a value from before a drop that has arrived', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const world = new World(nodes, wires, `${++round}:`);
        const beside: Promise<void>[] = [];
        for (const each of steps) {
          const done = world.run(each);
          if (each.awaited) await done;
          else beside.push(done);
        }
        await Promise.all(beside);
        await world.rest();
        expect(world.stale).toEqual([]);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  }, 60_000);
});

/** The rows behind the caches, as numbers that only grow, and what each node has to know of them by now. */
class World {
  readonly stale: string[] = [];
  readonly #rows = new Map<Key, number>();
  readonly #turns = new Map<Key, Promise<void>>();
  readonly #known: Map<Key, number>[] = [new Map(), new Map()];

  constructor(
    private readonly nodes: readonly RedisParts[],
    private readonly wires: readonly CuttableWire[],
    private readonly prefix: string,
  ) {}

  async run(step: Step): Promise<void> {
    const { cache, link } = this.nodes[step.node]!;
    const key = this.prefix + step.key;
    const least = this.#known[step.node]!.get(step.key) ?? 0;
    const row = () => this.#rows.get(step.key) ?? 0;
    const judge = (value: number | undefined) => {
      if (value !== undefined && value < least) this.stale.push(`node ${step.node} gave ${value} of ${step.key}, having heard of ${least}`);
    };
    switch (step.does) {
      case 'look':
        return judge(await cache.get<number>(key));
      case 'read':
        return judge(await cache.getOrCompute(key, async () => row()));
      case 'compute':
        return judge(
          await cache.getOrCompute(key, async () => {
            const value = row();
            for (let turn = 0; turn < step.turns; turn++) await new Promise((resolve) => setImmediate(resolve));
            return value;
          }),
        );
      case 'change':
        return this.#inTurn(step.key, async () => {
          const value = row() + 1;
          this.#rows.set(step.key, value);
          if (step.by === 'set') await cache.set(key, value);
          else if (step.by === 'delete') await cache.delete([key]);
          else await cache.invalidate(keyPattern`${key.slice(0, -1)}*`);
          this.#hears(step.node, step.key, value);
          // Where it was cut off, the epoch that makes good for it is what the other hears.
          await link.until(() => link.hearing);
          await this.#arrived(1 - step.node);
          this.#hears(1 - step.node, step.key, value);
        });
      case 'cut':
        this.wires[step.node]!.cut();
        this.wires[step.node]!.mend();
        return;
    }
  }

  async rest(): Promise<void> {
    for (const { link } of this.nodes) await link.until(() => link.hearing);
  }

  /** Changes of one row come one after the other, as in a database. */
  async #inTurn(key: Key, change: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(key) ?? Promise.resolve();
    const turn = before.then(change);
    this.#turns.set(key, turn);
    await turn;
  }

  /** A node that hears, and answers on the connection that it hears with, has heard what was sent before. */
  async #arrived(node: number): Promise<void> {
    const { link } = this.nodes[node]!;
    do {
      await link.until(() => link.hearing);
      await link.settled();
    } while (!link.hearing);
  }

  #hears(node: number, key: Key, value: number): void {
    const known = this.#known[node]!;
    known.set(key, Math.max(known.get(key) ?? 0, value));
  }
}
