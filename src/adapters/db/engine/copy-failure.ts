import { internal, StrataError } from '../../../domain/errors.js';

/** The operating system's, or PostgreSQL's SQLSTATE. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full. Make room for another copy of the data folder',
  '53100': 'the disk is full. Make room for another copy of the data folder',
  EDQUOT: 'the quota of its disk is used up. Make room for another copy of the data folder',
  EACCES: 'this user may not write there. Let the program write into all of the data folder',
  EPERM: 'this user may not write there. Let the program write into all of the data folder',
  EROFS: 'the file system is read-only. Make it writable',
};

/** Why a copy of the database's files did not come to be. @param code absent where neither the operating system nor PostgreSQL refused */
export function copyFailure({ message, code }: { message: string; code?: string | undefined }): StrataError {
  const cause = Object.assign(new Error(message), { code });
  if (code === undefined) return internal('The database could not be copied.', cause);
  const reason = REASONS[code] ?? `it was refused (${code}). Look after the disk`;
  return new StrataError('DEPENDENCY_UNAVAILABLE', `The database could not be copied: ${reason}, and try again.`, {
    extensions: { dependency: 'database', retryable: true },
    cause,
  });
}
