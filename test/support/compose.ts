import { compose, type App, type ComposeOptions } from '../../src/app/compose.js';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load.js';
import type { Logger } from '../../src/ports/logger.port.js';

/** Apart from `app.ts`, so that processes which are no tests can start the program too. */

/** Drops everything: a test that provokes an error says so itself. */
export const quietLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quietLogger,
};

export interface ConfigOverrides {
  limits?: Partial<Config['limits']>;
  embedding?: Partial<Config['embedding']>;
}

/** The program on a folder, with the defaults where no data_layer.yaml in it says otherwise. */
export function composeOn(dataDir: string, { limits, embedding, ...options }: ComposeOptions & ConfigOverrides): Promise<App> {
  const config = loadConfig({ env: {}, cwd: dataDir, overrides: { dataDir } });
  return compose({ ...config, limits: { ...config.limits, ...limits }, embedding: { ...config.embedding, ...embedding } }, { logger: quietLogger, ...options });
}
