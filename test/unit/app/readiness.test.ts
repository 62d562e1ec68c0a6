import { describe, expect, it } from 'vitest';
import type { App } from '../../../src/app/compose.js';
import { healthOf } from '../../../src/app/readiness.js';

const away = new Error('nobody answers');
const part = (failure: Error | null = null) => ({ check: () => (failure === null ? Promise.resolve() : Promise.reject(failure)) });
const appWith = (replica: object | null): App => {
  const deps = Object.fromEntries(['database', 'objectStore', 'vectors', 'keywords', 'cache', 'queue'].map((name) => [name, part()]));
  return { config: { server: { metrics: false } }, deps, metrics: {}, replica } as unknown as App;
};

describe('the readiness of a process', () => {
  it('is a matter of its stores and its queue; what it can do without is told beside them', () => {
    const { readiness, essential, degradable, metrics } = healthOf(appWith(null));
    expect(Object.keys(readiness).sort()).toEqual(['database', 'keywords', 'models', 'objects', 'queue', 'vectors']);
    expect([...essential!].sort()).toEqual(['database', 'models', 'queue']);
    expect(Object.keys(degradable!)).toEqual(['cache']);
    expect(metrics).toBeUndefined();
  });

  it('tells of a replica that is away, and does without it', async () => {
    const there = healthOf(appWith(part())).degradable!;
    await expect(there['replica']!()).resolves.toBeUndefined();
    const gone = healthOf(appWith(part(away)));
    await expect(gone.degradable!['replica']!()).rejects.toBe(away);
    expect(Object.keys(gone.readiness)).not.toContain('replica');
  });
});
