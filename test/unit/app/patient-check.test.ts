import { describe, expect, it, vi } from 'vitest';
import { asked } from '../../../src/app/patient-check.js';
import { conflict, dependencyUnavailable } from '../../../src/domain/errors.js';

const away = dependencyUnavailable('cache', new Error('connect ETIMEDOUT'));

describe('a part that is looked at right after the start', () => {
  it('is asked again where it does not answer at first', async () => {
    const check = vi.fn<() => Promise<void>>().mockRejectedValueOnce(away).mockRejectedValueOnce(away).mockResolvedValue();
    await asked(check, 0);
    expect(check).toHaveBeenCalledTimes(3);
  });

  it('is away where it never does, after a few times', async () => {
    const check = vi.fn<() => Promise<void>>().mockRejectedValue(away);
    await expect(asked(check, 0)).rejects.toBe(away);
    expect(check).toHaveBeenCalledTimes(4);
  });

  it('is believed where it answers that something is wrong', async () => {
    const wrong = conflict('The collection is somebody else’s.');
    const check = vi.fn<() => Promise<void>>().mockRejectedValue(wrong);
    await expect(asked(check, 0)).rejects.toBe(wrong);
    expect(check).toHaveBeenCalledTimes(1);
  });
});
