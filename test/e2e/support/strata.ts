import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from 'graphql-ws';

/** The built program, as somebody has it who installed it: a process, its streams, and what it serves. */
export const ROOT = resolve(import.meta.dirname, '../../..');
export const STRATA = join(ROOT, 'bin/strata');
/** Written in the repository, and there in every clone. */
export const SAMPLES = join(ROOT, 'samples');

const folders: string[] = [];
const running = new Set<ChildProcess>();

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'strata-e2e-'));
  folders.push(folder);
  return folder;
}

/** For `afterAll`: nothing that a test started outlives it. */
export async function cleanUp(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }),
  );
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Without the settings of whoever runs the tests. */
const environment = (extra: Record<string, string> = {}) => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(STRATA_|DEMO_|NODE_ENV$|VITEST|FORCE_COLOR$)/.test(name))),
  ...extra,
});

/** Ended by `cleanUp`, where the test does not. */
export function begin(command: string, args: readonly string[], { cwd = ROOT, env }: RunOptions = {}): ChildProcess {
  const child = spawn(command, args, { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
}

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export async function run(command: string, args: readonly string[], options?: RunOptions): Promise<Outcome> {
  const child = begin(command, args, options);
  const [stdout, stderr] = [collected(child.stdout!), collected(child.stderr!)];
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: stdout(), stderr: stderr() };
}

export const strata = (...args: string[]): Promise<Outcome> => run(STRATA, args);

function collected(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

export interface Server {
  /** Of the GraphQL endpoint. */
  url: string;
  process: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Sends the signal and waits for the end. */
  stop(signal?: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<{ code: number | null; milliseconds: number }>;
}

/** `strata serve` on a free port; resolves when it says that it listens. */
export function serve(dataDir: string, ...args: string[]): Promise<Server> {
  return launch(['serve', '--port', '0', '--data-dir', dataDir, ...args], /^listening on (http:\/\/127\.0\.0\.1:\d+\/graphql)$/);
}

/** A command of the program that lasts; resolves at its first line, whose address is `url`. */
export function launch(args: readonly string[], announcement: RegExp): Promise<Server> {
  return announced(begin(STRATA, args), announcement);
}

/** A script of package.json as `npm run` runs it, but for the building, which was done before; resolves at its first line, which has the address. */
export function runScript(name: string, announcement: RegExp, ...args: string[]): Promise<Server> {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const command = scripts[name]?.replace('npm run --silent build && ', '');
  const env = { PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` };
  return announced(begin('sh', ['-c', `exec ${command} "$@"`, 'sh', ...args], { env }), announcement);
}

async function announced(child: ChildProcess, announcement: RegExp): Promise<Server> {
  const [stdout, stderr] = [collected(child.stdout!), collected(child.stderr!)];
  const ended = once(child, 'close') as Promise<[number | null]>;
  const ready = once(createInterface({ input: child.stdout! }), 'line') as Promise<[string]>;
  const line = await Promise.race([ready, ended.then(() => null)]);
  const url = line === null ? undefined : announcement.exec(line[0])?.[1];
  if (url === undefined) throw new Error(`The server did not start.\n${stdout()}\n${stderr()}`);
  return {
    url,
    process: child,
    stdout,
    stderr,
    async stop(signal = 'SIGTERM') {
      const begun = performance.now();
      child.kill(signal);
      const [code] = await ended;
      return { code, milliseconds: performance.now() - begun };
    },
  };
}

interface GraphQLAnswer<Data> {
  data?: Data;
  errors?: { message: string; extensions: { code: string } }[];
}

/** One operation over HTTP; its errors are the test's to look at. */
// Tests know what they asked for.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function answer<Data = any>(url: string, query: string, variables: object = {}): Promise<GraphQLAnswer<Data>> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) });
  return (await response.json()) as GraphQLAnswer<Data>;
}

/** The same, where it must succeed. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function ask<Data = any>(url: string, query: string, variables: object = {}): Promise<Data> {
  const { data, errors } = await answer<Data>(url, query, variables);
  if (errors) throw new Error(JSON.stringify(errors));
  return data!;
}

/** A subscription over WebSocket, from its first event to its end. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function* overWebSocket<Data = any>(url: string, query: string, variables: Record<string, unknown> = {}): AsyncGenerator<Data> {
  const client = createClient({ url: url.replace(/^http/, 'ws'), retryAttempts: 0 });
  try {
    for await (const { data, errors } of client.iterate<Data>({ query, variables })) {
      if (errors) throw new Error(JSON.stringify(errors));
      yield data!;
    }
  } finally {
    await client.dispose();
  }
}

/** A subscription over Server-Sent Events, from its first event to its end. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function* overEvents<Data = any>(url: string, query: string, variables: object = {}): AsyncGenerator<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables }),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop()!;
    for (const event of events) {
      if (event.startsWith('event: complete')) return;
      if (!event.startsWith('event: next')) continue;
      const { data, errors } = JSON.parse(event.slice(event.indexOf('data: ') + 6)) as GraphQLAnswer<Data>;
      if (errors) throw new Error(JSON.stringify(errors));
      yield data!;
    }
  }
}

/** All events until the subscription ends. */
export async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}
