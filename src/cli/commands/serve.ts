import type { CommandContext, SettingOptions } from '../context.js';
import { runUntilEnd } from './run-until-end.js';

/** Runs until a signal, or until the server breaks down by itself. */
export async function serve(context: CommandContext, options: SettingOptions): Promise<number> {
  return runUntilEnd(async (interrupted) => {
    const server = await context.serve(options, interrupted);
    process.stdout.write(`listening on ${server.url}\n`);
    return server;
  });
}
