import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { program } from '../../../scripts/services/programs.js';
import { withApi, type ApiClient } from '../../support/api.js';

const nginxProgram = (() => {
  try {
    return program('nginx');
  } catch {
    return null;
  }
})();

/** docker/nginx.conf in front of a real server and of one that is down. */
describe.skipIf(nginxProgram === null)('the balancer', () => {
  const api = withApi({ tenants: 4 });
  const folder = mkdtempSync(join(tmpdir(), 'strata-balancer-'));
  let nginx: ChildProcess;
  let origin: string;
  let client: ApiClient;

  beforeAll(async () => {
    const [port, dead] = [await freePort(), await freePort()];
    origin = `http://127.0.0.1:${port}`;
    const config = readFileSync(new URL('../../../docker/nginx.conf', import.meta.url), 'utf8')
      // What only a container has: Docker's names, and its folders.
      .replace(/^ *resolver .*$/m, '')
      .replace(/^ *server api:4000 resolve (.*);$/m, `server 127.0.0.1:${dead} $1; server ${new URL(api.origin).host} $1;`)
      .replace('listen 8080', `listen 127.0.0.1:${port}`)
      .replaceAll('/tmp/', `${folder}/`);
    expect(config).toContain(`127.0.0.1:${dead} max_fails`);
    writeFileSync(join(folder, 'nginx.conf'), config);
    nginx = spawn(nginxProgram!, ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr', '-g', 'daemon off;'], { stdio: ['ignore', 'ignore', 'inherit'] });
    for (let tries = 0; !(await answers(`${origin}/healthz`)); tries += 1) {
      if (tries === 100 || nginx.exitCode !== null) throw new Error('nginx did not start.');
      await pause(50);
    }
    client = api.tenant().editor.at(`${origin}/graphql`);
  });
  afterAll(async () => {
    if (nginx?.exitCode === null) {
      nginx.kill('SIGTERM');
      await once(nginx, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers every request, though one of the servers is down', async () => {
    const statuses = await Promise.all(Array.from({ length: 30 }, () => client.post('{ dataObjects(first: 1) { totalCount } }').then(({ status }) => status)));
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('lets events through as they happen, by server-sent events and by WebSocket', async () => {
    for (const how of ['overEvents', 'overSocket'] as const) {
      const events = client[how]('subscription { dataObjectChanged { kind dataObject { filename } } }');
      const first = events.next();
      let heard = false;
      void first.then(() => (heard = true));
      // Until the subscription stands, what happens is not heard.
      for (let number = 0; !heard; number += 1) {
        await client.ask('mutation($input: IngestTextInput!) { ingestText(input: $input) { dataObject { id } } }', { input: { text: `${how} ${number}`, filename: `${how}.txt` } });
        await Promise.race([first, pause(200)]);
      }
      expect((await first).value.data.dataObjectChanged.dataObject.filename).toMatch(/^over/);
      await events.return?.();
    }
  });

  it('hands the name that was asked for and the request’s id on', async () => {
    const answer = await fetch(`${origin}/healthz`, { headers: { 'x-request-id': 'asked-for.1' } });
    expect(answer.headers.get('x-request-id')).toBe('asked-for.1');
    expect((await fetch(`${origin}/healthz`)).headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('keeps figures to itself', async () => {
    expect((await fetch(`${origin}/metrics`)).status).toBe(404);
    expect((await fetch(`${api.origin}/metrics`)).status).toBe(200);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const answers = (url: string) => fetch(url).then(({ ok }) => ok, () => false);
