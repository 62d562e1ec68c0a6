const MASK = '[hidden]';

/** Names whose values are nobody's business, in whatever case and with whatever between their words. */
const SECRET_NAMES = new Set([
  'password',
  'secret',
  'secretkey',
  'secretaccesskey',
  'accesskey',
  'accesskeyid',
  'apikey',
  'xapikey',
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'token',
  'accesstoken',
  'sessiontoken',
  'signature',
  'signingsecret',
  'credentials',
]);

const DEEPEST = 8;

const isSecret = (name: string) => SECRET_NAMES.has(name.toLowerCase().replace(/[^a-z0-9]/g, ''));

/** A copy of a log entry's fields without secrets: by the name of a field, and in addresses by what they carry. Objects of a class stay as they are. */
export function withoutSecrets(fields: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      isSecret(name) && value != null ? MASK : masked(value, depth),
    ]),
  );
}

/** Text without the signature of a signed address, the credentials before a host, and the key of an Authorization header. */
export function maskText(text: string): string {
  return text
    .replace(/([?&](?:signature|x-amz-signature|x-amz-security-token|api[-_]?key|token)=)[^&\s"]+/gi, `$1${MASK}`)
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^/?#\s@"]+@/gi, `$1${MASK}@`)
    .replace(/\b(bearer\s+)[^\s"',]+/gi, `$1${MASK}`);
}

function masked(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value !== 'object' || value === null || depth >= DEEPEST) return value;
  if (Array.isArray(value)) return value.map((item) => masked(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? withoutSecrets(value, depth + 1) : value;
}
