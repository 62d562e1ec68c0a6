import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTime, GraphQLJSON, GraphQLSafeInt, GraphQLURL } from 'graphql-scalars';

export const DateTimeScalar = new GraphQLScalarType<Date, string>({
  ...(GraphQLDateTime as GraphQLScalarType<Date, never>).toConfig(),
  // As text at once: an answer holds thousands, and JSON.stringify is slower with a Date in it.
  serialize: (value) => (value as Date).toISOString(),
  name: 'DateTime',
  description:
    'A moment in ISO 8601 (RFC 3339) with its offset, such as `2026-03-01T12:30:00.000Z`. Any offset is taken; answers are in UTC, to the millisecond.',
});

export const JsonScalar = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  name: 'JSON',
  description: 'Any JSON value: object, list, string, number, boolean or null.',
});

export const SafeIntScalar = new GraphQLScalarType({
  ...GraphQLSafeInt.toConfig(),
  name: 'SafeInt',
  description: 'An integer n with |n| ≤ 2^53 − 1, the largest that a JavaScript number holds exactly. Used for bytes.',
});

/** Links are made by the stores and were parsed there: they go out as they are, because a signature covers every character. */
export const UrlScalar = new GraphQLScalarType<string, string>({
  name: 'URL',
  description: 'An absolute URL. Use it unchanged: a signed one breaks when any character of it changes.',
  serialize: String,
  parseValue: (value) => String(GraphQLURL.parseValue(value)),
  parseLiteral: (node) => String(GraphQLURL.parseLiteral(node, {})),
});

const SHA256_HEX = /^[0-9a-f]{64}$/;

function sha256(value: unknown): string {
  const hash = typeof value === 'string' ? value.toLowerCase() : '';
  if (!SHA256_HEX.test(hash)) throw new GraphQLError('A SHA256 is a string of 64 hexadecimal digits.');
  return hash;
}

export const Sha256Scalar = new GraphQLScalarType<string, string>({
  name: 'SHA256',
  description: 'A SHA-256 digest as 64 hexadecimal digits. Upper case is accepted; answers are lower case.',
  serialize: String,
  parseValue: sha256,
  parseLiteral: (node) => sha256(node.kind === Kind.STRING ? node.value : null),
});
