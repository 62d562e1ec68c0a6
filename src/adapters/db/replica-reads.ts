import { isStrataError } from '../../domain/errors.js';
import type { Repositories } from '../../ports/database.port.js';

/**
 * Lists, counts, figures and facets, which show a moment in any case. Never what a decision rests on (twins, generations, sagas,
 * leases), what a caller reads back after writing it (objects by id), or what another store's answer is checked against.
 */
const FROM_REPLICA = {
  objects: ['page', 'count'],
  annotations: ['page', 'count', 'pagesOfObjects', 'countOfObjects'],
  aggregations: ['page', 'count', 'pagesOfObjects', 'countOfObjects', 'sourcesOf', 'countSources'],
  ingestions: ['page', 'count'],
  facets: ['count'],
} as const satisfies { [Name in keyof Repositories]?: readonly (keyof Repositories[Name])[] };

/** The primary's repositories, some of whose reads go to the replica first, and to the primary while that is out of reach. */
export function readingFromReplica(primary: Repositories, replica: Repositories): Repositories {
  const split = <Name extends keyof typeof FROM_REPLICA>(name: Name) => divided(primary[name], replica[name], FROM_REPLICA[name] as readonly string[]);
  return {
    ...primary,
    objects: split('objects'), annotations: split('annotations'), aggregations: split('aggregations'), ingestions: split('ingestions'), facets: split('facets'),
  };
}

type Method = (...args: unknown[]) => Promise<unknown>;

function divided<Repository extends object>(primary: Repository, replica: Repository, methods: readonly string[]): Repository {
  return new Proxy(primary, {
    get(target, name) {
      const own: unknown = Reflect.get(target, name);
      if (typeof own !== 'function') return own;
      const fromPrimary = (own as Method).bind(target);
      if (!methods.includes(String(name))) return fromPrimary;
      const fromReplica = (Reflect.get(replica, name) as Method).bind(replica);
      return async (...args: unknown[]) => {
        try {
          return await fromReplica(...args);
        } catch (error) {
          if (!isStrataError(error) || error.code !== 'DEPENDENCY_UNAVAILABLE') throw error;
          return fromPrimary(...args);
        }
      };
    },
  });
}
