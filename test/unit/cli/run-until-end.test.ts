import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandContext } from '../../../src/cli/context.js';
import { Failure } from '../../../src/cli/failure.js';
import { run } from '../../../src/cli/program.js';

// The limit to the stop goes on after it, for a process that something keeps: this one is kept by the tests that follow.
beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe.each(['serve', 'worker'] as const)('strata %s', (command) => {
  it('stops in order though its configuration can no longer be read', async () => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const stop = vi.fn(async () => undefined);
    const lasting = async () => ({ url: 'http://127.0.0.1:1/graphql', kinds: [], healthUrl: null, failed: Promise.resolve(new Error('The disk is gone.')), stopWithinSeconds: 10, stop });
    const settings = () => {
      throw new Failure('The configuration has one mistake.');
    };
    expect(await run([command], { version: '0', serve: lasting, work: lasting, settings } as unknown as CommandContext)).toBe(1);
    expect(stop).toHaveBeenCalledOnce();
    expect(told.mock.calls).toEqual([['strata: The disk is gone.\n']]);
  });
});
