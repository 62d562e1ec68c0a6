import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { ErrorCode } from '../domain/errors.js';

export interface TransferRequest {
  /** What stands behind `/storage/` in the address. */
  key: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
}

export interface TransferResponse {
  status: number;
  headers: OutgoingHttpHeaders;
  /** Absent: there is no body. Whoever takes it ends or destroys it. */
  stream?: Readable;
}

/**
 * The routes of a store that has no HTTP of its own: `PUT`, `GET` and `HEAD` of `/storage/<key>` with a signed query.
 * Both throw StrataError; `statusOf` has its HTTP status. Where `receive` throws, the body may not have been read
 * to its end: answer with `Connection: close`.
 */
export interface ObjectTransfer {
  receive(request: TransferRequest & { body: Readable; signal?: AbortSignal }): Promise<TransferResponse>;
  serve(request: TransferRequest & { method: 'GET' | 'HEAD' }): Promise<TransferResponse>;
  /** Of an error's code; 500 of one that is not known. */
  statusOf(code: string): number;
}

/** HTTP statuses of the transfer routes; GraphQL has its own. */
export const TRANSFER_STATUS: Readonly<Record<ErrorCode, number>> = {
  BAD_USER_INPUT: 400,
  CONTENT_MISMATCH: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  UPLOAD_EXPIRED: 410,
  CURSOR_EXPIRED: 410,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA: 415,
  TOO_COMPLEX: 422,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  NOT_CONFIGURED: 501,
  NOT_RESTORED: 503,
  DEPENDENCY_UNAVAILABLE: 503,
};
