/**
 * `npm run test:full [-- --only redis,s3] [-- PATHS AND OPTIONS OF VITEST]`: the contract and integration suites and those of
 * test/full over real servers; where nothing else is asked for, the suites of the whole program over each stack of them, too
 * (`STRATA_TEST_STACK=full npm run test:full [-- PATHS]` for one stack alone). A server whose STRATA_TEST_<NAME>_URL is given is used; the others are started from the programs on
 * this machine. Whatever cannot be had is named, and so is each suite that did not run for it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { glob } from 'tinyglobby';
import { serviceAddress } from '../../test/support/services.js';
import { STACK, STACKS, SUITES, type Stack } from '../../test/support/stacks.js';
import { LEFT_TO_FULL } from '../../test/suites.js';
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
    return await runEverything(rest, env, stopping.signal);
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

const LATER = Object.keys(STACKS).filter((stack): stack is Stack => stack !== 'embedded');

/** @returns 0 where every run was good */
async function runEverything(args: readonly string[], env: NodeJS.ProcessEnv, stopping: AbortSignal): Promise<number> {
  if (STACK !== 'embedded') return runTests('vitest.stack.config.ts', args, env, stopping);
  if (args.length > 0) return runTests('vitest.full.config.ts', args, env, stopping);
  const without = (stack: Stack) => STACKS[stack].filter((name) => env[`STRATA_TEST_${name.toUpperCase()}_URL`] === undefined);
  const twice = without('full').length > 0 ? [] : (await runElsewhere()).flatMap((file) => ['--exclude', file]);
  const codes = [await runTests('vitest.full.config.ts', twice, env, stopping)];
  for (const stack of LATER) {
    if (stopping.aborted) return 1;
    console.log(`\n== the suites of the whole program over ${STACKS[stack].join(', ')}`);
    if (without(stack).length > 0) console.log(`Not run: ${SUITES[stack].join(', ')}\n  needs ${without(stack).join(', ')}, see above`);
    else codes.push(await runTests('vitest.stack.config.ts', [], { ...env, STRATA_TEST_STACK: stack, ...reportOf(stack, env) }, stopping));
  }
  return codes.find((code) => code !== 0) ?? 0;
}

/** Over the real servers below, and over the embedded parts with `npm test`; what that leaves out stays, but for what has no embedded parts. */
async function runElsewhere(): Promise<string[]> {
  const left = LEFT_TO_FULL.filter((pattern) => !pattern.endsWith('.postgres.test.ts'));
  return glob([...SUITES.full], { cwd: ROOT, ignore: left });
}

/** Beside that of the first run. */
function reportOf(stack: Stack, { STRATA_TEST_REPORT: report }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return report === undefined ? {} : { STRATA_TEST_REPORT: report.replace(/(\.json)?$/, `-${stack}.json`) };
}

async function runTests(config: string, args: readonly string[], env: NodeJS.ProcessEnv, stopping: AbortSignal): Promise<number> {
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', config, ...args];
  const tests = spawn(process.execPath, vitest, { cwd: ROOT, env, stdio: 'inherit' });
  const end = () => tests.kill('SIGTERM');
  stopping.addEventListener('abort', end, { once: true });
  const [code] = (await once(tests, 'exit')) as [number | null];
  stopping.removeEventListener('abort', end);
  return code ?? 1;
}

process.exitCode = await main(process.argv.slice(2));
