import type { Lasting } from '../context.js';

/** Starts something that lasts, and stops it at a signal, or where it breaks down by itself. @returns the exit code */
export async function runUntilEnd(start: () => Promise<Lasting>): Promise<number> {
  const ended = endOfService();
  const running = await start();
  const reason = await Promise.race([ended, running.failed]);
  // A second signal, or a part that does not stop, must not keep the process.
  const limit = setTimeout(() => process.exit(1), running.stopWithinSeconds * 1_000 - 500);
  limit.unref();
  await running.stop();
  if (typeof reason === 'string') return 0;
  process.stderr.write(`strata: ${reason.message}\n`);
  return 1;
}

function endOfService(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}
