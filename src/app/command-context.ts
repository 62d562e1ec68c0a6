import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readServerInfo } from '../adapters/db/engine/data-folder.js';
import type { CommandContext, ServerHandle, SettingOptions } from '../cli/context.js';
import type { Config } from '../config/config.js';
import { describeConfig } from '../config/describe.js';
import { loadConfig } from '../config/load.js';

/** What the commands are given of the program. The server's parts are loaded only by the commands that start one. */
export const commandContext: CommandContext = {
  version: (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version,

  settings(options) {
    const config = configOf(options);
    const admin = config.server.apiKeys.find((key) => key.role === 'admin');
    return { apiKey: config.client.apiKey ?? admin?.key, shutdownTimeoutSeconds: config.server.shutdownTimeoutSeconds };
  },

  describe: (options) => describeConfig(configOf(options)),

  serve: (options) => start(configOf(options)),

  async findServer(options) {
    return readServerInfo(configOf(options).dataDir);
  },

  async serveLocally(options) {
    const config = configOf(options);
    const apiKey = randomBytes(32).toString('base64url');
    const quiet: Config = {
      ...config,
      server: { ...config.server, host: '127.0.0.1', port: 0, publicUrl: undefined, logLevel: 'error', landingPage: 'none' },
    };
    return { ...(await start(quiet, apiKey)), apiKey };
  },

  async diagnose(options) {
    const { diagnose } = await import('./doctor.js');
    return diagnose(configOf(options));
  },
};

function configOf({ config, dataDir, port, host }: SettingOptions): Config {
  return loadConfig({ file: config, overrides: { port, host, dataDir } });
}

async function start(config: Config, localToken?: string): Promise<ServerHandle> {
  const { serve } = await import('./serve.js');
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<Error>((resolve) => {
    fail = resolve;
  });
  const serving = await serve(config, { localToken, onFatal: fail });
  return { url: serving.url, failed, stop: serving.stop };
}
