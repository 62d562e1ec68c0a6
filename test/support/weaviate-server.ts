import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PLANS, type ServerPlan } from '../../scripts/services/plans.js';
import { program } from '../../scripts/services/programs.js';

/** Suites that stop a Weaviate, or want one with a key, need a program of their own; they are skipped by name without one. */
export const hasWeaviateServer = (() => {
  try {
    return program('weaviate-server') !== '';
  } catch {
    return false;
  }
})();

/** A Weaviate of the test's own that wants an API key, on ports that stay the same through its restarts. */
export class WeaviateServer {
  private process: ChildProcess | null = null;

  private constructor(
    private readonly plan: ServerPlan,
    private readonly folder: string,
    private readonly apiKey: string,
  ) {}

  static async start(apiKey: string): Promise<WeaviateServer> {
    const folder = mkdtempSync(join(tmpdir(), 'strata-weaviate-'));
    const server = new WeaviateServer(await PLANS.weaviate(folder), folder, apiKey);
    await server.start();
    return server;
  }

  get address(): { url: string; grpcPort: number } {
    return { url: this.plan.address.url, grpcPort: Number(this.plan.address['grpcPort']) };
  }

  async start(): Promise<void> {
    const env = {
      ...process.env,
      ...this.plan.env,
      AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'false',
      AUTHENTICATION_APIKEY_ENABLED: 'true',
      AUTHENTICATION_APIKEY_ALLOWED_KEYS: this.apiKey,
      AUTHENTICATION_APIKEY_USERS: 'tests@strata.example',
    };
    this.process = spawn(this.plan.command, [...this.plan.args], { env, stdio: 'ignore' });
    for (;;) {
      if (this.process.exitCode !== null) throw new Error(`Weaviate ended with ${this.process.exitCode}.`);
      try {
        return await this.plan.answers();
      } catch {
        await delay(100);
      }
    }
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.process;
    this.process = null;
    if (child === null || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** It keeps its connections, and answers nothing. */
  hang(): void {
    this.process?.kill('SIGSTOP');
  }

  goOn(): void {
    this.process?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
