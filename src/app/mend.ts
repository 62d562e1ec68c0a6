import type { Config } from '../config/config.js';
import { openObjectStore } from './stores.js';

/** Makes what is missing and can be made: the bucket, and its rules for web pages. @returns a sentence for each thing done */
export async function mend(config: Config): Promise<string[]> {
  if (config.objectStorage.provider === 'filesystem') return [];
  const opened = await openObjectStore(config, { secret: '', baseUrl: () => '' });
  try {
    return opened.kind === 'bucket' ? await opened.store.prepare({ corsOrigins: config.server.cors.origins }) : [];
  } finally {
    await opened.store.close();
  }
}
