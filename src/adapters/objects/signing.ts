import { createHmac, timingSafeEqual } from 'node:crypto';
import { badInput, forbidden } from '../../domain/errors.js';

/** What the holder of a signed address may do. */
export interface Grant {
  method: 'GET' | 'PUT';
  key: string;
  /** Seconds since 1970. */
  expires: number;
  contentType?: string;
  /** Bytes, of an upload. */
  size?: number;
  /** 64 lower-case hex digits, of an upload. */
  sha256?: string;
  disposition?: 'ATTACHMENT' | 'INLINE';
  filename?: string;
  /** Of a multipart upload, with the part's number. */
  uploadId?: string;
  part?: number;
}

const LONGEST_SECONDS = 604_800;

/** The query of a signed address: everything in the grant but method and key, and the signature over all of it. */
export function sign(grant: Grant, secret: string): URLSearchParams {
  const { method, key, ...terms } = grant;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(terms)) if (value !== undefined) query.set(name, String(value));
  query.set('signature', mac(method, key, query, secret).toString('base64url'));
  return query;
}

/**
 * @param now milliseconds since 1970
 * @throws FORBIDDEN for anything but what `sign` gave out, for that method and key, in its time
 */
export function verify(
  request: { method: Grant['method']; key: string; query: URLSearchParams },
  secret: string,
  now: number,
): Grant {
  const { method, key, query } = request;
  const expected = mac(method, key, query, secret);
  const given = Buffer.from(query.get('signature') ?? '', 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw forbidden('The address is not one that this server signed, or it was changed. Ask for a new one.');
  }
  // From here on the terms are our own.
  const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
  const text = (name: string) => query.get(name) ?? undefined;
  const expires = number('expires') ?? 0;
  if (expires * 1_000 <= now) throw forbidden('The address has expired. Ask for a new one.');
  return {
    method,
    key,
    expires,
    contentType: text('contentType'),
    size: number('size'),
    sha256: text('sha256'),
    filename: text('filename'),
    disposition: text('disposition') as Grant['disposition'],
    uploadId: text('uploadId'),
    part: number('part'),
  };
}

/** @throws BAD_USER_INPUT unless it is from 1 to 604,800 (7 days) */
export function expiryOf(expiresIn: number, now: number): number {
  if (Number.isFinite(expiresIn) && expiresIn >= 1 && expiresIn <= LONGEST_SECONDS)
    return Math.ceil(now / 1_000 + expiresIn);
  throw badInput(`expiresIn must be from 1 to ${LONGEST_SECONDS} seconds; it is ${expiresIn}.`, ['expiresIn']);
}

function mac(method: string, key: string, query: URLSearchParams, secret: string): Buffer {
  if (secret === '') throw new Error('Addresses cannot be signed with an empty secret.');
  const terms = new URLSearchParams(query);
  terms.delete('signature');
  terms.sort();
  // Neither a method nor a key nor an encoded query holds a line break, so no two grants give the same text.
  return createHmac('sha256', secret).update(`strata-transfer-1\n${method}\n${key}\n${terms.toString()}`).digest();
}
