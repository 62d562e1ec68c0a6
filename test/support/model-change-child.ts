/**
 * Run by a test as a process of its own: opens a data folder, begins a change of models or goes on with it, and kills itself as soon as
 * so many batches have been handed to the new model.
 */
import { composeOn } from './compose.js';
import { operator } from './model-changes.js';
import { SECOND, withSecondModels } from './second-model.js';

export interface KilledRound {
  dataDir: string;
  template: string;
  batches: number;
}

const { dataDir, template, batches } = JSON.parse(process.argv[2]!) as KilledRound;
let handed = 0;
const before = (texts: readonly string[]) => {
  // The model is loaded ahead with its own name.
  if (texts[0] !== SECOND && (handed += 1) > batches) process.kill(process.pid, 'SIGKILL');
};
const app = await composeOn(dataDir, { databaseTemplate: template, openEmbedder: withSecondModels({ before }) });
await app.services.modelChanges.start(operator, { to: SECOND });
