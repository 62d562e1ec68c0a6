import { StrataError } from '../domain/errors.js';
import type { Config } from '../config/config.js';
import { createHealthServer } from '../server/health-server.js';
import { awaitFoundation } from './await-foundation.js';
import { compose, type ComposeOptions } from './compose.js';
import { livesInFolder } from './lives-in-folder.js';
import { JOB_KINDS } from './open-queue.js';
import { healthOf } from './readiness.js';

export interface Working {
  kinds: readonly string[];
  /** Where `/healthz`, `/readyz` and `/metrics` are; null where nobody wanted them. */
  healthUrl: string | null;
  stop(): Promise<void>;
}

/**
 * A process that does jobs and has no API. A PostgreSQL that is away is waited for.
 * @throws NOT_CONFIGURED where the installation has one process only, which does its jobs itself
 */
export async function work(
  config: Config,
  options: ComposeOptions & { concurrency?: number; kinds?: readonly string[]; health?: { host: string; port: number } },
): Promise<Working> {
  if (livesInFolder(config)) {
    throw new StrataError(
      'NOT_CONFIGURED',
      'A worker of its own needs database.provider "postgres" and object_storage.provider "s3" or "minio": what lies in the data folder has one process, "strata serve", which does its jobs itself.',
      { extensions: { feature: 'worker processes', setting: 'database.provider' } },
    );
  }
  const { concurrency, kinds = JOB_KINDS, health, ...rest } = options;
  const foundation = await awaitFoundation(config, { ...rest, address: health });
  const app = await compose(config, { ...rest, foundation: Promise.resolve(foundation), jobs: { kinds, ...(concurrency === undefined ? {} : { concurrency }) } });
  const server = createHealthServer(healthOf(app));
  const stop = async () => {
    await server.close(0);
    await app.stop();
  };
  try {
    await app.standIn?.close();
    const healthUrl = health === undefined ? null : (await server.listen(app.standIn?.port ?? health.port, health.host)).url;
    return { kinds, healthUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
