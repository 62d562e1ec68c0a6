import type { ModelVersion } from '../../domain/model-change.js';
import type { Database } from '../../ports/database.port.js';
import type { ModelProcess } from '../../ports/repositories/model-change.repository.port.js';
import type { ModelsInUse } from '../models/models-in-use.js';

interface Dependencies {
  database: Pick<Database, 'modelChanges'>;
  modelsInUse: ModelsInUse;
}

/** One that was not seen for so long is gone. Processes say that they are there every five seconds. */
const ALIVE_SECONDS = 20;

const others = async ({ database, modelsInUse }: Dependencies): Promise<ModelProcess[]> =>
  (await database.modelChanges.processes(ALIVE_SECONDS)).filter(({ id }) => id !== modelsInUse.processId);

/** Names of the processes that have yet to take up the roles of this version. */
export async function othersBehind(deps: Dependencies, version: number): Promise<string[]> {
  return (await others(deps)).filter((process) => process.version < version).map(({ name }) => name);
}

/** Names of the processes that do not have the model, this one among them. */
export async function processesWithout(deps: Dependencies, { name, revision }: ModelVersion): Promise<string[]> {
  const here = deps.modelsInUse.models().some((model) => model.available && model.name === name && model.revision === revision);
  return [...(here ? [] : ['this server']), ...(await others(deps)).filter(({ models }) => models[name] !== revision).map((process) => process.name)];
}
