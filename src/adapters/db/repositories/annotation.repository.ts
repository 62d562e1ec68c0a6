import { conflict, notFound } from '../../../domain/errors.js';
import type { AnnotationFilter } from '../../../domain/filters.js';
import type { Annotation } from '../../../domain/model.js';
import type { AnnotationRepository, NewAnnotation } from '../../../ports/repositories/annotation.repository.port.js';
import type { KeysetQuery } from '../../../ports/repositories/keyset.js';
import { SqlError, SqlParams, type SqlClient } from '../../../ports/sql.port.js';
import { compileAnnotationFilter } from '../filter-sql.js';
import { countRows, countWithin } from './counting.js';
import { CREATED_AT, keysetSql } from './keyset-sql.js';
import { ANNOTATION_COLUMNS, groupBy, toAnnotation, type AnyRow } from './rows.js';

const UNIQUE_VIOLATION = '23505';

const NEW_ROWS = `unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::float8[])
  AS n (id, tenant_id, object_id, annotator_id, annotation_type, content, confidence)`;
const newRowArrays = (annotations: readonly NewAnnotation[]) => [
  annotations.map((annotation) => annotation.id), annotations.map((annotation) => annotation.tenantId), annotations.map((annotation) => annotation.objectId),
  annotations.map((annotation) => annotation.annotatorId), annotations.map((annotation) => annotation.type),
  annotations.map((annotation) => JSON.stringify(annotation.content)), annotations.map((annotation) => annotation.confidence),
];

export class SqlAnnotationRepository implements AnnotationRepository {
  constructor(
    private readonly sql: SqlClient,
    private readonly transact: <T>(work: (sql: SqlClient) => Promise<T>) => Promise<T>,
  ) {}

  async findByIds(tenantId: string, ids: readonly string[]): Promise<Annotation[]> {
    return this.read(`SELECT ${ANNOTATION_COLUMNS()} FROM annotations a WHERE a.tenant_id = $1 AND a.id = ANY($2::uuid[])`, [tenantId, ids]);
  }

  async lock(tenantId: string, id: string): Promise<Annotation | null> {
    const rows = await this.read(`SELECT ${ANNOTATION_COLUMNS()} FROM annotations a WHERE a.tenant_id = $1 AND a.id = $2::uuid FOR UPDATE`, [tenantId, id]);
    return rows[0] ?? null;
  }

  async page(tenantId: string, filter: AnnotationFilter | null, query: KeysetQuery<'CREATED_AT'>): Promise<Annotation[]> {
    const params = new SqlParams();
    const matching = this.matching(tenantId, filter, params);
    const keyset = keysetSql(CREATED_AT('a'), 'a.id', query, params);
    return this.read(
      `SELECT ${ANNOTATION_COLUMNS()} FROM annotations a WHERE ${matching} AND ${keyset.where} ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`,
      params.values,
    );
  }

  async count(tenantId: string, filter: AnnotationFilter | null, timeoutMs: number): Promise<number | null> {
    const params = new SqlParams();
    const matching = this.matching(tenantId, filter, params);
    return countRows(this.transact, timeoutMs, { table: 'annotations', alias: 'a', tenantId, matching, params });
  }

  async pagesOfObjects(
    tenantId: string,
    objectIds: readonly string[],
    filter: AnnotationFilter | null,
    query: KeysetQuery<'CREATED_AT'>,
  ): Promise<Map<string, Annotation[]>> {
    const params = new SqlParams();
    const ids = params.add(objectIds);
    const matching = this.matching(tenantId, filter, params);
    const keyset = keysetSql(CREATED_AT('a'), 'a.id', query, params);
    const rows = await this.sql.query<AnyRow>(
      `SELECT ${ANNOTATION_COLUMNS('page')} FROM unnest(${ids}::uuid[]) AS wanted (id)
         CROSS JOIN LATERAL (SELECT ${ANNOTATION_COLUMNS()} FROM annotations a
                              WHERE a.object_id = wanted.id AND ${matching} AND ${keyset.where}
                              ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}) AS page`,
      params.values,
    );
    return groupBy(objectIds, rows, 'object_id', toAnnotation);
  }

  async countOfObjects(tenantId: string, objectIds: readonly string[], filter: AnnotationFilter | null, timeoutMs: number): Promise<Map<string, number> | null> {
    const params = new SqlParams();
    const text = `SELECT a.object_id, count(*) AS count FROM annotations a
                   WHERE a.object_id = ANY(${params.add(objectIds)}::uuid[]) AND ${this.matching(tenantId, filter, params)} GROUP BY a.object_id`;
    const rows = await countWithin<{ object_id: string; count: number }>(this.transact, timeoutMs, text, params.values);
    if (rows === null) return null;
    const counts = new Map(objectIds.map((id) => [id, 0]));
    for (const row of rows) counts.set(row.object_id, Number(row.count));
    return counts;
  }

  async insert(annotations: readonly NewAnnotation[]): Promise<Annotation[]> {
    return this.read(
      `INSERT INTO annotations AS a (id, tenant_id, object_id, annotator_id, annotation_type, content, confidence)
       SELECT n.id, n.tenant_id, n.object_id, n.annotator_id, n.annotation_type, n.content::jsonb, n.confidence FROM ${NEW_ROWS}
       RETURNING ${ANNOTATION_COLUMNS()}`,
      newRowArrays(annotations),
    );
  }

  async upsertSystem(annotations: readonly NewAnnotation[]): Promise<void> {
    if (annotations.length === 0) return;
    await this.sql.query(
      `INSERT INTO annotations (id, tenant_id, object_id, annotator_id, annotation_type, content, confidence)
       SELECT n.id, n.tenant_id, n.object_id, n.annotator_id, n.annotation_type, n.content::jsonb, n.confidence FROM ${NEW_ROWS}
       ON CONFLICT (tenant_id, object_id, annotator_id, annotation_type) WHERE annotator_id LIKE 'system:%' AND NOT is_deleted
       DO UPDATE SET content = excluded.content, confidence = excluded.confidence, updated_at = now()`,
      newRowArrays(annotations),
    );
  }

  async deleteSystem(tenantId: string, objectIds: readonly string[]): Promise<void> {
    await this.sql.query(`DELETE FROM annotations WHERE tenant_id = $1 AND object_id = ANY($2::uuid[]) AND annotator_id LIKE 'system:%'`, [tenantId, objectIds]);
  }

  async update(tenantId: string, id: string, change: Parameters<AnnotationRepository['update']>[2]): Promise<Annotation> {
    const params = new SqlParams();
    const set = ['updated_at = now()'];
    if (change.content !== undefined) set.push(`content = ${params.add(JSON.stringify(change.content))}::jsonb`);
    if (change.confidence !== undefined) set.push(`confidence = ${params.add(change.confidence)}::float8`);
    if (change.isDeleted !== undefined) set.push(`is_deleted = ${params.add(change.isDeleted)}::boolean`);
    if (change.raiseVersion) set.push('version = version + 1');
    try {
      const rows = await this.read(
        `UPDATE annotations a SET ${set.join(', ')} WHERE a.tenant_id = ${params.add(tenantId)} AND a.id = ${params.add(id)}::uuid RETURNING ${ANNOTATION_COLUMNS()}`,
        params.values,
      );
      if (!rows[0]) throw notFound('Annotation', id);
      return rows[0];
    } catch (error) {
      if (error instanceof SqlError && error.sqlState === UNIQUE_VIOLATION) {
        throw conflict('The same annotator has annotated the object anew since. Delete that annotation first.', ['id']);
      }
      throw error;
    }
  }

  async withoutPassages(tenantId: string, objectIds: readonly string[]): Promise<Annotation[]> {
    return this.read(
      `SELECT ${ANNOTATION_COLUMNS()} FROM annotations a
        WHERE a.tenant_id = $1 AND a.object_id = ANY($2::uuid[]) AND a.annotation_type IN ('CAPTION', 'TRANSCRIPTION') AND NOT a.is_deleted
          AND NOT EXISTS (SELECT FROM passages p WHERE p.annotation_id = a.id) ORDER BY a.id`,
      [tenantId, objectIds],
    );
  }

  async deadWithPassages(tenantId: string, objectIds: readonly string[]): Promise<string[]> {
    const rows = await this.sql.query<{ id: string }>(
      `SELECT DISTINCT a.id FROM passages p JOIN annotations a ON a.id = p.annotation_id
        WHERE p.tenant_id = $1 AND p.object_id = ANY($2::uuid[]) AND a.is_deleted`,
      [tenantId, objectIds],
    );
    return rows.map(({ id }) => id);
  }

  async countByObject(tenantId: string, objectId: string): Promise<number> {
    const rows = await this.sql.query<{ count: number }>('SELECT count(*) AS count FROM annotations WHERE tenant_id = $1 AND object_id = $2::uuid', [tenantId, objectId]);
    return Number(rows[0]!.count);
  }

  private matching(tenantId: string, filter: AnnotationFilter | null, params: SqlParams): string {
    const live = filter?.includeDeleted ? 'true' : 'NOT a.is_deleted';
    return `a.tenant_id = ${params.add(tenantId)} AND ${live} AND ${compileAnnotationFilter(filter, params, 'a')}`;
  }

  private async read(text: string, values: readonly unknown[]): Promise<Annotation[]> {
    return (await this.sql.query<AnyRow>(text, values)).map(toAnnotation);
  }
}
