import type { IncomingHttpHeaders } from 'node:http';
import type { Credentials } from './options.js';

/** `Authorization: Bearer <key>`, or `X-Api-Key: <key>`. */
export function credentialsFrom(headers: IncomingHttpHeaders): Credentials {
  const single = headers['x-api-key'];
  return { apiKey: keyOf(headers.authorization) ?? keyOf(Array.isArray(single) ? single[0] : single) };
}

/**
 * A browser's WebSocket sends no headers of its own, so the key may come with `connection_init`: as
 * `{authorization: "Bearer <key>"}` or `{apiKey: "<key>"}`, in any case, or within `headers`.
 */
export function credentialsFromConnection(params: unknown, headers: IncomingHttpHeaders): Credentials {
  return { apiKey: keyIn(params) ?? keyIn(isRecord(params) ? params.headers : undefined) ?? credentialsFrom(headers).apiKey };
}

function keyIn(params: unknown): string | null {
  if (!isRecord(params)) return null;
  for (const [name, value] of Object.entries(params)) {
    if (['authorization', 'apikey', 'x-api-key'].includes(name.toLowerCase()) && typeof value === 'string') return keyOf(value);
  }
  return null;
}

function keyOf(header: string | undefined): string | null {
  const key = header?.trim().replace(/^bearer\s+/i, '');
  return key ? key : null;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
