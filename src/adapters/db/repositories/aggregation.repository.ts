import { notFound } from '../../../domain/errors.js';
import type { ObjectFilter } from '../../../domain/filters.js';
import type { Aggregation, AggregationType, DataObject, Json, JsonObject } from '../../../domain/model.js';
import type { AggregationRepository, TimelineField, TimelineInterval } from '../../../ports/repositories/aggregation.repository.port.js';
import type { KeysetQuery } from '../../../ports/repositories/keyset.js';
import { SqlParams, type SqlClient } from '../../../ports/sql.port.js';
import { compileObjectFilter } from '../filter-sql.js';
import { AggregationFigures } from './aggregation-figures.js';
import { countRows, countWithin } from './counting.js';
import { CREATED_AT, keysetSql } from './keyset-sql.js';
import type { PrismaReads } from './prisma-reads.js';
import { AGGREGATION_COLUMNS, groupBy, OBJECT_COLUMNS, toAggregation, toObject, type AnyRow } from './rows.js';

export class SqlAggregationRepository implements AggregationRepository {
  private readonly figures: AggregationFigures;

  constructor(
    private readonly sql: SqlClient,
    private readonly transact: <T>(work: (sql: SqlClient) => Promise<T>) => Promise<T>,
    private readonly reads: PrismaReads,
  ) {
    this.figures = new AggregationFigures(sql);
  }

  async findByIds(tenantId: string, ids: readonly string[]): Promise<Aggregation[]> {
    return this.reads.aggregations(tenantId, ids);
  }

  async page(tenantId: string, type: AggregationType | null, query: KeysetQuery<'CREATED_AT'>): Promise<Aggregation[]> {
    const params = new SqlParams();
    const matching = this.matching(tenantId, type, params);
    const keyset = keysetSql(CREATED_AT('g'), 'g.id', query, params);
    return this.read(
      `SELECT ${AGGREGATION_COLUMNS()} FROM aggregations g WHERE ${matching} AND ${keyset.where} ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}`,
      params.values,
    );
  }

  async count(tenantId: string, type: AggregationType | null, timeoutMs: number): Promise<number | null> {
    const params = new SqlParams();
    const matching = this.matching(tenantId, type, params);
    return countRows(this.transact, timeoutMs, { table: 'aggregations', alias: 'g', tenantId, matching, params });
  }

  async pagesOfObjects(tenantId: string, objectIds: readonly string[], query: KeysetQuery<'CREATED_AT'>): Promise<Map<string, Aggregation[]>> {
    const params = new SqlParams();
    const ids = params.add(objectIds);
    const tenant = params.add(tenantId);
    const keyset = keysetSql(CREATED_AT('g'), 'g.id', query, params);
    const rows = await this.sql.query<AnyRow>(
      `SELECT wanted.id AS wanted_id, ${AGGREGATION_COLUMNS('page')} FROM unnest(${ids}::uuid[]) AS wanted (id)
         CROSS JOIN LATERAL (SELECT ${AGGREGATION_COLUMNS()} FROM aggregation_sources s JOIN aggregations g ON g.id = s.aggregation_id
                              WHERE s.object_id = wanted.id AND g.tenant_id = ${tenant} AND ${keyset.where}
                              ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}) AS page`,
      params.values,
    );
    return groupBy(objectIds, rows, 'wanted_id', toAggregation);
  }

  async countOfObjects(tenantId: string, objectIds: readonly string[], timeoutMs: number): Promise<Map<string, number> | null> {
    return this.countSourceRows('object_id', tenantId, objectIds, timeoutMs);
  }

  async sourcesOf(tenantId: string, aggregationIds: readonly string[], query: KeysetQuery<'CREATED_AT'>): Promise<Map<string, DataObject[]>> {
    const params = new SqlParams();
    const ids = params.add(aggregationIds);
    const tenant = params.add(tenantId);
    const keyset = keysetSql(CREATED_AT('o'), 'o.id', query, params);
    const rows = await this.sql.query<AnyRow>(
      `SELECT wanted.id AS wanted_id, ${OBJECT_COLUMNS('page')} FROM unnest(${ids}::uuid[]) AS wanted (id)
         CROSS JOIN LATERAL (SELECT ${OBJECT_COLUMNS()} FROM aggregation_sources s JOIN data_objects o ON o.id = s.object_id
                              WHERE s.aggregation_id = wanted.id AND o.tenant_id = ${tenant} AND ${keyset.where}
                              ORDER BY ${keyset.orderBy} LIMIT ${keyset.limit}) AS page`,
      params.values,
    );
    return groupBy(aggregationIds, rows, 'wanted_id', toObject);
  }

  async countSources(tenantId: string, aggregationIds: readonly string[], timeoutMs: number): Promise<Map<string, number> | null> {
    return this.countSourceRows('aggregation_id', tenantId, aggregationIds, timeoutMs);
  }

  async insert(aggregation: Parameters<AggregationRepository['insert']>[0], sources: JsonObject): Promise<void> {
    await this.sql.query(
      `INSERT INTO aggregations (id, tenant_id, aggregation_type, sources, source_count, parameters, result, created_by)
       VALUES ($1::uuid, $2, $3, $4::jsonb, 0, $5::jsonb, 'null', $6)`,
      [
        aggregation.id, aggregation.tenantId, aggregation.type, JSON.stringify(sources), JSON.stringify(aggregation.parameters),
        aggregation.createdBy,
      ],
    );
  }

  async recordSources(tenantId: string, aggregationId: string, sources: { objectIds: readonly string[] } | { filter: ObjectFilter }): Promise<number> {
    const params = new SqlParams();
    const aggregation = params.add(aggregationId);
    const tenant = params.add(tenantId);
    const chosen = 'objectIds' in sources ? `o.id = ANY(${params.add(sources.objectIds)}::uuid[])` : matchingObjects(sources.filter, params);
    // The lock keeps a purge from taking a row away between its choice and the foreign key's look at it.
    const rows = await this.sql.query<{ count: number }>(
      `WITH recorded AS (
         INSERT INTO aggregation_sources (aggregation_id, object_id, tenant_id)
         SELECT ${aggregation}::uuid, o.id, o.tenant_id FROM data_objects o WHERE o.tenant_id = ${tenant} AND ${chosen} FOR KEY SHARE OF o
         RETURNING 1)
       SELECT count(*) AS count FROM recorded`,
      params.values,
    );
    return Number(rows[0]!.count);
  }

  async finish(tenantId: string, aggregationId: string, sourceCount: number, result: Json): Promise<Aggregation> {
    const rows = await this.read(
      `UPDATE aggregations g SET source_count = $3::int, result = $4::jsonb, computed_at = now()
        WHERE g.tenant_id = $1 AND g.id = $2::uuid RETURNING ${AGGREGATION_COLUMNS()}`,
      [tenantId, aggregationId, sourceCount, JSON.stringify(result)],
    );
    if (!rows[0]) throw notFound('Aggregation', aggregationId);
    return rows[0];
  }

  async delete(tenantId: string, id: string): Promise<boolean> {
    const rows = await this.sql.query('DELETE FROM aggregations WHERE tenant_id = $1 AND id = $2::uuid RETURNING id', [tenantId, id]);
    return rows.length > 0;
  }

  countByType(aggregationId: string) {
    return this.figures.countByType(aggregationId);
  }

  countAnnotations(aggregationId: string) {
    return this.figures.countAnnotations(aggregationId);
  }

  labelHistogram(aggregationId: string, limit: number) {
    return this.figures.labelHistogram(aggregationId, limit);
  }

  confidence(aggregationId: string) {
    return this.figures.confidence(aggregationId);
  }

  metadataStatistics(aggregationId: string, path: readonly string[], limit: number) {
    return this.figures.metadataStatistics(aggregationId, path, limit);
  }

  timeline(aggregationId: string, interval: TimelineInterval, field: TimelineField, limit: number) {
    return this.figures.timeline(aggregationId, interval, field, limit);
  }

  private async countSourceRows(column: 'object_id' | 'aggregation_id', tenantId: string, ids: readonly string[], timeoutMs: number): Promise<Map<string, number> | null> {
    const text = `SELECT s.${column} AS id, count(*) AS count FROM aggregation_sources s
                   WHERE s.${column} = ANY($1::uuid[]) AND s.tenant_id = $2 GROUP BY s.${column}`;
    const rows = await countWithin<{ id: string; count: number }>(this.transact, timeoutMs, text, [ids, tenantId]);
    if (rows === null) return null;
    const counts = new Map(ids.map((id) => [id, 0]));
    for (const row of rows) counts.set(row.id, Number(row.count));
    return counts;
  }

  private matching(tenantId: string, type: AggregationType | null, params: SqlParams): string {
    const tenancy = `g.tenant_id = ${params.add(tenantId)}`;
    return type === null ? tenancy : `${tenancy} AND g.aggregation_type = ${params.add(type)}`;
  }

  private async read(text: string, values: readonly unknown[]): Promise<Aggregation[]> {
    return (await this.sql.query<AnyRow>(text, values)).map(toAggregation);
  }
}

function matchingObjects(filter: ObjectFilter, params: SqlParams): string {
  return `${filter.includeDeleted ? 'true' : 'NOT o.is_deleted'} AND ${compileObjectFilter(filter, params, 'o')}`;
}
