import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join, relative } from 'node:path';
import { readServerInfo } from '../adapters/db/engine/data-folder.js';
import type { CommandContext, ServerHandle, SettingOptions } from '../cli/context.js';
import { Failure } from '../cli/failure.js';
import { readClient } from '../config/client.js';
import type { Config, VectorDatabaseConfig } from '../config/config.js';
import { describeConfig } from '../config/describe.js';
import { loadConfig } from '../config/load.js';
import { livesInFolder } from './lives-in-folder.js';
import { programVersion } from './program-version.js';

/** What the commands are given of the program. The server's parts are loaded only by the commands that start one. */
export const commandContext: CommandContext = {
  version: programVersion(),

  settings(options) {
    const config = configOf(options);
    const admins = config.server.apiKeys.filter((key) => key.role === 'admin');
    // The one that may do what concerns the whole installation, where there is one.
    const admin = admins.find((key) => key.tenant === 'default') ?? admins[0];
    return { apiKey: config.client.apiKey ?? admin?.key };
  },

  describe: (options) => describeConfig(configOf(options)),

  serve: (options, interrupted) => start(configOf(options), { isPatient: true, interrupted, storeSettings: storeSettingsOf(options) }),

  async work(options, interrupted) {
    const config = configOf({ ...options, port: undefined, host: undefined });
    const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
    const { work } = await import('./work.js');
    const health = options.port === undefined ? undefined : { host: options.host ?? '127.0.0.1', port: options.port };
    const { concurrency, kinds } = options;
    const working = await work(config, { concurrency, kinds, health, onFatal: fail, interrupted, storeSettings: storeSettingsOf(options) }).catch((error: unknown) => {
      throw (health && listeningFailure(health, error)) ?? error;
    });
    return { failed, stopWithinSeconds: stopWithin(config), ...working };
  },

  async migrate(options) {
    const { migrateDatabase } = await import('./migrate.js');
    return migrateDatabase(configOf(options));
  },

  async mend(options) {
    const { mend } = await import('./mend.js');
    return mend(configOf(options));
  },

  vectorStore: (options, provider) => storeSettingsOf(options)(provider),

  async restore(file, options, onBytes) {
    const { dataDir, objectStorage } = configOf(options);
    const objects = objectStorage.provider === 'filesystem' ? objectStorage.filesystem.path : join(dataDir, 'objects');
    const { restore } = await import('./moving/restore.js');
    return restore(file, dataDir, relative(dataDir, objects), onBytes);
  },

  client: () => readClient(),

  async findServer(options) {
    const config = configOf(options);
    // Another installation may have the folder that this configuration names, and keeps nothing in.
    return livesInFolder(config) ? readServerInfo(config.dataDir) : null;
  },

  async serveLocally(options) {
    const config = configOf(options);
    const apiKey = randomBytes(32).toString('base64url');
    const quiet: Config = {
      ...config,
      server: { ...config.server, host: '127.0.0.1', port: 0, publicUrl: undefined, logLevel: 'error', landingPage: 'none' },
    };
    return { ...(await start(quiet, { localToken: apiKey, storeSettings: storeSettingsOf(options) })), apiKey };
  },

  async listModels(options) {
    const { list } = await import('./models.js');
    return list(configOf(options));
  },

  async pullModel(asked, options, told) {
    const { pull } = await import('./models.js');
    return pull(configOf(options), asked, told);
  },

  async diagnose(options) {
    const { diagnose } = await import('./doctor.js');
    return diagnose(() => configOf(options), storeSettingsOf(options));
  },
};

function configOf({ config, dataDir, port, host, jobs }: SettingOptions): Config {
  const loaded = loadConfig({ file: config, overrides: { port, host, dataDir } });
  return jobs === false ? { ...loaded, server: { ...loaded.server, runJobs: false } } : loaded;
}

interface StartOptions {
  /** A PostgreSQL that is away is waited for. A command that needs a server for a moment only ends instead. */
  isPatient?: boolean;
  localToken?: string;
  interrupted?: AbortSignal;
  storeSettings(provider: string): VectorDatabaseConfig;
}

async function start(config: Config, { isPatient = false, ...options }: StartOptions): Promise<ServerHandle> {
  const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
  const { layFoundation } = await import('./foundation.js');
  const { awaitFoundation } = await import('./await-foundation.js');
  const { interrupted } = options;
  const foundation = isPatient ? awaitFoundation(config, { address: config.server, interrupted, onFatal: fail }) : layFoundation(config, { onFatal: fail });
  // Whoever waits for it hears of its failure; until then it must not end the process.
  const heard = foundation.catch(() => undefined);
  // To load the rest blocks this thread, so the database's must be on its way before.
  await Promise.race([once(process, 'worker'), heard]);
  const { serve } = await import('./serve.js');
  const serving = await serve(config, { ...options, foundation, onFatal: fail }).catch((error: unknown) => {
    throw listeningFailure(config.server, error) ?? error;
  });
  return { url: serving.url, failed, stopWithinSeconds: stopWithin(config), stop: serving.stop };
}

/** Of the configuration's file as it is when they are asked for. */
const storeSettingsOf =
  ({ config, dataDir }: Pick<SettingOptions, 'config' | 'dataDir'>) =>
  (vectorProvider: string): VectorDatabaseConfig =>
    loadConfig({ file: config, overrides: { dataDir, vectorProvider } }).vectorDatabase;

const stopWithin = ({ server }: Config) => server.drainSeconds + server.shutdownTimeoutSeconds;

/** Why the operating system does not let the server listen; null for any other failure. */
function listeningFailure({ host, port }: { host: string; port: number }, error: unknown): Failure | null {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return null;
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} of ${host} is taken by another program. Stop it, or choose another port with --port; 0 takes a free one.`,
    EACCES: `This user may not listen on port ${port}. Choose one from 1024 up with --port; 0 takes a free one.`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Choose one of its own with --host, or 127.0.0.1.`,
    ENOTFOUND: `There is no host "${host}". Choose an address of this machine with --host, or 127.0.0.1.`,
  };
  return new Failure(reasons[code ?? ''] ?? `The server cannot listen on ${host}, port ${port}: ${(error as Error).message}.`);
}
