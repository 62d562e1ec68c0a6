import type { ServerOptions } from '../server/options.js';
import type { App } from './compose.js';

/** What `/readyz` and `/metrics` say of a process, whatever it does. */
export function healthOf({ config, deps, metrics, replica, vectorHome, modelsInUse }: App): Pick<ServerOptions, 'readiness' | 'essential' | 'degradable' | 'metrics' | 'log'> {
  const { database, objectStore, keywords, cache, queue, logger } = deps;
  return {
    readiness: {
      database: () => database.check(),
      objects: () => objectStore.check(),
      vectors: () => vectorHome.check(),
      keywords: () => keywords.check(),
      models: () => modelsInUse.check(),
      queue: () => queue.check(),
    },
    // Models are each process's own: where one lacks what the installation was changed to, the others have it. The queue is in the database.
    essential: ['database', 'models', 'queue'],
    // Without them everything is slower, and nothing wrong.
    degradable: { cache: () => cache.check(), ...(replica === null ? {} : { replica: () => replica.check() }) },
    ...(config.server.metrics ? { metrics: async () => ({ contentType: metrics.contentType, body: await metrics.expose() }) } : {}),
    log: logger,
  };
}
