import { describe, expect, it } from 'vitest';
import { NativeGate } from '../../../../src/adapters/models/native-gate.js';

describe('NativeGate', () => {
  it('counts a thread that starts as inside, until it has loaded the runtime', () => {
    const gate = NativeGate.ofNewThread();
    expect(gate.close(0)).toBe(false);
    new NativeGate(gate.memory).started();
    expect(gate.close(0)).toBe(true);
  });

  it('is shut only once the call under way is over, whether that fails or not', async () => {
    const gate = NativeGate.ofNewThread();
    const inThread = new NativeGate(gate.memory);
    inThread.started();
    let end!: (error?: Error) => void;
    const call = inThread.pass(() => new Promise<void>((resolve, reject) => (end = (error) => (error ? reject(error) : resolve()))));
    expect(gate.close(0)).toBe(false);
    end(new Error('a run that failed'));
    await expect(call).rejects.toThrow('a run that failed');
    expect(gate.close(0)).toBe(true);
  });
});
