import { openDataFolder, type DataFolder } from '../adapters/db/engine/data-folder.js';
import type { DatabaseEngine } from '../adapters/db/engine/database-engine.js';
import type { Config } from '../config/config.js';
import type { StandIn } from '../server/stand-in.js';
import { livesInFolder } from './lives-in-folder.js';
import { startDatabase } from './start-database.js';

export interface FoundationOptions {
  /** Where a new embedded database begins, instead of what the build made. */
  databaseTemplate?: string;
  /** Told when the database breaks down while in use. */
  onFatal?: (error: Error) => void;
  /** Gives up a database that does not answer, at once. */
  interrupted?: AbortSignal | undefined;
}

/** What everything else stands on. */
export interface Foundation {
  /** Held by one process alone; null where nothing lies in it, and any number of processes may run. */
  folder: DataFolder | null;
  engine: DatabaseEngine;
  /** Where the database had to be waited for: what answers at the program's address until the program does. */
  standIn?: StandIn | null;
}

/**
 * Takes the data folder and starts the database. It needs few modules and takes, in a thread of its own, about as long as the
 * rest of the program takes to load: so it is begun before that.
 */
export async function layFoundation(config: Config, options: FoundationOptions = {}): Promise<Foundation> {
  const folder = livesInFolder(config) ? await openDataFolder(config.dataDir) : null;
  try {
    const engine = await startDatabase(config, {
      templateDir: options.databaseTemplate,
      onFailure: (error) => options.onFatal?.(error),
      interrupted: options.interrupted,
    });
    return { folder, engine };
  } catch (error) {
    await folder?.close();
    throw error;
  }
}
