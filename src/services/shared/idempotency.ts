import { createHash } from 'node:crypto';
import stringify from 'fast-json-stable-stringify';
import { conflict, isStrataError, type StrataError } from '../../domain/errors.js';
import type { Json, Viewer } from '../../domain/model.js';
import type { Repositories } from '../../ports/database.port.js';
import type { IdempotencyRecord } from '../../ports/repositories/ledger.repository.port.js';

/** A request that may come again: `operation` and `inputHash` tell whether it is the same one. */
export interface IdempotentRequest {
  key: string;
  operation: string;
  inputHash: string;
}

const LONGEST_KEY = 255;

/** @returns null where no key was given. @throws BAD_USER_INPUT-like CONFLICT never; only `recall` compares. */
export function idempotentRequest(operation: string, key: string | undefined, input: object): IdempotentRequest | null {
  if (key === undefined) return null;
  const inputHash = createHash('sha256').update(stringify(input)).digest('hex');
  // A longer key, or one that PostgreSQL's text cannot hold, is as good as its hash; the table's index holds no more than a few
  // kilobytes a row.
  const storable = key.length <= LONGEST_KEY && !key.includes('\0') && key.isWellFormed();
  return { key: storable ? key : createHash('sha256').update(JSON.stringify(key)).digest('hex'), operation, inputHash };
}

/**
 * What the same requests were answered before, in order; CONFLICT errors for keys that were used with other input, undefined for
 * those that are new. A list may use one key twice, with other input. One statement.
 */
export async function recall(
  repositories: Pick<Repositories, 'idempotency'>,
  viewer: Viewer,
  requests: readonly (IdempotentRequest | null)[],
): Promise<(Json | StrataError | undefined)[]> {
  const keys = new Set(requests.flatMap((request) => request?.key ?? []));
  if (keys.size === 0) return requests.map(() => undefined);
  const records = new Map((await repositories.idempotency.find(viewer.tenantId, [...keys])).map((record) => [record.key, record]));
  return requests.map((request) => {
    const record = request === null ? undefined : records.get(request.key);
    if (request === null || record === undefined) return undefined;
    return same(record, request) ? record.response : keyTaken();
  });
}

const same = (record: IdempotencyRecord, request: IdempotentRequest) =>
  record.operation === request.operation && record.inputHash === request.inputHash;

/** @param path where the key stands in the input; an item's own begins within it */
export const keyTaken = (path: readonly string[] = ['idempotencyKey']) =>
  conflict('This idempotency key was used with other input in the last 24 hours. Use a new key for a new request.', path);

/**
 * Runs a mutation over one thing at most once a key. `work` writes the record that `remember` makes within its own
 * transaction; a request that lost the race to its twin reads the twin's answer.
 */
export async function once<T>(
  repositories: Pick<Repositories, 'idempotency'>,
  viewer: Viewer,
  request: IdempotentRequest | null,
  steps: { answer(response: Json): Promise<T>; work(remember: (response: Json) => IdempotencyRecord[]): Promise<T> },
): Promise<T> {
  if (request === null) return steps.work(() => []);
  const recalled = async () => (await recall(repositories, viewer, [request]))[0];
  const before = await recalled();
  if (isStrataError(before)) throw keyTaken(['input', 'idempotencyKey']);
  if (before !== undefined) return steps.answer(before);
  try {
    return await steps.work((response) => [{ ...request, response }]);
  } catch (error) {
    if (!isStrataError(error) || error.code !== 'CONFLICT') throw error;
    const twin = await recalled();
    if (isStrataError(twin)) throw keyTaken(['input', 'idempotencyKey']);
    if (twin === undefined) throw error;
    return steps.answer(twin);
  }
}
