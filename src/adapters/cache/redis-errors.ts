import { dependencyUnavailable, StrataError } from '../../domain/errors.js';

const DEPENDENCY = 'cache';

/** Redis answered, and its answer was no; anything else is a connection that does not work. */
export const isRefusal = (error: Error): boolean => error.name === 'ReplyError';

/** What someone has to change in the configuration: waiting does not help. null for everything else. */
export function misconfiguration(error: Error, at: string): StrataError | null {
  const sentence = sentenceFor(error.message);
  return sentence === null
    ? null
    : new StrataError('NOT_CONFIGURED', `The Redis at ${at} ${sentence}`, { extensions: { dependency: DEPENDENCY }, cause: error });
}

export const unavailable = (error: Error | null): StrataError =>
  dependencyUnavailable(DEPENDENCY, error ?? new Error('There is no connection to Redis yet.'));

function sentenceFor(message: string): string | null {
  if (/^WRONGPASS|invalid password/i.test(message)) return 'refuses the password. Set "cache.redis.password" to the one that the server was given.';
  if (/^NOAUTH/.test(message)) return 'asks for a password. Set "cache.redis.password" to the one that the server was given.';
  if (/DB index is out of range/i.test(message)) return 'has no database of this number. Set "cache.redis.db" to one that it has; 0 is always there.';
  if (/^NOPERM/.test(message)) return 'does not let this user do what a cache needs: GET, SET, UNLINK, SCAN, EVALSHA, PUBLISH and SUBSCRIBE on its own keys and channels.';
  return null;
}
