import type { ChangeKind } from '../../../domain/model.js';
import type { ChangeEvent, EventRepository, ObjectState } from '../../../ports/repositories/ledger.repository.port.js';
import type { SqlClient } from '../../../ports/sql.port.js';

interface EventRow {
  transaction: string;
  sequence: string;
  kind: ChangeKind;
  object_id: string;
  version: number | null;
  old_state: ObjectState | null;
  new_state: ObjectState | null;
  matches: ChangeEvent['matches'];
  occurred_at: Date;
}

/**
 * Positions are `transaction.sequence`. Transactions commit in another order than they take numbers, so events are read in
 * the order of their transactions, and only below the oldest one still under way: nothing can appear before what was read.
 */
export class SqlEventRepository implements EventRepository {
  constructor(private readonly sql: SqlClient) {}

  async append(events: readonly Omit<ChangeEvent, 'position' | 'occurredAt'>[]): Promise<void> {
    if (events.length === 0) return;
    await this.sql.query(
      `INSERT INTO events (tenant_id, kind, object_id, version, old_state, new_state, matches)
       SELECT n.tenant_id, n.kind, n.object_id, n.version, n.old_state::jsonb, n.new_state::jsonb, n.matches::jsonb
         FROM unnest($1::text[], $2::text[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[])
              AS n (tenant_id, kind, object_id, version, old_state, new_state, matches)`,
      [
        events.map((event) => event.tenantId), events.map((event) => event.kind), events.map((event) => event.objectId),
        events.map((event) => event.version), events.map((event) => event.before && JSON.stringify(event.before)),
        events.map((event) => event.after && JSON.stringify(event.after)), events.map((event) => (event.matches == null ? null : JSON.stringify(event.matches))),
      ],
    );
  }

  async readAfter(tenantId: string, position: string, limit: number): Promise<ChangeEvent[]> {
    const [transaction, sequence] = position.split('.');
    const rows = await this.sql.query<EventRow>(
      `SELECT transaction::text, sequence::text, kind, object_id, version, old_state, new_state, matches, occurred_at FROM events
        WHERE tenant_id = $1 AND (transaction, sequence) > ($2::text::xid8, $3::bigint)
          AND transaction < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY events.transaction, events.sequence LIMIT $4::int`,
      [tenantId, transaction, sequence, limit],
    );
    return rows.map((row) => ({
      position: `${row.transaction}.${row.sequence}`, tenantId, kind: row.kind, objectId: row.object_id, version: row.version,
      before: row.old_state, after: row.new_state, ...(row.matches === null ? {} : { matches: row.matches }), occurredAt: row.occurred_at,
    }));
  }

  async head(tenantId: string): Promise<string> {
    // Up to the horizon everything is committed and readable; what is under way now lies behind it.
    const rows = await this.sql.query<{ transaction: string; sequence: string }>(
      `SELECT transaction::text, sequence::text FROM events
        WHERE tenant_id = $1 AND transaction < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY events.transaction DESC, events.sequence DESC LIMIT 1`,
      [tenantId],
    );
    return rows[0] ? `${rows[0].transaction}.${rows[0].sequence}` : '0.0';
  }

  async isKept(tenantId: string, position: string, keepSeconds: number): Promise<boolean> {
    const [transaction, sequence] = position.split('.');
    if (position === '0.0') {
      // The place before everything: right as long as nothing was pruned.
      const first = await this.sql.query<{ first: string | null }>('SELECT min(sequence)::text AS first FROM events', []);
      return first[0]!.first === null || first[0]!.first === '1';
    }
    const rows = await this.sql.query<{ kept: boolean }>(
      `SELECT occurred_at > now() - make_interval(secs => $4::float8) AS kept FROM events
        WHERE tenant_id = $1 AND transaction = $2::text::xid8 AND sequence = $3::bigint`,
      [tenantId, transaction, sequence, keepSeconds],
    );
    return rows[0]?.kept ?? false;
  }

  async prune(keepSeconds: number): Promise<number> {
    const rows = await this.sql.query('DELETE FROM events WHERE occurred_at < now() - make_interval(secs => $1::float8) RETURNING sequence', [keepSeconds]);
    return rows.length;
  }
}
