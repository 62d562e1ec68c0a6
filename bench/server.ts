import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../bin/strata', import.meta.url));

export interface BenchServer {
  url: string;
  pid: number;
  /** From the start of the process to the line that says it listens. */
  startMs: number;
  query<Data>(document: string, variables?: Record<string, unknown>): Promise<Data>;
  /** The same as text, for those who measure. */
  post(body: string): Promise<string>;
  stop(): Promise<void>;
}

/** @param settings of data_layer.yaml, as YAML */
export async function startServer(dataDir: string, settings = ''): Promise<BenchServer> {
  const config = `${dataDir}.yaml`;
  writeFileSync(config, settings);
  const log = openSync(`${dataDir}.log`, 'a');
  const begun = performance.now();
  const child = spawn(PROGRAM, ['serve', '--port', '0', '--data-dir', dataDir, '--config', config], { stdio: ['ignore', 'pipe', log] });
  closeSync(log);
  const url = await announcedUrl(child, `${dataDir}.log`);
  const startMs = performance.now() - begun;
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const post = (body: string) => postJson(url, body, agent);
  return {
    url,
    pid: child.pid!,
    startMs,
    post,
    query: async <Data>(document: string, variables: Record<string, unknown> = {}) => dataOf<Data>(await post(JSON.stringify({ query: document, variables }))),
    async stop() {
      agent.destroy();
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function announcedUrl(child: ChildProcess, logPath: string): Promise<string> {
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the server ended before it listened:\n${readFileSync(logPath, 'utf8').slice(-2_000)}`);
  });
  const said = (async () => {
    for await (const line of createInterface(child.stdout!)) {
      const match = /^listening on (\S+)$/.exec(line);
      if (match) return match[1]!;
    }
    return ended;
  })();
  ended.catch(() => undefined);
  const url = await said;
  child.stdout!.resume();
  return url;
}

export function postJson(url: string, body: string, agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

function dataOf<Data>(text: string): Data {
  const { data, errors } = JSON.parse(text) as { data?: Data; errors?: unknown[] };
  if (errors !== undefined || data === undefined) throw new Error(`the server answered ${JSON.stringify(errors).slice(0, 1_000)}`);
  return data;
}

/** Within a folder that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function withServer<T>(dataDir: string, work: (server: BenchServer) => Promise<T>, settings?: string): Promise<T> {
  const server = await startServer(dataDir, settings);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

const INGEST = `mutation ($input: [IngestTextInput!]!) {
  ingestTexts(input: $input) { __typename ... on IngestPayload { dataObject { id } } ... on UserError { message } }
}`;

export interface TextInput {
  text: string;
  filename?: string;
  metadata?: unknown;
}

/** @returns the objects' ids, in order */
export async function ingestTexts(server: BenchServer, input: readonly TextInput[]): Promise<string[]> {
  const { ingestTexts: results } = await server.query<{ ingestTexts: { dataObject?: { id: string }; message?: string }[] }>(INGEST, { input });
  return results.map(({ dataObject, message }) => {
    if (!dataObject) throw new Error(`a text was refused: ${message}`);
    return dataObject.id;
  });
}

const LOOK_MS = 100;

/** Waits until nothing is on its way to READY any more. */
export async function untilReady(server: BenchServer): Promise<void> {
  for (;;) {
    const { dataObjects } = await server.query<{ dataObjects: { nodes: unknown[] } }>(
      '{ dataObjects(first: 1, filter: { status: [PROCESSING] }) { nodes { id } } }',
    );
    if (dataObjects.nodes.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Waits until the work behind READY is done as well. */
export async function untilQuiet(server: BenchServer): Promise<void> {
  for (;;) {
    const { ingestions } = await server.query<{ ingestions: { nodes: unknown[] } }>('{ ingestions(first: 1, status: [QUEUED, RUNNING]) { nodes { id } } }');
    if (ingestions.nodes.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
