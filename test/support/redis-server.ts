import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SignedCertificate } from './certificates.js';

/** Suites that stop and start a Redis need a program of their own; they are skipped by name without one. */
export const hasRedisServer = spawnSync('redis-server', ['--version']).status === 0;

/** Without a port it goes at once, having said what it does not know. */
export const hasEncryptedRedisServer = hasRedisServer && !/directive|argument/i.test(spawnSync('redis-server', ['--port', '0', '--tls-port', '0'], { timeout: 5_000 }).stderr.toString());

/** A Redis of the test's own, on a port that stays the same through its restarts. */
export class RedisServer {
  #process: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {}

  static async start(...settings: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), mkdtempSync(join(tmpdir(), 'strata-redis-')));
    await server.start(...settings);
    return server;
  }

  /** One that takes encrypted connections only. */
  static async encrypted(certificate: SignedCertificate, ...settings: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), mkdtempSync(join(tmpdir(), 'strata-redis-')));
    await server.startEncrypted(certificate, ...settings);
    return server;
  }

  startEncrypted({ ca, cert, key }: SignedCertificate, ...settings: string[]): Promise<void> {
    const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', ca, '--tls-auth-clients', 'no'];
    return this.start('--port', '0', '--tls-port', `${this.port}`, ...files, ...settings);
  }

  /** @param settings as on the command line: `--requirepass`, `secret` */
  async start(...settings: string[]): Promise<void> {
    const child = spawn(
      'redis-server',
      ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.folder, '--save', '', '--enable-debug-command', 'yes', ...settings],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.#process = child;
    const said: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(line);
      if (!line.includes('Ready to accept connections')) continue;
      child.stdout.resume();
      return;
    }
    throw new Error(`redis-server did not start: ${said.join('\n')}`);
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** It keeps its connections, and answers nothing. */
  hang(): void {
    this.#process?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#process?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
