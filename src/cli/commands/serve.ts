import type { CommandContext, SettingOptions } from '../context.js';

/** Runs until a signal, or until the server breaks down by itself. */
export async function serve(context: CommandContext, options: SettingOptions): Promise<number> {
  const ended = endOfService();
  const server = await context.serve(options);
  process.stdout.write(`listening on ${server.url}\n`);
  const reason = await Promise.race([ended, server.failed]);
  // A second signal, or a part that does not stop, must not keep the process.
  const limit = setTimeout(() => process.exit(1), context.settings(options).shutdownTimeoutSeconds * 1_000 - 500);
  limit.unref();
  await server.stop();
  if (typeof reason === 'string') return 0;
  process.stderr.write(`strata: ${reason.message}\n`);
  return 1;
}

function endOfService(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}
