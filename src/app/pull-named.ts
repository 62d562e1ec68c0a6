import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isModelName, sourceOf } from '../adapters/models/hub/repositories.js';
import { BUNDLED_MODELS } from '../adapters/models/registry.js';
import type { Config } from '../config/config.js';
import { isStrataError } from '../domain/errors.js';
import type { Logger } from '../ports/logger.port.js';
import { modelsFolder } from './open-models.js';

/** Progress is logged so often. */
const SHARES = 10;

/**
 * Loads the models that the configuration names and that are not here from the hub that it names, where it does; what no hub is known to
 * have is left to whoever opens the models, as is all of it without a hub. Of several processes one loads, and the others wait.
 * @param signal left out, nothing is loaded
 * @throws what `strata models pull` answers
 */
export async function pullNamed(config: Config, logger: Logger, signal: AbortSignal | undefined): Promise<void> {
  if (config.embedding.hubUrl === undefined || signal === undefined) return;
  for (const name of absentOf(config)) {
    // Most starts have nothing to load, and need not load how.
    const { pull } = await import('./models.js');
    let total = 0;
    let told = 0;
    const { repository, folder, already } = await pull(config, { source: name, as: undefined, weights: undefined }, {
      signal,
      onModel(model) {
        total = model.bytes;
        logger.info({ model: name, ...model }, 'a model that the configuration names is not here, and is loaded from the hub');
      },
      onBytes(here) {
        const share = Math.floor((SHARES * here) / total);
        if (share > told) logger.info({ model: name, here, bytes: total }, 'loading a model');
        told = share;
      },
      onWait: (holder) => logger.info({ model: name, holder }, 'another process loads this model; this one waits'),
    });
    if (!already) logger.info({ model: name, repository, folder }, 'the model is here');
  }
}

function absentOf(config: Config): string[] {
  const { textModel, models } = config.embedding;
  const isHere = (name: string) => [modelsFolder(config), BUNDLED_MODELS].some((root) => existsSync(join(root, name)));
  const named = new Set([textModel, ...models.filter(({ path }) => path === undefined).map(({ name }) => name)]);
  for (const { name, path } of models) if (path !== undefined) named.delete(name);
  return [...named].filter((name) => isModelName(name) && !isHere(name) && isOfHub(name));
}

function isOfHub(name: string): boolean {
  try {
    return sourceOf(name).repository !== null;
  } catch (error) {
    // A name that is the user's own.
    if (isStrataError(error)) return false;
    throw error;
  }
}
