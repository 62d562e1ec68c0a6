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

/**
 * An error as the client may see it: code, message, path in the input, and nothing of the inside. What is not known is
 * logged with the request id and masked.
 */
export function toPublicError(error: unknown, scope: ErrorScope): GraphQLFormattedError {
  const cause = originOf(error);
  const where = error instanceof GraphQLError ? placeOf(error) : {};
  if (isStrataError(cause) && cause.code !== 'INTERNAL_SERVER_ERROR') {
    if (cause.cause !== undefined) scope.log.warn({ err: cause.cause, requestId: scope.requestId, code: cause.code }, cause.message);
    return { message: cause.message, ...where, extensions: publicExtensions(cause) };
  }
  if (cause instanceof GraphQLError) {
    const code = codeOf(cause);
    if (code !== null) return { message: cause.message, ...where, extensions: { code, ...inputPathOf(cause.message) } };
  }
  scope.log.error({ err: cause, requestId: scope.requestId, path: error instanceof GraphQLError ? error.path : undefined }, 'A request failed unexpectedly');
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
  if (error instanceof GraphQLError && ABOUT_A_VARIABLE.test(error.message)) return error;
  let origin = error;
  while (origin instanceof GraphQLError && origin.originalError) origin = origin.originalError;
  return origin;
}

function placeOf(error: GraphQLError): Pick<GraphQLFormattedError, 'locations' | 'path'> {
  return { ...(error.locations && { locations: error.locations }), ...(error.path && { path: error.path }) };
}

function publicExtensions(error: StrataError): Record<string, unknown> {
  return { ...error.extensions, code: error.code, ...(error.path.length > 0 && { path: error.path }) };
}

/** null for a fault of the inside. Errors that graphql-js makes itself about a document or its variables have no code. */
function codeOf(error: GraphQLError): ErrorCode | null {
  const code = error.extensions.code;
  if (code === undefined || code === 'INTERNAL_SERVER_ERROR') {
    const aboutTheRequest = error.path === undefined && (error.nodes !== undefined || error.source !== undefined);
    return aboutTheRequest || ABOUT_AN_ARGUMENT.test(error.message) ? 'BAD_USER_INPUT' : null;
  }
  if (typeof code !== 'string') return null;
  return CODE_OF_FRAMEWORK[code] ?? ERROR_CODES.find((known) => known === code) ?? null;
}

/** What graphql-js says when a value that a client sent does not fit; it gives no code. */
const ABOUT_A_VARIABLE = /^Variable "\$/;
const ABOUT_AN_ARGUMENT = /^Argument "/;
const AT_VARIABLE = /^Variable "\$([A-Za-z_0-9]+)" got invalid value (?:[\s\S]*? at "([^"\s]+)"; )?/;

/** graphql-js says `Variable "$input" got invalid value … at "input.items[3].size"; …`; clients get the path as a list. */
function inputPathOf(message: string): { path?: string[] } {
  const match = AT_VARIABLE.exec(message);
  if (!match) return {};
  return { path: (match[2] ?? match[1]!).split(/[.[\]]+/).filter((part) => part !== '') };
}
