import { GraphQLError, GraphQLScalarType } from 'graphql';
import { isStrataError } from '../domain/errors.js';

export type ResolverMap = Record<string, Record<string, unknown>>;
type Resolver = (...args: unknown[]) => unknown;

/**
 * graphql-js takes any error that has a list called `path` for one of its own, already placed, and then neither the
 * field nor the line would be told to the client. A StrataError's path is that of the input, so it goes out wrapped.
 */
export function guardResolvers(types: ResolverMap): ResolverMap {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, type instanceof GraphQLScalarType ? type : guardType(type)]));
}

const guardType = (fields: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, name === '__resolveType' ? field : guardField(field)]));

function guardField(field: unknown): unknown {
  if (typeof field === 'function') return guard(field as Resolver);
  if (typeof field !== 'object' || field === null) return field;
  const { subscribe, resolve } = field as { subscribe: Resolver; resolve: Resolver };
  return { subscribe: guard(subscribe), resolve: guard(resolve) };
}

const guard =
  (resolver: Resolver): Resolver =>
  (...args) => {
    try {
      const result = resolver(...args);
      return isPromise(result) ? result.then(undefined, rethrow) : result;
    } catch (error) {
      return rethrow(error);
    }
  };

function rethrow(error: unknown): never {
  throw isStrataError(error) ? new GraphQLError(error.message, { originalError: error }) : error;
}

const isPromise = (value: unknown): value is Promise<unknown> => typeof (value as { then?: unknown } | null)?.then === 'function';
