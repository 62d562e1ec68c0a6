import { describe, expect, it } from 'vitest';
import { FreshPlans } from '../../../../../src/adapters/db/engine/fresh-plans.js';

describe('FreshPlans', () => {
  it('discards plans soon at first and then ever more seldom, and begins anew when tables were analysed', () => {
    const at: number[] = [];
    let ended = 0;
    const plans = new FreshPlans(() => void at.push(ended));
    const end = (count: number) => {
      for (let n = 0; n < count; n += 1) {
        ended += 1;
        plans.transactionEnded();
      }
    };
    end(250);
    expect(at).toEqual([32, 96, 224]);
    // What was written since stays counted.
    plans.analysed();
    end(10);
    expect(at).toEqual([32, 96, 224, 256]);
  });
});
