import { describe, expect, it } from 'vitest';
import { workerEntry } from '../../../src/adapters/worker-entry.js';

describe('workerEntry', () => {
  it('names the compiled worker beside a compiled module, without loader flags', () => {
    const entry = workerEntry('x.worker', 'file:///app/dist/adapters/models/x.js', ['--max-old-space-size=64']);
    expect(entry.url.href).toBe('file:///app/dist/adapters/models/x.worker.js');
    expect(entry.execArgv).toEqual(['--max-old-space-size=64']);
  });

  it('names the TypeScript worker beside a source module, with the hooks loaded first', () => {
    const entry = workerEntry('x.worker', 'file:///app/src/adapters/models/x.ts', ['--max-old-space-size=64']);
    expect(entry.url.href).toBe('file:///app/src/adapters/models/x.worker.ts');
    expect(entry.execArgv[entry.execArgv.indexOf('--import') + 1]).toMatch(/worker-typescript\.ts$/);
    expect(entry.execArgv).toContain('--max-old-space-size=64');
  });
});
