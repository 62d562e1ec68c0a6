import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from '../../../../src/adapters/models/fair-queue.js';

interface Item {
  caller: number;
  at: number;
}

const callers = Array.from({ length: 4 }, () => ({}));
const order = fc.array(fc.nat(callers.length - 1), { maxLength: 40 });

function filled(of: readonly number[]) {
  const queue = new FairQueue<Item>();
  const items = of.map((caller, at) => ({ caller, at }));
  for (const item of items) queue.push(callers[item.caller]!, item);
  return { queue, items };
}

function emptied(queue: FairQueue<Item>): Item[] {
  const all: Item[] = [];
  while (!queue.isEmpty) all.push(queue.shift()!);
  return all;
}

describe('FairQueue', () => {
  it('gives out what came in, each caller’s in order', () => {
    fc.assert(
      fc.property(order, (of) => {
        const { queue, items } = filled(of);
        const out = emptied(queue);
        for (const caller of callers.keys()) {
          const ofCaller = (all: Item[]) => all.filter((item) => item.caller === caller);
          expect(ofCaller(out)).toEqual(ofCaller(items));
        }
        expect(out.length).toBe(items.length);
        expect(queue.shift()).toBeUndefined();
      }),
    );
  });

  it('serves nobody twice while another has waited since', () => {
    fc.assert(
      fc.property(order, (of) => {
        const out = emptied(filled(of).queue).map(({ caller }) => caller);
        out.forEach((caller, i) => {
          const next = out.indexOf(caller, i + 1);
          if (next < 0) return;
          // Whoever has work left after this has had a turn in between.
          const waiting = new Set(out.slice(next));
          const between = new Set(out.slice(i, next));
          for (const other of waiting) expect(between.has(other)).toBe(true);
        });
      }),
    );
  });

  it('forgets what is taken out', () => {
    const { queue, items } = filled([0, 0, 1]);
    expect(queue.remove(callers[0]!, items[1]!)).toBe(true);
    expect(queue.remove(callers[0]!, items[1]!)).toBe(false);
    expect(queue.remove(callers[2]!, items[0]!)).toBe(false);
    expect(queue.remove(callers[1]!, items[2]!)).toBe(true);
    expect(emptied(queue)).toEqual([items[0]]);
    const { queue: other } = filled([0, 1]);
    expect(other.drain().length).toBe(2);
    expect(other.isEmpty).toBe(true);
  });
});
