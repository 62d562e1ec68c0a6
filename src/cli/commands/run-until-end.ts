import type { Lasting } from '../context.js';
import { Interruption } from '../failure.js';

/**
 * Starts something that lasts, and stops it at a signal, or where it breaks down by itself.
 * @param start may heed a signal that comes before it is done
 * @returns the exit code
 */
export async function runUntilEnd(start: (interrupted: AbortSignal) => Promise<Lasting>): Promise<number> {
  const interruption = new AbortController();
  const ended = endOfService((signal) => interruption.abort(new Interruption(signal)));
  const running = await start(interruption.signal);
  const reason = await Promise.race([ended, running.failed]);
  // A second signal, or a part that does not stop, must not keep the process.
  const limit = setTimeout(() => process.exit(1), running.stopWithinSeconds * 1_000 - 500);
  limit.unref();
  await running.stop();
  if (typeof reason === 'string') return 0;
  process.stderr.write(`strata: ${reason.message}\n`);
  return 1;
}

function endOfService(onSignal: (signal: 'SIGTERM' | 'SIGINT') => void): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        onSignal(signal);
        resolve(signal);
      });
    }
  });
}
