import { isTimeout, isUnavailable } from '../../domain/errors.js';
import type { Repositories } from '../../ports/database.port.js';
import { SqlError } from '../../ports/sql.port.js';
import { isConflict } from './engine/sql-errors.js';

/**
 * Lists, counts and figures, which show a moment in any case. Never what a decision rests on (twins, generations, sagas, leases, and the
 * annotations that a subscription's filter asks for), what a caller reads back after writing it (objects by id, and what was said of
 * them), what another store's answer is checked against, or what is kept beside it (facets).
 */
const FROM_REPLICA = {
  objects: ['page', 'count'],
  annotations: ['page', 'count'],
  aggregations: ['page', 'count', 'pagesOfObjects', 'countOfObjects', 'sourcesOf', 'countSources'],
  ingestions: ['page', 'count'],
} as const satisfies { [Name in keyof Repositories]?: readonly (keyof Repositories[Name])[] };

/** The primary's repositories, some of whose reads go to the replica first, and to the primary while that cannot answer. */
export function readingFromReplica(primary: Repositories, replica: Repositories): Repositories {
  const absence = new Absence();
  const split = <Name extends keyof typeof FROM_REPLICA>(name: Name) => divided(primary[name], replica[name], FROM_REPLICA[name] as readonly string[], absence);
  return {
    ...primary,
    objects: split('objects'), annotations: split('annotations'), aggregations: split('aggregations'), ingestions: split('ingestions'),
  };
}

type Method = (...args: unknown[]) => Promise<unknown>;

function divided<Repository extends object>(primary: Repository, replica: Repository, methods: readonly string[], absence: Absence): Repository {
  return new Proxy(primary, {
    get(target, name) {
      const own: unknown = Reflect.get(target, name);
      if (typeof own !== 'function') return own;
      const fromPrimary = (own as Method).bind(target);
      if (!methods.includes(String(name))) return fromPrimary;
      const fromReplica = (Reflect.get(replica, name) as Method).bind(replica);
      return async (...args: unknown[]) => {
        if (absence.isKnown) return fromPrimary(...args);
        const asked = performance.now();
        try {
          return await fromReplica(...args);
        } catch (error) {
          // It is there, and what was too much for it is not put upon the primary.
          if (isTimeout(error)) throw error;
          if (isUnavailable(error)) absence.noticed(asked);
          // A standby breaks reads off that what it has to replay gets in the way of.
          else if (!isConflict(error) && !isBehind(error)) throw error;
          return fromPrimary(...args);
        }
      };
    },
  });
}

/**
 * Classes of SQLSTATE by which a server lets nobody in (28) or has no such database, schema, table or column (3D, 3F, 42). A standby
 * that has yet to replay how they were made says so, and one with other rules for who may enter; where the statement itself is
 * wrong, the primary says the same. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const NOT_THERE = /^(28|3D|3F|42)/;

const isBehind = (error: unknown): boolean => error instanceof SqlError && NOT_THERE.test(error.sqlState);

/** To find out took longer than this: the next readers shall not all wait for it again. */
const LONG_MS = 500;
/** For so long the replica is then not asked. */
const LEFT_ALONE_MS = 10_000;

/** A server that refuses costs nothing to ask; one that says nothing costs each reader seconds. */
class Absence {
  private until = -Infinity;

  get isKnown(): boolean {
    return performance.now() < this.until;
  }

  noticed(asked: number): void {
    const now = performance.now();
    if (now - asked >= LONG_MS) this.until = now + LEFT_ALONE_MS;
  }
}

