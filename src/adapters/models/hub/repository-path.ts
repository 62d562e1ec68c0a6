import { isAbsolute, relative, resolve, sep } from 'node:path';
import { contentMismatch } from '../../../domain/errors.js';

/** Separators and names of other systems, of drives and streams among them, and what no file's name has anywhere. */
const STRANGE = /[\\:\p{Cc}]/u;
const isStep = (part: string) => part !== '' && part !== '.' && part !== '..';

/** A path as a repository has its files: relative, with slashes, a name in each part. */
export const isRepositoryPath = (path: string): boolean => !STRANGE.test(path) && path.split('/').every(isStep);

/**
 * Where a repository's file lies below a folder. Asked where files are written: whatever was let through before, nothing is written
 * anywhere else.
 * @throws CONTENT_MISMATCH for a path that leads out of the folder, or is the folder itself
 */
export function placeWithin(folder: string, path: string): string {
  const place = resolve(folder, path);
  const from = relative(resolve(folder), place);
  if (!isRepositoryPath(path) || from === '' || isAbsolute(from) || from.split(sep)[0] === '..') {
    throw contentMismatch(`The hub lists ${JSON.stringify(path)}, which is no path of a file in a model's folder. Nothing of it was loaded; see that embedding.hub_url is the address of a hub that you trust.`);
  }
  return place;
}
