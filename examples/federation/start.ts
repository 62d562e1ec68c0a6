/**
 * `npm run example:federation`: Strata, the users' subgraph, and a gateway before both, until Ctrl-C.
 *
 *   --port       the gateway's, 4100 by default; 0 takes a free one. The subgraphs take free ones.
 *   --data-dir   where Strata keeps its data, ./.strata-federation by default, so that a second run finds everything there.
 *                Its log lies beside it: ./.strata-federation.log
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startGateway } from './gateway.js';
import { composeSupergraph } from './supergraph.js';
import { UserStore, type Person } from './user-store.js';
import { startUsersSubgraph, USERS_SDL } from './users-subgraph.js';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const root = here('../../');
const say = (line: string) => void process.stdout.write(`${line}\n`);

const { values: options } = parseArgs({ options: { port: { type: 'string', default: '4100' }, 'data-dir': { type: 'string', default: '.strata-federation' } } });
const dataDir = options['data-dir'].replace(/\/+$/, '');
const log = `${dataDir}.log`;

const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
});

/** In a process group of its own, so that Ctrl-C reaches it through `stop` alone, after the gateway. */
async function startStrata(): Promise<{ url: string; ended: Promise<unknown>; stop(): Promise<void> }> {
  const args = ['serve', '--port', '0', '--config', here('data_layer.yaml'), '--data-dir', dataDir];
  const child = spawn(`${root}bin/strata`, args, { stdio: ['ignore', 'pipe', openSync(log, 'a')], detached: true });
  const ended = once(child, 'exit');
  const ready = once(createInterface({ input: child.stdout! }), 'line') as Promise<[string]>;
  const line = await Promise.race([ready, ended.then(() => null)]);
  if (line === null) throw new Error(`Strata did not start; ${log} says why.`);
  return {
    url: line[0].replace('listening on ', ''),
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** In the order of their start; they end in reverse. */
const running: { stop(): Promise<void> }[] = [];

async function start(): Promise<{ ended: Promise<unknown> }> {
  const people = JSON.parse(readFileSync(here('people.json'), 'utf8')) as Person[];
  const strata = await startStrata();
  running.push(strata);
  const users = await startUsersSubgraph({ store: new UserStore(people), port: 0 });
  running.push(users);
  const supergraph = composeSupergraph([
    { name: 'strata', url: strata.url, sdl: readFileSync(`${root}schema.graphql`, 'utf8') },
    { name: 'users', url: users.url, sdl: USERS_SDL },
  ]);
  const gateway = await startGateway({ supergraph, port: Number(options.port), graphiqlKey: people[0]!.key });
  running.push(gateway);
  say(`gateway   ${gateway.url}   GraphiQL in a browser, as ${people[0]!.name}`);
  say(`strata    ${strata.url}`);
  say(`users     ${users.url}`);
  return strata;
}

try {
  const { ended } = await start();
  const isOver = ended.then(() => {
    throw new Error(`Strata has ended; ${log} says why.`);
  });
  await Promise.race([interrupted, isOver]);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  for (const part of running.reverse()) await part.stop();
}
