import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SERVICE_NAMES, serviceEnvironment, type ServiceAddress, type ServiceName } from '../../test/support/services.js';
import { Guard } from './guard.js';
import { PLANS, type ServerPlan } from './plans.js';

/** To the first answer; Weaviate takes seconds, on a machine that is busy many. */
const START_MS = 120_000;
const BETWEEN_TRIES_MS = 100;
/** In each server's own words; of PostgreSQL's, the last ones. */
const IN_USE = /address already in use|AddrInUse|EADDRINUSE|could not create any TCP\/IP sockets/i;
/** After that, a server that was asked to end is killed. */
const STOP_MS = 15_000;

/** Between finding a port free and taking it, somebody else took it. */
export const lostItsPort = (error: unknown): boolean => IN_USE.test(String(error));

export interface RunningServices {
  readonly servers: ReadonlyMap<ServiceName, RunningServer>;
  /** Each that was asked for and is not there, and why. */
  readonly missing: ReadonlyMap<ServiceName, string>;
  /** `STRATA_TEST_…`, as `serviceAddress` reads them. */
  environment(): Record<string, string>;
  /** Ends all of them, and removes their folder where it was a temporary one. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** All of them where nothing is said. */
  only?: readonly ServiceName[];
  /** Kept when the servers end; a temporary folder otherwise. */
  dataDir?: string;
  /** Gives up waiting: what does not answer yet counts as missing. */
  signal?: AbortSignal;
  /** A server ended that nobody had asked to. */
  onEnd?(name: ServiceName, why: string): void;
}

/** Starts what can be started, all at once, each on free loopback ports; resolves when each answers or is known to be missing. */
export async function startServices(options: StartOptions = {}): Promise<RunningServices> {
  const guard = new Guard();
  const folder = await servicesFolder(options.dataDir, guard);
  const servers = new Map<ServiceName, RunningServer>();
  const missing = new Map<ServiceName, string>();
  await Promise.all(
    (options.only ?? SERVICE_NAMES).map(async (name) => {
      const own = join(folder, name);
      const start = async () => {
        const plan = await PLANS[name](own);
        await plan.prepare?.();
        const server = new RunningServer(name, plan, join(folder, `${name}.log`), guard, (why) => options.onEnd?.(name, why));
        await server.start(options.signal);
        servers.set(name, server);
      };
      try {
        await mkdir(own, { recursive: true });
        await start().catch((error: unknown) => {
          if (!lostItsPort(error)) throw error;
          return start();
        });
      } catch (error) {
        missing.set(name, error instanceof Error ? error.message : String(error));
      }
    }),
  );
  return {
    servers,
    missing,
    environment: () => Object.assign({}, ...[...servers].map(([name, { address }]) => serviceEnvironment(name, address))),
    async stop() {
      for (const server of servers.values()) server.leave();
      await guard.end();
    },
  };
}

async function servicesFolder(dataDir: string | undefined, guard: Guard): Promise<string> {
  if (dataDir !== undefined) {
    await mkdir(dataDir, { recursive: true });
    return resolve(dataDir);
  }
  const folder = await mkdtemp(join(tmpdir(), 'strata-services-'));
  guard.removeLater(folder);
  await chmod(folder, 0o755); // PostgreSQL's user has to pass.
  return folder;
}

/** One server. Tests may end it and start it again: its ports and its data stay what they were. */
export class RunningServer {
  private child: ChildProcess | null = null;
  private answered = false;

  constructor(
    readonly name: ServiceName,
    private readonly plan: ServerPlan,
    private readonly log: string,
    private readonly guard: Guard,
    private readonly onEnd: (why: string) => void,
  ) {}

  get address(): ServiceAddress {
    return this.plan.address;
  }

  /** Resolves when it answers; rejects with the end of what it printed where it does not come to that. */
  async start(signal?: AbortSignal): Promise<void> {
    if (this.child !== null) return;
    signal?.throwIfAborted();
    const output = openSync(this.log, 'a');
    const child = spawn(this.plan.command, this.plan.args, {
      cwd: join(this.log, '..'),
      env: { ...process.env, ...this.plan.env },
      ...this.plan.user,
      detached: true,
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    this.child = child;
    this.answered = false;
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    failed.catch(() => {});
    if (child.pid !== undefined) this.guard.watch(child.pid, this.stopSignal);
    child.once('exit', (code, signal) => {
      if (this.child !== child) return;
      this.child = null;
      this.guard.forget(child.pid!);
      if (this.answered) this.onEnd(`ended with ${signal ?? `status ${code}`}`);
    });
    try {
      await Promise.race([failed, this.untilItAnswers(child, signal)]);
      this.answered = true;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Resolves when it is gone. With SIGKILL, as in a crash. */
  async stop(signal: NodeJS.Signals = this.stopSignal): Promise<void> {
    const child = this.leave();
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    process.kill(-child.pid, signal);
    const patience = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(patience);
    this.guard.forget(child.pid);
  }

  /** Its end is no news from now on. */
  leave(): ChildProcess | null {
    const child = this.child;
    this.child = null;
    return child;
  }

  private get stopSignal(): NodeJS.Signals {
    return this.plan.stopSignal ?? 'SIGTERM';
  }

  private async untilItAnswers(child: ChildProcess, signal: AbortSignal | undefined): Promise<void> {
    const deadline = Date.now() + START_MS;
    for (;;) {
      try {
        return await this.plan.answers();
      } catch (error) {
        const ended = child.exitCode !== null || child.signalCode !== null;
        if (!ended && Date.now() < deadline) {
          await delay(BETWEEN_TRIES_MS, undefined, { signal });
          continue;
        }
        const why = ended ? 'ended at once' : `did not answer within ${START_MS / 1000} s (${String(error)})`;
        throw new Error(`it ${why}; the last it printed: ${await this.lastLine()}`, { cause: error });
      }
    }
  }

  private async lastLine(): Promise<string> {
    return (await readFile(this.log, 'utf8')).trimEnd().split('\n').at(-1) ?? '';
  }
}
