import type { DueObject } from '../../../ports/repositories/due-object.port.js';
import type { SqlClient } from '../../../ports/sql.port.js';

/** Tables of notes, one an object, whose `noted` is raised with each reason. */
type DueTable = 'comparisons_due' | 'saved_searches_due';

export interface DueRow extends Record<string, unknown> {
  tenant_id: string;
  object_id: string;
  noted: string | number;
}

export const toDue = (row: DueRow): DueObject => ({ tenantId: row.tenant_id, objectId: row.object_id, noted: Number(row.noted) });

/** Takes away those that were not raised since they were read. */
export async function settleDue(sql: SqlClient, table: DueTable, notes: readonly DueObject[]): Promise<void> {
  await sql.query(
    `DELETE FROM ${table} d USING unnest($1::uuid[], $2::bigint[]) AS n (object_id, noted) WHERE d.object_id = n.object_id AND d.noted = n.noted`,
    [notes.map(({ objectId }) => objectId), notes.map(({ noted }) => noted)],
  );
}
