import { dependencyUnavailable, isStrataError, publicId, StrataError } from '../../../domain/errors.js';
import { inTheWay, wrongSetting } from '../refusals.js';

/** The client's errors are told apart by their names: it exports no classes. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What gRPC says in front of its messages. */
const grpcCodeOf = (error: unknown): string | null => / ([A-Z]+(?:_[A-Z]+)*): /.exec(textOf(error))?.[1] ?? null;
const httpStatusOf = (error: unknown): number | null =>
  nameOf(error) === 'WeaviateUnexpectedStatusCodeError' ? (error as { code: number }).code : null;

/** A tenant is made by its first write, the collection by the first of all: until then a reader finds nothing. */
export const isNothingThere = (error: unknown): boolean =>
  /tenant not found|could not find class/.test(textOf(error)) || httpStatusOf(error) === 404;

/** Somebody else was first: look again. */
export const isLostRace = (error: unknown): boolean => httpStatusOf(error) === 422;

/** The failure is the way's, not the request's: worth looking whether the server is there. */
export const isOutOfReach = (error: unknown): boolean =>
  isStrataError(error)
    ? error.code === 'DEPENDENCY_UNAVAILABLE'
    : error instanceof TypeError ||
      ['AbortError', 'WeaviateRequestTimeoutError', 'WeaviateGRPCUnavailableError'].includes(nameOf(error)) ||
      ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'].includes(grpcCodeOf(error) ?? '');

const SILENT = ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED', 'UNIMPLEMENTED'];

/** Whoever said this understood a search, whatever came of it. What a server of web pages says, the client makes a code of, too. */
export const isAnswerOverGrpc = (error: unknown): boolean =>
  grpcCodeOf(error) !== null && !SILENT.includes(grpcCodeOf(error)!) && !/Received HTTP status code/.test(textOf(error));

/** Weaviate's failures in Strata's words. Everything that is not about credentials means: it did not do it, perhaps later. */
export function translated(error: unknown): StrataError {
  if (isStrataError(error)) return error;
  if (nameOf(error) === 'WeaviateUnauthenticatedError' || grpcCodeOf(error) === 'UNAUTHENTICATED')
    return refused('Weaviate does not take the API key that is configured', error);
  if (nameOf(error) === 'WeaviateInsufficientPermissionsError' || grpcCodeOf(error) === 'PERMISSION_DENIED')
    return refused('Weaviate does not let the owner of the configured API key do what Strata needs', error);
  return dependencyUnavailable('vectors', error);
}

/**
 * What Weaviate says of an item that it takes at no time: a vector of another length than those that are there, a value of another
 * kind than its property. Anything else may pass: a store that is read-only or short of memory, a tenant that sleeps, a node that is away.
 */
const REFUSED_CONTENT = /vector dimensions do not match|has a vector with length|^invalid (object\b|\S+ property\b)/i;

export const isRefusedContent = (reason: string): boolean => REFUSED_CONTENT.test(reason);

/** @param record one of those that are not taken @param count of them all */
export const contentRefused = ({ id, objectId }: { id: string; objectId: string }, reason: string, count: number): StrataError =>
  inTheWay(
    `Weaviate does not take the record "${id}" of the object "${publicId('DataObject', objectId)}"${count > 1 ? `, and ${count - 1} more` : ''}: ${reason}. Ingest the object again; if it is refused again, "strata doctor" shows whether the collection is as Strata made it.`,
  );

/** Weaviate answers over HTTP, and not where it is searched. It may be on its way. */
export const noSearches = (port: number, cause: unknown): StrataError => {
  const setting = 'vector_database.weaviate.grpc_port';
  return new StrataError(
    'DEPENDENCY_UNAVAILABLE',
    `Weaviate is there, but does not answer over gRPC at port ${port}, where searches go. Set "${setting}" to the port that it has for gRPC.`,
    { extensions: { dependency: 'vectors', retryable: true, feature: 'Weaviate', setting }, cause },
  );
};

/** @param why what is not as Strata makes it, as the rest of a sentence */
export const notOurs = (collection: string, why: string): StrataError =>
  inTheWay(
    `The Weaviate collection "${collection}" was not made by this version of Strata: ${why}. Choose another "vector_database.weaviate.collection_prefix", or remove that collection.`,
  );

function refused(what: string, cause: unknown): StrataError {
  const setting = 'vector_database.weaviate.api_key';
  return wrongSetting('Weaviate', setting, `${what}. Set "${setting}" to a key that may read and write its collections.`, cause);
}
