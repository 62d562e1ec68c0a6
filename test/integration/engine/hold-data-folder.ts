/** Run by data-folder.test.ts as a process of its own: opens the folder it is given and stays. */
import { openDataFolder } from '../../../src/adapters/db/engine/data-folder.js';

const path = process.argv[2];
if (path === undefined) throw new Error('which folder?');
try {
  await openDataFolder(path);
  console.log('open');
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log((error as Error).message);
}
