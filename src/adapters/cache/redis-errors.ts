import { dependencyUnavailable, StrataError } from '../../domain/errors.js';

const DEPENDENCY = 'cache';

/** Redis answered, and its answer was no; anything else is a connection that does not work. */
export const isRefusal = (error: Error): boolean => error.name === 'ReplyError';

/** What came is in no way what a Redis answers; an encrypted connection's refusal of a plain one is none either. */
export const isNoReply = (error: Error): boolean => /^Unknown RESP type/.test(error.message);

/** What someone has to change in the configuration: waiting does not help. null for everything else. */
export function misconfiguration(error: Error, at: string): StrataError | null {
  const fault = isRefusal(error) ? refusal(error.message) : certificateFault(error);
  return fault === null ? null : misconfigured(`The Redis at ${at} ${fault.says}`, fault.setting, error);
}

/** @param encrypted whether this side is */
export const speaksOtherwiseAt = (at: string, { encrypted }: { encrypted: boolean }, cause: Error | null): StrataError =>
  misconfigured(
    `The Redis at ${at} ${encrypted ? 'takes no encrypted connections. Name the port there that does (tls-port), or set "cache.redis.tls" to false.' : 'takes encrypted connections only. Set "cache.redis.tls" to true.'}`,
    'cache.redis.tls',
    cause,
  );

export const noRedisAt = (at: string, cause: Error): StrataError =>
  misconfigured(`What answers at ${at} is no Redis. Set "cache.redis.host" and "cache.redis.port" to one.`, 'cache.redis', cause);

/** @param setting what is to be changed, as the file of settings calls it; null where it is the server that has to be */
export const misconfigured = (message: string, setting: string | null, cause: unknown): StrataError =>
  new StrataError('NOT_CONFIGURED', message, { extensions: { dependency: DEPENDENCY, ...(setting === null ? {} : { setting }) }, cause: cause ?? undefined });

export const unavailable = (error: Error | null): StrataError =>
  dependencyUnavailable(DEPENDENCY, error ?? new Error('There is no connection to Redis yet.'));

interface Fault {
  says: string;
  setting: string | null;
}

function refusal(message: string): Fault | null {
  const password = { setting: 'cache.redis.password' };
  if (/^WRONGPASS|invalid password/i.test(message)) return { says: 'refuses the password. Set "cache.redis.password" to the one that the server was given.', ...password };
  if (/^NOAUTH/.test(message)) return { says: 'asks for a password. Set "cache.redis.password" to the one that the server was given.', ...password };
  if (/DB index is out of range/i.test(message)) return { says: 'has no database of this number. Set "cache.redis.db" to one that it has; 0 is always there.', setting: 'cache.redis.db' };
  if (/^NOPERM/.test(message)) return { says: 'does not let this user do what a cache needs: GET, SET, UNLINK, SCAN, EVALSHA, PUBLISH and SUBSCRIBE on its own keys and channels.', setting: null };
  return null;
}

/** Codes of OpenSSL's and Node's for a certificate that is not taken. */
const NOT_TRUSTED = /^(UNABLE_TO_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_(CA|PURPOSE)|PATH_LENGTH_)/;

function certificateFault(error: Error): Fault | null {
  const { code = '', cert } = error as { code?: string; cert?: { subjectaltname?: string } };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = cert?.subjectaltname === undefined ? 'of another name' : `for ${cert.subjectaltname}`;
    return { says: `shows a certificate ${names}. Set "cache.redis.host" to a name that is in it.`, setting: 'cache.redis.host' };
  }
  if (/^ERR_SSL_.*ALERT_CERTIFICATE_REQUIRED/.test(code)) {
    return { says: 'asks for a certificate of ours, and we have none to show. Set "tls-auth-clients" to "no" or "optional" there.', setting: null };
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return { says: `shows a certificate whose time is not now (${code}). Give the server another one.`, setting: null };
  if (NOT_TRUSTED.test(code)) {
    const mend = 'Set "cache.redis.tls_ca" to the certificate of the authority that signed it, or "cache.redis.tls_verify" to false to take any.';
    return { says: `shows a certificate that is not trusted here (${code}). ${mend}`, setting: 'cache.redis.tls_ca' };
  }
  return null;
}
