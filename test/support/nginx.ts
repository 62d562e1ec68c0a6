import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { freePorts } from '../../scripts/services/ports.js';
import { program } from '../../scripts/services/programs.js';

/** Null where it is missing: skip the suite by name. */
export const NGINX: string | null = (() => {
  try {
    return program('nginx');
  } catch {
    return null;
  }
})();

export interface Nginx {
  origin: string;
  /** What it told of requests that it could not hand on, but for APIs that were away. */
  complaints(): string[];
  end(): Promise<void>;
}

const LOOK_MS = 50;
const LOOKS = 100;

/** docker/nginx.conf on a free port. @param hosts `address:port` of each API, whether or not one is there */
export async function startNginx(hosts: readonly string[]): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'strata-nginx-'));
  const [port] = await freePorts(1);
  const origin = `http://127.0.0.1:${port}`;
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port!, hosts));
  const nginx = spawn(NGINX!, ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr', '-g', 'daemon off;'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: Buffer[] = [];
  nginx.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const log = () => Buffer.concat(said).toString();
  async function end(): Promise<void> {
    if (nginx.exitCode === null) {
      nginx.kill('SIGTERM');
      await once(nginx, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  }
  // A page that it answers by itself.
  for (let tries = 0; !(await answers(`${origin}/metrics`)); tries += 1) {
    if (tries === LOOKS || nginx.exitCode !== null) {
      await end();
      throw new Error(`nginx did not start.\n${log()}`);
    }
    await pause(LOOK_MS);
  }
  return { origin, complaints: () => log().split('\n').filter((line) => line.includes('[error]') && !line.includes('Connection refused')), end };
}

function configuration(folder: string, port: number, hosts: readonly string[]): string {
  const shipped = readFileSync(new URL('../../docker/nginx.conf', import.meta.url), 'utf8');
  const upstream = /^ *server api:4000 resolve (.*);$/gm;
  if (!upstream.test(shipped)) throw new Error('docker/nginx.conf names its APIs in another way than this knows.');
  // What only a container has: Docker's names, and its folders.
  return shipped
    .replace(/^ *resolver .*$/m, '')
    .replace(upstream, (_, parameters: string) => hosts.map((host) => `server ${host} ${parameters};`).join('\n'))
    .replace('listen 8080', `listen 127.0.0.1:${port}`)
    .replaceAll('/tmp/', `${folder}/`);
}

const answers = (url: string) => fetch(url).then(() => true, () => false);
