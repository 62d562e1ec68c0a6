/**
 * `npm run test:full [-- --only redis,s3] [-- PATHS AND OPTIONS OF VITEST]`: the contract and integration suites and those of
 * test/full over real servers. A server whose STRATA_TEST_<NAME>_URL is given is used; the others are started from the programs on
 * this machine. Whatever cannot be had is named, and so is each suite that did not run for it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { serviceAddress } from '../../test/support/services.js';
import { askedFor } from './asked-for.js';
import { startServices } from './start.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function main(args: readonly string[]): Promise<number> {
  const { only, rest } = split(args);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());

  const asked = askedFor(only);
  const given = asked.filter((name) => serviceAddress(name) !== null);
  const services = await startServices({
    only: asked.filter((name) => !given.includes(name)),
    signal: stopping.signal,
    onEnd: (name, why) => console.error(`${name} ${why} while the tests ran.`),
  });
  try {
    if (stopping.signal.aborted) return 1;
    for (const name of given) console.log(`${name}: ${serviceAddress(name)!.url}, which was given`);
    for (const [name, { address }] of services.servers) console.log(`${name}: ${address.url}, started`);
    for (const [name, why] of services.missing) console.log(`${name}: missing, ${why}`);
    const env = { ...process.env, ...services.environment(), STRATA_TEST_MISSING: JSON.stringify(Object.fromEntries(services.missing)) };
    return await runTests(rest, env, stopping.signal);
  } finally {
    await services.stop();
  }
}

/** `--only` is ours, and everything else is vitest's. */
function split(args: readonly string[]): { only: string | undefined; rest: string[] } {
  const rest = [...args];
  const at = rest.indexOf('--only');
  const only = at < 0 ? undefined : rest.splice(at, 2)[1];
  if (at >= 0 && only === undefined) throw new Error('--only wants names: --only redis,s3');
  return { only, rest };
}

async function runTests(args: readonly string[], env: NodeJS.ProcessEnv, stopping: AbortSignal): Promise<number> {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.full.config.ts', ...args];
  const tests = spawn(process.execPath, vitest, { cwd: ROOT, env, stdio: 'inherit' });
  stopping.addEventListener('abort', () => tests.kill('SIGTERM'));
  const [code] = (await once(tests, 'exit')) as [number | null];
  return code ?? 1;
}

process.exitCode = await main(process.argv.slice(2));
