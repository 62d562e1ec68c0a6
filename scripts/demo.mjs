/**
 * `npm run demo`: starts the server, takes in samples/, runs six searches, and leaves the server up until Ctrl-C.
 * Everything goes through bin/strata, as a user would; this file itself runs on whatever Node is there, from version 20.
 *
 *   --exit          stop after the searches, as does DEMO_EXIT=1
 *   DEMO_DATA_DIR   where the data are kept; ./.strata-demo by default, so that a second run finds everything there.
 *                   The server's log lies beside it: ./.strata-demo.log
 *   DEMO_PORT       4000 by default; where it is taken, a free one
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';

const strata = 'bin/strata';
const dataDir = process.env.DEMO_DATA_DIR || '.strata-demo';
const log = `${dataDir.replace(/\/+$/, '')}.log`;
const wantedPort = Number(process.env.DEMO_PORT ?? 4000);
const exitsAfterwards = process.argv.includes('--exit') || process.env.DEMO_EXIT === '1';

const SEARCHES = [
  {
    title: 'Hybrid: by meaning and by words at once. The log of that night says neither "terrible" nor "storm"',
    args: ['a terrible storm breaking over the tower'],
  },
  {
    title: 'Filtered: only what belongs to the garden. The diary speaks of bees',
    args: ['looking after insects', '--filter', 'collection=garden'],
  },
  {
    title: 'Keyword: one rare word, by BM25 alone',
    args: ['concertina', '--mode', 'keyword'],
  },
  {
    title: 'Question: answered by a passage of a document, with its page',
    args: ['How far away can the light be seen on a clear night?', '--type', 'document'],
  },
  {
    title: 'Images like this one: a portrait of a curlew, and what is alike in colour and layout',
    args: ['--like', 'samples/images/bird-curlew.webp', '--type', 'image'],
  },
  {
    title: 'Sounds like this one: surf on shingle, and what is alike in timbre and rhythm',
    args: ['--like', 'samples/audio/surf-shingle.mp3', '--type', 'audio'],
  },
];

const style = (format, text) => (process.stdout.isTTY ? styleText(format, text) : text);
const heading = (text) => console.log(`\n${style('bold', text)}`);
/** As it would be typed into a shell. */
const shown = (args) => args.map((arg) => (/^[\w./=:-]+$/.test(arg) ? arg : `"${arg}"`)).join(' ');

class DemoFailure extends Error {}

const isFree = (port) =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });

/** In a process group of its own, so that Ctrl-C reaches it through `stop` alone, once and in order. */
async function startServer() {
  const port = (await isFree(wantedPort)) ? wantedPort : 0;
  if (port === 0 && wantedPort !== 0) console.log(`Port ${wantedPort} is taken; the server takes a free one.`);
  const before = existsSync(log) ? statSync(log).size : 0;
  const server = spawn(strata, ['serve', '--port', String(port), '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', openSync(log, 'a')],
    detached: true,
  });
  const ended = once(server, 'exit').then(([code]) => code ?? 1);
  const ready = once(createInterface({ input: server.stdout }), 'line').then(([line]) => line.replace('listening on ', ''));
  return {
    ended,
    url: Promise.race([ready, ended.then(() => Promise.reject(new DemoFailure(`the server did not start.\n${readFileSync(log).subarray(before)}`)))]),
    stop: () => server.kill('SIGTERM'),
  };
}

let stopped = false;
let running = null;

async function run(args) {
  if (stopped) throw new DemoFailure('interrupted');
  const child = (running = spawn(strata, args, { stdio: 'inherit' }));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new DemoFailure(`"strata ${shown(args)}" failed. The server's log is ${log}.`);
}

async function demonstrate(server) {
  const url = await server.url;
  heading('Taking in samples/');
  await run(['ingest', 'samples', '--manifest', 'samples/manifest.yaml', '--data-dir', dataDir]);
  for (const [index, { title, args }] of SEARCHES.entries()) {
    heading(`${index + 1}. ${title}`);
    const command = ['search', ...args, '--first', '3', '--data-dir', dataDir];
    console.log(style('dim', `$ bin/strata ${shown(command)}`));
    await run(command);
  }
  return url;
}

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const started = Date.now();
const server = await startServer();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stopped = true;
    running?.kill('SIGTERM');
    server.stop();
  });
}

try {
  const url = await demonstrate(server);
  console.log(`\nDone in ${Math.round((Date.now() - started) / 1000)} s.`);
  if (exitsAfterwards) {
    stopped = true;
    server.stop();
  } else {
    heading('The server is up');
    console.log(`  Click  ${style('cyan', url)}  GraphiQL, with example operations to run`);
    console.log(`  Type   bin/strata search "your own words" --data-dir ${dataDir}`);
    console.log(`  Look   at ${log} for what the server says`);
    console.log('  Stop   Ctrl-C; what was taken in stays for the next time\n');
  }
} catch (error) {
  if (!(error instanceof DemoFailure)) throw error;
  if (!stopped) console.error(`\nThe demo stops here: ${error.message}`);
  process.exitCode = stopped ? 0 : 1;
  server.stop();
}
const code = await server.ended;
if (stopped) console.log('The server has stopped.');
else process.exitCode = code || 1;
process.exitCode ??= code;
