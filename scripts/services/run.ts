/**
 * `npm run services [-- --only redis,s3] [--data-dir FOLDER] [--write-env FILE]`: starts the real servers that the tests can use
 * and leaves them up until SIGINT or SIGTERM. A data folder that is given is kept for the next time; the file of STRATA_TEST_…
 * variables is there while they are up. (Node takes an option --env-file for its own, even behind the program's name.)
 */
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { SERVICE_NAMES } from '../../test/support/services.js';
import { askedFor } from './asked-for.js';
import { startServices, type RunningServices } from './start.js';

const { values } = parseArgs({ options: { only: { type: 'string' }, 'data-dir': { type: 'string' }, 'write-env': { type: 'string' } } });

function show({ servers, missing, environment }: RunningServices): void {
  const table = new Table({ head: ['service', 'address', ''], style: { head: [], border: [] } });
  for (const name of SERVICE_NAMES) {
    const address = servers.get(name)?.address;
    if (address !== undefined) {
      const { url, ...rest } = address;
      table.push([name, url, Object.entries(rest).map(([key, value]) => `${key} ${value}`).join(', ')]);
    }
  }
  console.log(table.toString());
  for (const [name, why] of missing) console.log(`${name} is missing: ${why}`);
  for (const [name, value] of Object.entries(environment())) console.log(`${name}=${value}`);
}

async function main(): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());
  const envFile = values['write-env'];
  const services = await startServices({
    only: askedFor(values.only),
    dataDir: values['data-dir'],
    signal: stopping.signal,
    onEnd: (name, why) => console.error(`${name} ${why}; its log is among the data.`),
  });
  try {
    if (stopping.signal.aborted) return;
    show(services);
    if (envFile !== undefined) {
      await writeFile(envFile, Object.entries(services.environment()).map(([name, value]) => `${name}=${value}\n`).join(''));
    }
    if (services.servers.size === 0) {
      process.exitCode = 1;
      return;
    }
    console.log('Up until Ctrl-C.');
    if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
  } finally {
    await services.stop();
    if (envFile !== undefined) await rm(envFile, { force: true });
  }
}

await main();
