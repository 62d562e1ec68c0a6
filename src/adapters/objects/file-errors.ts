import { badInput, conflict, dependencyUnavailable, isStrataError, notFound } from '../../domain/errors.js';

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;

/** Of something that is not there, or that is a folder where a file is asked for: to a reader of keys both are nothing. */
export const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error) ?? '');

/** What the operating system said, in the words of the port. @param key the one that was asked for; null where it was none */
export function translated(error: unknown, key: string | null): unknown {
  if (isStrataError(error) || !(error instanceof Error) || (error as NodeJS.ErrnoException).syscall === undefined)
    return error;
  switch (codeOf(error)) {
    case 'ENOENT':
      return key === null ? dependencyUnavailable('objects', error) : notFound('stored object', key);
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ENOTEMPTY':
      return conflict(
        `${key === null ? 'One of the keys' : `The key "${key}"`} cannot be stored beside one that begins with it and a "/", or that it begins with.`,
      );
    case 'ENAMETOOLONG':
      return badInput('The storage key is too long for the file system; make it shorter.');
    default:
      // No space, no permission, a broken disk: nothing that the caller did.
      return dependencyUnavailable('objects', error);
  }
}

/** Runs `work` and translates what it throws. */
export async function translating<Result>(key: string | null, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw translated(error, key);
  }
}
