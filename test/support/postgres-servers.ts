import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Guard } from '../../scripts/services/guard.js';
import { planPostgres, planStandby, type PostgresOptions, type PostgresPlan } from '../../scripts/services/postgres-plan.js';
import { everyPostgres, type PostgresPrograms } from '../../scripts/services/programs.js';
import { lostItsPort, RunningServer } from '../../scripts/services/start.js';

/** A build without OpenSSL says so when it is told to use it, which it is before it looks for its data. */
const encrypts = ({ folder }: PostgresPrograms): boolean => {
  const { error, stderr } = spawnSync(join(folder, 'postgres'), ['-C', 'ssl', '-c', 'ssl=on'], { env: { ...process.env, LC_ALL: 'C' }, timeout: 5_000 });
  return error === undefined && !/not supported by this build/.test(stderr.toString());
};

/** Null where no PostgreSQL on this machine can encrypt. */
export const encryptedPostgres: PostgresPrograms | null = everyPostgres().find(encrypts) ?? null;

/** Null where none has both pgvector and what copies a server for its standby. */
export const replicatedPostgres: PostgresPrograms | null =
  everyPostgres().find(({ folder }) => existsSync(join(folder, 'pg_basebackup')) && ['../share/postgresql', '../share'].some((share) => existsSync(join(folder, share, 'extension/vector.control')))) ?? null;

export interface OwnPostgres {
  port: number;
  plan: PostgresPlan;
  start(): Promise<void>;
  /** As its operator does, telling its clients; with SIGQUIT it breaks everything off. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** PostgreSQL servers of the test file's own, with what is in their folder; they end with this process, however it ends. */
export class PostgresServers {
  readonly #guard = new Guard();
  #count = 0;

  private constructor(readonly folder: string) {}

  static async create(): Promise<PostgresServers> {
    const servers = new PostgresServers(await mkdtemp(join(tmpdir(), 'strata-pg-')));
    servers.#guard.removeLater(servers.folder);
    await chmod(servers.folder, 0o755); // PostgreSQL's user has to pass.
    return servers;
  }

  start(options: PostgresOptions): Promise<OwnPostgres> {
    return this.#start((folder) => planPostgres(folder, options));
  }

  standbyOf({ plan }: OwnPostgres, settings: Readonly<Record<string, string>> = {}): Promise<OwnPostgres> {
    return this.#start((folder) => planStandby(folder, plan, settings));
  }

  /** Ends them all, and removes the folder. */
  end(): Promise<void> {
    return this.#guard.end();
  }

  async #start(planIn: (folder: string) => Promise<PostgresPlan>): Promise<OwnPostgres> {
    const once = async () => {
      this.#count += 1;
      const folder = join(this.folder, `server-${this.#count}`);
      await mkdir(folder);
      const plan = await planIn(folder);
      await plan.prepare?.();
      const server = new RunningServer('postgres', plan, join(this.folder, `server-${this.#count}.log`), this.#guard, () => undefined);
      await server.start();
      return { port: plan.port, plan, start: () => server.start(), stop: (signal?: NodeJS.Signals) => server.stop(signal) };
    };
    return once().catch((error: unknown) => {
      if (!lostItsPort(error)) throw error;
      return once();
    });
  }
}
