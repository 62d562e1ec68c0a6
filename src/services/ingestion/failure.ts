import { isStrataError, isTimeout, isUnavailable, type StrataError } from '../../domain/errors.js';
import type { IngestionError } from '../../domain/model.js';
import { ExtractionError } from '../../ports/media.port.js';

/** Runs began that had this content alone in hand, and none came back: it is what kills its worker. */
export class WorkerDied extends Error {
  constructor(readonly attempts: number) {
    super(`${attempts} runs began with this alone in hand and none ended`);
    this.name = 'WorkerDied';
  }
}

/** What a failure means for an ingestion, in words for its owner. */
export function ingestionErrorOf(error: unknown): IngestionError {
  if (error instanceof WorkerDied) {
    return { code: 'WORKER_DIED', message: `The worker died ${error.attempts} times while it had this content alone in hand. Try it again by hand, or leave it as bytes.`, retryable: false };
  }
  if (error instanceof ExtractionError) return { code: error.code, message: error.message, retryable: error.retryable };
  if (isStrataError(error)) {
    if (error.code === 'DEPENDENCY_UNAVAILABLE') return { code: 'DEPENDENCY_UNAVAILABLE', message: error.message, retryable: true };
    if (isRefusedByStore(error)) return { code: 'INTERNAL', message: error.message, retryable: false };
    if (error.code === 'NOT_CONFIGURED') return { code: 'MODEL_UNAVAILABLE', message: error.message, retryable: false };
    if (error.code === 'NOT_FOUND') return { code: 'INTERNAL', message: 'The stored bytes of this object are missing. Upload them again.', retryable: false };
  }
  return { code: 'INTERNAL', message: 'Something went wrong here while this was processed. The operator finds it in the log under the ingestion\'s id.', retryable: true };
}

/**
 * A store answers, and what it answers holds until a person has changed a setting, or what lies there: another owner's collection,
 * vectors of other dimensions, a key that it does not take. A CONFLICT that names no store is somebody's who was faster, and passes.
 */
const isRefusedByStore = ({ code, extensions }: StrataError): boolean =>
  (code === 'NOT_CONFIGURED' || code === 'CONFLICT') && extensions.dependency !== undefined && extensions.dependency !== 'models';

/**
 * Attempts come in rounds of `maxAttempts`; `retryIngestion` begins the next one. A round that ended without a verdict, because
 * the worker died over its last attempt, is exhausted.
 */
export const isExhausted = (ingestion: { attempts: number; takenOver: boolean }, maxAttempts: number): boolean =>
  ingestion.takenOver && (ingestion.attempts - 1) % maxAttempts === 0;

/**
 * A worker has many in hand when it dies, and most of them are innocent. Whatever has been there at `maxAttempts` deaths is worked
 * on alone from then on, until it has a verdict.
 */
export const isSuspect = (ingestion: { attempts: number; takenOver: boolean; runsAlone: number }, maxAttempts: number): boolean =>
  ingestion.takenOver && (ingestion.runsAlone > 0 || isExhausted(ingestion, maxAttempts));

/** A process may also be ended from outside while it has one alone in hand; twice in a row is no chance. */
export const MOST_RUNS_ALONE = 2;

/**
 * A store outside this process does not answer: it comes back, and the content that waits for it did nothing wrong. Not so the
 * models, which are within this process: there the content itself may be what takes them down. Nor a statement that took too long,
 * as the content itself may be why.
 */
export const isOutage = (failure: unknown): boolean => isUnavailable(failure) && failure.extensions.dependency !== 'models' && !isTimeout(failure);

const OUTAGE_PATIENCE_MS = 24 * 3600 * 1000;

/** In how many seconds a failed attempt is followed by the next; null: it was the last of its round. An outage ends no round for a day. */
export function nextAttemptIn(
  { attempts, createdAt }: { attempts: number; createdAt: Date },
  failure: unknown,
  maxAttempts: number,
  now: number = Date.now(),
): number | null {
  if (isOutage(failure) && now - createdAt.getTime() < OUTAGE_PATIENCE_MS) return retryDelaySeconds(Math.min(attempts, LONGEST_OUTAGE_STEP));
  return ingestionErrorOf(failure).retryable && attempts % maxAttempts !== 0 ? retryDelaySeconds(attempts) : null;
}

/** Between 16 and 32 s: a store that is back is not waited for much longer. */
const LONGEST_OUTAGE_STEP = 3;
const FIRST_DELAY_SECONDS = 2;
const LONGEST_DELAY_SECONDS = 300;

/** Exponential, with full jitter in its upper half. @param attempts how many there were, from 1 */
export function retryDelaySeconds(attempts: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 4 ** (attempts - 1));
  return ceiling / 2 + (random() * ceiling) / 2;
}
