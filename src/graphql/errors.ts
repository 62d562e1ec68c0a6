import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ERROR_CODES, isStrataError, StrataError, type ErrorCode } from '../domain/errors.js';
import { UserErrorType } from './errors/user-error.type.js';
import type { RequestLog } from './context.js';

export interface ErrorScope {
  requestId: string;
  log: RequestLog;
}

/** What the frameworks call it, and what the API does. */
const CODE_OF_FRAMEWORK: Record<string, ErrorCode> = {
  GRAPHQL_PARSE_FAILED: 'BAD_USER_INPUT',
  GRAPHQL_VALIDATION_FAILED: 'BAD_USER_INPUT',
  OPERATION_RESOLUTION_FAILURE: 'BAD_USER_INPUT',
  PERSISTED_QUERY_NOT_FOUND: 'BAD_USER_INPUT',
  PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_USER_INPUT',
  BAD_REQUEST: 'BAD_USER_INPUT',
  // type-graphql's word for a failed authorisation check.
  UNAUTHORIZED: 'FORBIDDEN',
};

/** An error that is public already, and prints as such. */
export class PublicError extends GraphQLError {
  /** @param http for Apollo Server: the status of an answer that has no data */
  constructor(
    readonly shown: GraphQLFormattedError,
    http?: { status: number },
  ) {
    super(shown.message, { extensions: { ...shown.extensions, ...(http && { http }) } });
  }

  override toJSON(): GraphQLFormattedError {
    return this.shown;
  }
}

/**
 * An error as the client may see it: code, message, path in the input, and nothing of the inside. What is not known is
 * logged with the request id and masked.
 */
export function toPublicError(error: unknown, scope: ErrorScope): GraphQLFormattedError {
  const origin = originOf(error);
  if (origin instanceof PublicError) return origin.shown;
  const where = error instanceof GraphQLError ? placeOf(error) : {};
  if (isStrataError(origin) && origin.code !== 'INTERNAL_SERVER_ERROR') {
    if (origin.cause !== undefined) scope.log.warn({ err: origin.cause, requestId: scope.requestId, code: origin.code }, origin.message);
    return { message: origin.message, ...where, extensions: publicExtensions(origin) };
  }
  if (error instanceof GraphQLError) {
    const code = codeOf(error, origin);
    if (code !== null) return { message: error.message, ...where, extensions: { code, ...inputPathOf(error.message) } };
  }
  scope.log.error({ err: origin, requestId: scope.requestId, ...('path' in where && { path: where.path }) }, 'A request failed unexpectedly');
  return { message: maskedMessage(scope.requestId), ...where, extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: scope.requestId } };
}

/** One item's failure in a list. @param prefix where the item stands, such as `['input', 3]` */
export function toUserError(error: StrataError, prefix: readonly (string | number)[], scope: ErrorScope): UserErrorType {
  const masked = error.code === 'INTERNAL_SERVER_ERROR';
  if (masked) scope.log.error({ err: error, requestId: scope.requestId }, 'An item of a list failed unexpectedly');
  const message = masked ? maskedMessage(scope.requestId) : error.message;
  return new UserErrorType(error.code, message, [...prefix.map(String), ...error.path]);
}

/** The same failure, where the thing that failed stands below `prefix` in the input. */
export function beneath(prefix: readonly string[], { code, message, path, extensions, cause }: StrataError): StrataError {
  return new StrataError(code, message, { path: [...prefix, ...path], extensions, cause });
}

const maskedMessage = (requestId: string) => `Something went wrong here. Tell the operator this request id: ${requestId}`;

/** graphql-js wraps what a resolver throws, Apollo once more; the innermost error says what happened. */
function originOf(error: unknown): unknown {
  let origin = error;
  while (origin instanceof GraphQLError && !(origin instanceof PublicError) && origin.originalError) origin = origin.originalError;
  return origin;
}

function placeOf(error: GraphQLError): Pick<GraphQLFormattedError, 'locations' | 'path'> {
  return { ...(error.locations && { locations: error.locations }), ...(error.path && { path: error.path }) };
}

function publicExtensions(error: StrataError): Record<string, unknown> {
  return { ...error.extensions, code: error.code, ...(error.path.length > 0 && { path: error.path }) };
}

/**
 * Of an error that graphql-js or Apollo made about the request; null for a fault of the inside. Both wrap errors into
 * errors, and only some have a code.
 */
function codeOf(error: GraphQLError, origin: unknown): ErrorCode | null {
  for (let at: unknown = error; at instanceof GraphQLError; at = at.originalError) {
    const code = String(at.extensions.code ?? '');
    const known = CODE_OF_FRAMEWORK[code] ?? ERROR_CODES.find((one) => one === code);
    if (known && known !== 'INTERNAL_SERVER_ERROR') return known;
  }
  if (ABOUT_A_VALUE.test(error.message)) return 'BAD_USER_INPUT';
  // Before a resolver ran there is no path, and what graphql-js finds wrong then is the document.
  const aboutTheDocument = origin instanceof GraphQLError && error.path === undefined && error.locations !== undefined;
  return aboutTheDocument ? 'BAD_USER_INPUT' : null;
}

/** How graphql-js, and Apollo's resolver of references, begin when a value that a client sent does not fit. */
const ABOUT_A_VALUE =
  /^(Variable "\$|Argument "|Expected value of type |The _entities resolver tried to load |Runtime Object type "\w+" is not a possible type for "_Entity")/;
const AT_VARIABLE = /^Variable "\$([A-Za-z_0-9]+)" (?:of (?:required|non-null) type |got invalid value (?:[\s\S]*? at "([^"\s]+)"; )?)/;

/** graphql-js says `Variable "$input" got invalid value … at "input.items[3].size"; …`; clients get the path as a list. */
function inputPathOf(message: string): { path?: string[] } {
  const match = AT_VARIABLE.exec(message);
  if (!match) return {};
  return { path: (match[2] ?? match[1]!).split(/[.[\]]+/).filter((part) => part !== '') };
}
