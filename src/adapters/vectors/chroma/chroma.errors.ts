import {
  ChromaClientError,
  ChromaForbiddenError,
  ChromaNotFoundError,
  ChromaQuotaExceededError,
  ChromaRateLimitError,
  ChromaServerError,
  ChromaUnauthorizedError,
} from 'chromadb';
import { dependencyUnavailable, internal, isStrataError, type StrataError } from '../../../domain/errors.js';
import { wrongSetting } from '../refusals.js';
import type { ChromaOptions } from './chroma.options.js';

type Place = Pick<ChromaOptions, 'tenant' | 'database'>;

/** What a failed call means in the words of the port. Everything that may pass by itself is `DEPENDENCY_UNAVAILABLE`. */
export function translated(error: unknown, place: Place): StrataError {
  if (isStrataError(error)) return error;
  if (error instanceof ChromaUnauthorizedError || error instanceof ChromaForbiddenError) {
    return misconfigured(
      'Chroma refuses the key. Set "vector_database.chroma.api_key" to one that may read and write the database.',
      'vector_database.chroma.api_key',
      error,
    );
  }
  if (error instanceof ChromaQuotaExceededError) {
    return misconfigured(
      'Chroma refuses what goes beyond the quota of its plan. Raise the quota there, or choose another "vector_database.provider".',
      'vector_database.provider',
      error,
    );
  }
  if (error instanceof ChromaClientError && /Database \[.*\] does not exist/.test(error.message)) return missingPlace(place, error);
  // Nothing that waiting would mend.
  if (error instanceof ChromaClientError || error instanceof ChromaNotFoundError) return internal('Chroma did not accept a request.', error);
  return dependencyUnavailable('vectors', error);
}

export function isGone(error: unknown): boolean {
  return error instanceof ChromaNotFoundError;
}

/** Whoever answered is not able to at present. */
export function isFault(error: unknown): boolean {
  return error instanceof ChromaServerError || error instanceof ChromaRateLimitError;
}

export function missingPlace({ tenant, database }: Place, cause: unknown): StrataError {
  return misconfigured(
    `Chroma has no database "${database}" of a tenant "${tenant}". Make it there, or set "vector_database.chroma.tenant" and "vector_database.chroma.database" to one that exists.`,
    'vector_database.chroma.database',
    cause,
  );
}

export function misconfigured(message: string, setting: string, cause?: unknown): StrataError {
  return wrongSetting('Chroma', setting, message, cause);
}
