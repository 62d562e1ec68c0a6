import type { CommandContext, WorkOptions } from '../context.js';
import { runUntilEnd } from './run-until-end.js';

/** Does jobs until a signal, or until it breaks down by itself. */
export async function worker(context: CommandContext, options: WorkOptions): Promise<number> {
  return runUntilEnd(async (interrupted) => {
    const working = await context.work(options, interrupted);
    const health = working.healthUrl === null ? '' : `, health at ${working.healthUrl}/readyz`;
    process.stdout.write(`working on ${working.kinds.join(' and ')}${health}\n`);
    return working;
  });
}
