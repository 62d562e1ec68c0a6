import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, translated } from './file-errors.js';
import { isSegment } from './keys.js';

/**
 * The keys below a folder that begin with `prefix` and stand behind `after`, ascending as plain text. Folders that cannot
 * hold any are not opened. What vanishes on the way is left out.
 */
export async function* keysUnder(
  root: string,
  options: { prefix: string; after?: string; hidden: ReadonlySet<string> },
  folder = '',
): AsyncGenerator<string> {
  const { prefix, after = '', hidden } = options;
  for (const { name, isFolder } of await entriesOf(join(root, folder))) {
    const key = `${folder}${name}`;
    if (folder === '' && hidden.has(key.replace('/', ''))) continue;
    if (isFolder) {
      const mayMatch = key.startsWith(prefix) || prefix.startsWith(key);
      const isBehind = key > after || after.startsWith(key);
      if (mayMatch && isBehind) yield* keysUnder(root, options, key);
    } else if (key.startsWith(prefix) && key > after) {
      yield key;
    }
  }
}

/** A folder's name with its slash, so that `a-b` comes before what is in `a`, as it does among keys. */
async function entriesOf(path: string): Promise<{ name: string; isFolder: boolean }[]> {
  const entries: Dirent[] = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw translated(error, null);
  });
  return (
    entries
      // What is no part of a key is not ours, such as the lost+found of a disk.
      .filter((entry) => isSegment(entry.name) && (entry.isFile() || entry.isDirectory()))
      .map((entry) => ({ name: entry.isDirectory() ? `${entry.name}/` : entry.name, isFolder: entry.isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  );
}
