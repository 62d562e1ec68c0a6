import { badInput } from '../../../domain/errors.js';
import type { SqlParams } from '../../../ports/sql.port.js';
import type { KeysetQuery } from '../../../ports/repositories/keyset.js';
import type { CursorKey } from '../../../domain/paging.js';

/** How an order field is read: its column, the type a cursor's value is cast to, and whether rows may lack it. */
export interface OrderColumn {
  column: string;
  type: 'timestamptz' | 'bigint' | 'text';
  nullable: boolean;
}

export const CREATED_AT = (alias: string): OrderColumn => ({ column: `${alias}.created_at`, type: 'timestamptz', nullable: false });

export interface KeysetSql {
  /** A boolean expression: strictly between the cursors. */
  where: string;
  orderBy: string;
  /** `limit + 1`, as a literal: it was checked to be a small integer. */
  limit: number;
}

/**
 * Rows strictly between two cursors over (order column, id), read forwards or backwards; nulls last in either direction of
 * the list. Row comparison where the column cannot be null, so that an index on (column, id) answers alone.
 */
export function keysetSql(order: OrderColumn, id: string, query: Omit<KeysetQuery<string>, 'field'>, params: SqlParams): KeysetSql {
  const conditions: string[] = [];
  if (query.after) conditions.push(beyond(order, id, query.after, query.direction, 'behind', params));
  if (query.before) conditions.push(beyond(order, id, query.before, query.direction, 'ahead', params));
  const direction = query.backward === (query.direction === 'ASC') ? 'DESC' : 'ASC';
  const nulls = order.nullable ? (query.backward ? ' NULLS FIRST' : ' NULLS LAST') : '';
  return {
    where: conditions.length > 0 ? conditions.join(' AND ') : 'true',
    orderBy: `${order.column} ${direction}${nulls}, ${id} ${direction}`,
    limit: query.limit + 1,
  };
}

function beyond(order: OrderColumn, id: string, key: CursorKey, direction: 'ASC' | 'DESC', side: 'behind' | 'ahead', params: SqlParams): string {
  // A cursor that this program wrote has the column's own kind of value; PostgreSQL would refuse another with an error of its own.
  if (!isOfType(order, key.value)) {
    const argument = side === 'behind' ? 'after' : 'before';
    throw badInput(`"${argument}" is not a cursor. Use "pageInfo.endCursor" or an edge's "cursor".`, [argument]);
  }
  const operator = (side === 'behind') === (direction === 'ASC') ? '>' : '<';
  const keyId = `${params.add(key.id)}::uuid`;
  if (key.value === null) {
    const sameNull = `(${order.column} IS NULL AND ${id} ${operator} ${keyId})`;
    return side === 'behind' ? sameNull : `(${order.column} IS NOT NULL OR ${sameNull})`;
  }
  const row = `(${order.column}, ${id}) ${operator} (${params.add(key.value)}::${order.type}, ${keyId})`;
  return order.nullable && side === 'behind' ? `(${row} OR ${order.column} IS NULL)` : row;
}

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

function isOfType({ type, nullable }: OrderColumn, value: CursorKey['value']): boolean {
  if (value === null) return nullable;
  if (type === 'bigint') return Number.isSafeInteger(value);
  if (typeof value !== 'string') return false;
  return type === 'text' ? !value.includes('\0') && value.isWellFormed() : MOMENT.test(value) && !Number.isNaN(Date.parse(value));
}
