import { describe, expect, it } from 'vitest';
import { MaintenanceService } from '../../../src/services/maintenance.service.js';

/** Upkeep of two indexes, which do what the test says. */
function upkeepOf(keywords: (signal: AbortSignal) => Promise<void>, vectors: (signal: AbortSignal) => Promise<void>) {
  const begun: string[] = [];
  const noting = (name: string, work: (signal: AbortSignal) => Promise<void>) => ({ optimize: (signal: AbortSignal) => (begun.push(name), work(signal)) });
  const deps = { keywords: noting('keywords', keywords), vectors: noting('vectors', vectors) } as unknown as ConstructorParameters<typeof MaintenanceService>[0];
  return { maintenance: new MaintenanceService(deps, null as never, null as never), begun };
}

describe('upkeep of the indexes', () => {
  const never = new AbortController().signal;
  const works = async () => undefined;
  const [fault, other] = [new Error('of the words'), new Error('of the vectors')];
  const failing = (error: Error) => () => Promise.reject(error);

  it('goes on with the vectors where the words fail, and says what failed', async () => {
    const { maintenance, begun } = upkeepOf(failing(fault), works);
    await expect(maintenance.optimize(never)).rejects.toBe(fault);
    expect(begun).toEqual(['keywords', 'vectors']);
    await expect(upkeepOf(works, failing(other)).maintenance.optimize(never)).rejects.toBe(other);
    await expect(upkeepOf(failing(fault), failing(other)).maintenance.optimize(never)).rejects.toMatchObject({ errors: [fault, other] });
    await upkeepOf(works, works).maintenance.optimize(never);
  });

  it('ends with its time', async () => {
    const ending = new AbortController();
    const { maintenance, begun } = upkeepOf(async (signal) => (ending.abort(), signal.throwIfAborted()), works);
    await expect(maintenance.optimize(ending.signal)).rejects.toBe(ending.signal.reason);
    expect(begun).toEqual(['keywords']);
  });
});
