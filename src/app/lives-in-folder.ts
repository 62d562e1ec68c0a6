import type { Config } from '../config/config.js';

/** Whether anything that has to last lies in the data folder, so that one process at a time may use it. */
export const livesInFolder = ({ database, objectStorage }: Config): boolean =>
  database.provider === 'embedded' || objectStorage.provider === 'filesystem';
