import { describe, expect, it } from 'vitest';
import { Lifecycle } from '../../../src/app/lifecycle.js';
import { quietLogger } from '../../support/compose.js';

describe('a lifecycle', () => {
  it('stops in reverse, each whatever became of the others, and once', async () => {
    const lifecycle = new Lifecycle(quietLogger);
    const stopped: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      await lifecycle.add(name, Promise.resolve(name), async (part) => {
        stopped.push(part);
        if (part === 'second') throw new Error('It does not stop.');
      });
    }
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    expect(stopped).toEqual(['third', 'second', 'first']);
  });

  it('stops what was still starting when it was stopped, after the rest', async () => {
    const lifecycle = new Lifecycle(quietLogger);
    const stopped: string[] = [];
    const slow = Promise.withResolvers<string>();
    const added = lifecycle.add('slow', slow.promise, async (part) => stopped.push(part));
    await lifecycle.add('quick', Promise.resolve('quick'), async (part) => stopped.push(part));
    await lifecycle.stop();
    expect(stopped).toEqual(['quick']);
    slow.resolve('slow');
    await added;
    expect(stopped).toEqual(['quick', 'slow']);
  });
});
