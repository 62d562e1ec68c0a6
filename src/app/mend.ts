import type { Config } from '../config/config.js';
import { openObjectStore } from './stores.js';

/** Makes what is missing and can be made: the bucket, and its rules for web pages. @returns a sentence for each thing done */
export async function mend(config: Config): Promise<string[]> {
  if (config.objectStorage.provider === 'filesystem') return [];
  const opened = await openObjectStore(config, { secret: '', baseUrl: () => '' });
  try {
    return opened.kind === 'bucket' ? await opened.store.prepare({ corsOrigins: browserOrigins(config) }) : [];
  } finally {
    await opened.store.close();
  }
}

/** Pages that send and fetch bytes: those that may call the API, and the server's own. */
export function browserOrigins({ server }: Config): string[] {
  return [...new Set([...server.cors.origins, ...(server.publicUrl === undefined ? [] : [new URL(server.publicUrl).origin])])];
}
