import { dependencyUnavailable, internal, isStrataError, type StrataError } from '../../../domain/errors.js';
import { wrongSetting } from '../refusals.js';

/** A call that Pinecone answered with something else than success. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    cause: unknown,
  ) {
    super(`Pinecone answered ${status}.`, { cause });
    this.name = 'Refused';
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Refused && error.status === 404;
}

export function isTaken(error: unknown): boolean {
  return error instanceof Refused && error.status === 409;
}

/** Worth trying again: nobody answered, too many at once, or a fault over there. */
export function mayPass(error: unknown): boolean {
  return !isStrataError(error) && !(error instanceof Refused && error.status < 500 && error.status !== 429 && error.status !== 408);
}

/** What a failed call means in the words of the port. */
export function translated(error: unknown): StrataError {
  if (isStrataError(error)) return error;
  if (mayPass(error)) return dependencyUnavailable('vectors', error);
  switch ((error as Refused).status) {
    case 401:
      return misconfigured(
        'Pinecone refuses the key. Set "vector_database.pinecone.api_key" to a valid key of the project.',
        'vector_database.pinecone.api_key',
        error,
      );
    case 402:
      return misconfigured('Pinecone refuses until its bill is paid or its plan changed; see the console of Pinecone.', 'vector_database.pinecone.api_key', error);
    case 403:
      return misconfigured(
        'Pinecone refuses: the key lacks the right, or the project has reached a quota of its plan. Allow the one or raise the other in the console of Pinecone.',
        'vector_database.pinecone.api_key',
        error,
      );
    default:
      return internal('Pinecone did not accept a request.', error);
  }
}

export function misconfigured(message: string, setting: string, cause?: unknown): StrataError {
  return wrongSetting('Pinecone', setting, message, cause);
}
