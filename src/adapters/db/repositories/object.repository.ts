import { conflict, notFound } from '../../../domain/errors.js';
import type { ObjectFilter } from '../../../domain/filters.js';
import type { DataObject, JsonObject, ObjectStatus } from '../../../domain/model.js';
import type { ObjectOrderField } from '../../../domain/operations.js';
import type { KeysetQuery } from '../../../ports/repositories/keyset.js';
import type { NewObject, ObjectRepository, ObjectText } from '../../../ports/repositories/object.repository.port.js';
import { SqlError, SqlParams, type SqlClient } from '../../../ports/sql.port.js';
import { compileObjectFilter } from '../filter-sql.js';
import { countRows } from './counting.js';
import { keysetSql, type OrderColumn } from './keyset-sql.js';
import { OBJECT_COLUMNS, toObject, type AnyRow } from './rows.js';

const UNIQUE_VIOLATION = '23505';

const ORDER: Record<ObjectOrderField, OrderColumn> = {
  CREATED_AT: { column: 'o.created_at', type: 'timestamptz', nullable: false },
  UPDATED_AT: { column: 'o.updated_at', type: 'timestamptz', nullable: false },
  FILE_SIZE: { column: 'o.file_size_bytes', type: 'bigint', nullable: false },
  FILENAME: { column: 'o.filename', type: 'text', nullable: true },
};

export class SqlObjectRepository implements ObjectRepository {
  constructor(
    private readonly sql: SqlClient,
    private readonly transact: <T>(work: (sql: SqlClient) => Promise<T>) => Promise<T>,
  ) {}

  async findByIds(tenantId: string, ids: readonly string[]): Promise<DataObject[]> {
    return this.select('o.tenant_id = $1 AND o.id = ANY($2::uuid[])', [tenantId, ids]);
  }

  async lockByIds(tenantId: string, ids: readonly string[]): Promise<DataObject[]> {
    return this.select('o.tenant_id = $1 AND o.id = ANY($2::uuid[]) ORDER BY o.id FOR UPDATE', [tenantId, ids]);
  }

  async findLiveByHashes(tenantId: string, hashes: readonly string[]): Promise<DataObject[]> {
    return this.select('o.tenant_id = $1 AND o.content_hash = ANY($2::text[]) AND NOT o.is_deleted', [tenantId, hashes]);
  }

  async page(tenantId: string, filter: ObjectFilter | null, query: KeysetQuery<ObjectOrderField>): Promise<DataObject[]> {
    const params = new SqlParams();
    const matching = this.matching(tenantId, filter, params);
    const keyset = keysetSql(ORDER[query.field], 'o.id', query, params);
    return this.select(`${matching} AND ${keyset.where} ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`, params.values);
  }

  async count(tenantId: string, filter: ObjectFilter | null, timeoutMs: number): Promise<number | null> {
    const params = new SqlParams();
    const matching = this.matching(tenantId, filter, params);
    return countRows(this.transact, timeoutMs, { table: 'data_objects', alias: 'o', tenantId, matching, params });
  }

  async matchingIds(tenantId: string, filter: ObjectFilter | null, limit: number, after?: string): Promise<string[]> {
    const params = new SqlParams();
    const matching = this.matching(tenantId, filter, params);
    const behind = after === undefined ? '' : `AND o.id > ${params.add(after)}::uuid`;
    const rows = await this.sql.query<{ id: string }>(
      `SELECT o.id FROM data_objects o WHERE ${matching} ${behind} ORDER BY o.id LIMIT ${params.add(limit)}::int`,
      params.values,
    );
    return rows.map((row) => row.id);
  }

  async sift(tenantId: string, filter: ObjectFilter | null, ids: readonly string[], rowsOfFirst: number): Promise<{ others: Set<string>; rows: DataObject[] }> {
    if (ids.length === 0) return { others: new Set(), rows: [] };
    const params = new SqlParams();
    // Of what a search found nearly all matches: so what comes back are the few others, and the rows of a page.
    const rows = await this.sql.query<AnyRow>(
      `SELECT asked.id AS asked, ${OBJECT_COLUMNS()}
         FROM unnest(${params.add(ids)}::uuid[]) WITH ORDINALITY AS asked (id, place)
         LEFT JOIN data_objects o ON o.id = asked.id AND ${this.matching(tenantId, filter, params)}
        WHERE o.id IS NULL OR asked.place <= ${params.add(rowsOfFirst)}::int
        ORDER BY asked.place`,
      params.values,
    );
    const [others, matching] = [rows.filter((row) => row.id === null), rows.filter((row) => row.id !== null)];
    return { others: new Set(others.map((row) => row.asked)), rows: matching.map(toObject) };
  }

  async insertMissing(objects: readonly NewObject[]): Promise<DataObject[]> {
    const rows = await this.sql.query<AnyRow>(
      `INSERT INTO data_objects AS o (id, tenant_id, object_type, status, content_hash, storage_location, filename, mime_type, file_size_bytes, metadata, created_at, updated_at)
       SELECT n.id, n.tenant_id, n.object_type, 'PROCESSING', n.content_hash, n.storage_location, n.filename, n.mime_type, n.file_size, n.metadata::jsonb, now(), now()
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[])
              AS n (id, tenant_id, object_type, content_hash, storage_location, filename, mime_type, file_size, metadata)
        ORDER BY n.tenant_id, n.content_hash
       ON CONFLICT (tenant_id, content_hash) WHERE NOT is_deleted DO NOTHING
       RETURNING ${OBJECT_COLUMNS()}`,
      [
        objects.map((object) => object.id), objects.map((object) => object.tenantId), objects.map((object) => object.type),
        objects.map((object) => object.contentHash), objects.map((object) => object.storageKey), objects.map((object) => object.filename),
        objects.map((object) => object.mimeType), objects.map((object) => object.fileSize), objects.map((object) => JSON.stringify(object.metadata)),
      ],
    );
    return rows.map(toObject);
  }

  async update(tenantId: string, id: string, change: Parameters<ObjectRepository['update']>[2]): Promise<DataObject> {
    const params = new SqlParams();
    const set = ['updated_at = now()'];
    const assign = (column: string, value: unknown, cast: string) => {
      if (value !== undefined) set.push(`${column} = ${params.add(value)}::${cast}`);
    };
    assign('metadata', change.metadata === undefined ? undefined : JSON.stringify(change.metadata), 'jsonb');
    assign('filename', change.filename, 'text');
    assign('is_deleted', change.isDeleted, 'boolean');
    assign('object_type', change.type, 'text');
    assign('content_hash', change.contentHash, 'text');
    assign('storage_location', change.storageKey, 'text');
    assign('mime_type', change.mimeType, 'text');
    assign('file_size_bytes', change.fileSize, 'bigint');
    assign('status', change.status, 'text');
    if (change.raiseVersion) set.push('version = version + 1');
    try {
      const rows = await this.sql.query<AnyRow>(
        `UPDATE data_objects o SET ${set.join(', ')} WHERE o.tenant_id = ${params.add(tenantId)} AND o.id = ${params.add(id)}::uuid RETURNING ${OBJECT_COLUMNS()}`,
        params.values,
      );
      if (!rows[0]) throw notFound('DataObject', id);
      return toObject(rows[0]);
    } catch (error) {
      if (error instanceof SqlError && error.sqlState === UNIQUE_VIOLATION) {
        throw conflict('Another object, not in the bin, has the same content. Delete that one first.', ['id']);
      }
      throw error;
    }
  }

  async setStatus(tenantId: string, ids: readonly string[], status: ObjectStatus): Promise<DataObject[]> {
    const rows = await this.sql.query<AnyRow>(
      `UPDATE data_objects o SET status = $3, updated_at = now() WHERE o.tenant_id = $1 AND o.id = ANY($2::uuid[]) RETURNING ${OBJECT_COLUMNS()}`,
      [tenantId, ids, status],
    );
    return rows.map(toObject);
  }

  async saveExtraction(tenantId: string, items: readonly { objectId: string; facts: JsonObject; text: ObjectText | null }[]): Promise<void> {
    const texts = items.flatMap((item) => (item.text === null ? [] : [item.text]));
    const facts = this.sql.query(
      `UPDATE data_objects o SET facts = n.facts::jsonb FROM unnest($2::uuid[], $3::text[]) AS n (id, facts)
        WHERE o.tenant_id = $1 AND o.id = n.id`,
      [tenantId, items.map((item) => item.objectId), items.map((item) => JSON.stringify(item.facts))],
    );
    const written = this.sql.query(
      `WITH gone AS (DELETE FROM object_texts WHERE tenant_id = $1 AND object_id = ANY($2::uuid[]) AND NOT object_id = ANY($3::uuid[]))
       INSERT INTO object_texts (object_id, tenant_id, text, pages, blocks)
       SELECT n.id, $1, n.text, n.pages::jsonb, n.blocks::jsonb FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[]) AS n (id, text, pages, blocks)
       ON CONFLICT (object_id) DO UPDATE SET text = excluded.text, pages = excluded.pages, blocks = excluded.blocks`,
      [
        tenantId, items.map((item) => item.objectId), texts.map((text) => text.objectId),
        // PostgreSQL's text holds every character but U+0000, which means nothing to a reader.
        texts.map((text) => text.text.replaceAll('\0', ' ')), texts.map((text) => JSON.stringify(text.pages)),
        texts.map((text) => JSON.stringify(text.blocks)),
      ],
    );
    await Promise.all([facts, written]);
  }

  async findTexts(tenantId: string, ids: readonly string[]): Promise<ObjectText[]> {
    const rows = await this.sql.query<{ object_id: string; text: string; pages: ObjectText['pages']; blocks: ObjectText['blocks'] }>(
      'SELECT object_id, text, pages, blocks FROM object_texts WHERE tenant_id = $1 AND object_id = ANY($2::uuid[])',
      [tenantId, ids],
    );
    return rows.map((row) => ({ objectId: row.object_id, text: row.text, pages: row.pages, blocks: row.blocks }));
  }

  async findTextsWithin(tenantId: string, ids: readonly string[], maxBytes: number): Promise<Map<string, string> | null> {
    // A text's length is known without reading it.
    const rows = await this.sql.query<{ object_id: string; text: string | null }>(
      `SELECT object_id, CASE WHEN sum(octet_length(text)) OVER () <= $3::bigint THEN text END AS text
         FROM object_texts WHERE tenant_id = $1 AND object_id = ANY($2::uuid[])`,
      [tenantId, ids, maxBytes],
    );
    const texts = new Map<string, string>();
    for (const { object_id: id, text } of rows) {
      if (text === null) return null;
      texts.set(id, text);
    }
    return texts;
  }

  async delete(tenantId: string, id: string): Promise<void> {
    await this.sql.query('DELETE FROM data_objects WHERE tenant_id = $1 AND id = $2::uuid', [tenantId, id]);
  }

  async raiseGeneration(tenantId: string): Promise<number> {
    const rows = await this.sql.query<{ generation: number }>(
      `INSERT INTO tenant_generations (tenant_id) VALUES ($1)
       ON CONFLICT (tenant_id) DO UPDATE SET generation = tenant_generations.generation + 1 RETURNING generation`,
      [tenantId],
    );
    return Number(rows[0]!.generation);
  }

  async generation(tenantId: string): Promise<number> {
    const rows = await this.sql.query<{ generation: number }>('SELECT generation FROM tenant_generations WHERE tenant_id = $1', [tenantId]);
    return rows[0] ? Number(rows[0].generation) : 0;
  }

  private matching(tenantId: string, filter: ObjectFilter | null, params: SqlParams): string {
    const live = filter?.includeDeleted ? 'true' : 'NOT o.is_deleted';
    return `o.tenant_id = ${params.add(tenantId)} AND ${live} AND ${compileObjectFilter(filter, params, 'o')}`;
  }

  private async select(rest: string, values: readonly unknown[]): Promise<DataObject[]> {
    const rows = await this.sql.query<AnyRow>(`SELECT ${OBJECT_COLUMNS()} FROM data_objects o WHERE ${rest}`, values);
    return rows.map(toObject);
  }
}
