import type { Json } from '../../../domain/model.js';
import type { FacetBucket, FacetField, FacetRepository, FacetRequest } from '../../../ports/repositories/facet.repository.port.js';
import { SqlParams, type SqlClient } from '../../../ports/sql.port.js';
import { storableText } from '../metadata-condition-sql.js';

export class SqlFacetRepository implements FacetRepository {
  constructor(private readonly sql: SqlClient) {}

  async count(tenantId: string, objectIds: readonly string[], requests: readonly FacetRequest[]): Promise<FacetBucket[][]> {
    const buckets = requests.map((): FacetBucket[] => []);
    if (objectIds.length === 0 || requests.length === 0) return buckets;
    const params = new SqlParams();
    const candidates = `SELECT o.id, o.tenant_id, o.object_type, o.mime_type, o.metadata, o.facts FROM data_objects o
       WHERE o.tenant_id = ${params.add(tenantId)} AND o.id = ANY(${params.add(objectIds)}::uuid[])`;
    const counts = requests.map(
      ({ field, limit }, index) => `(SELECT ${index} AS facet, counted.value, count(*) AS count, row_number() OVER (ORDER BY count(*) DESC, counted.value) AS place
         FROM (${valuesSql(field, params)}) AS counted GROUP BY counted.value ORDER BY place LIMIT ${params.add(limit)}::int)`,
    );
    const rows = await this.sql.query<{ facet: number; value: Json; count: number }>(
      `WITH candidate AS MATERIALIZED (${candidates}) SELECT facet, value, count FROM (${counts.join(' UNION ALL ')}) AS facets ORDER BY facet, place`,
      params.values,
    );
    for (const row of rows) buckets[row.facet]!.push({ value: row.value, count: Number(row.count) });
    return buckets;
  }
}

const ANNOTATIONS = 'candidate c JOIN annotations a ON a.object_id = c.id AND a.tenant_id = c.tenant_id AND NOT a.is_deleted';

/** One row for each object and value that it has, in the column `value`. */
function valuesSql(field: FacetField, params: SqlParams): string {
  switch (field.kind) {
    case 'type':
      return 'SELECT to_jsonb(c.object_type) AS value FROM candidate c';
    case 'mimeType':
      return 'SELECT to_jsonb(c.mime_type) AS value FROM candidate c';
    case 'annotatorId':
      return `SELECT DISTINCT c.id, to_jsonb(a.annotator_id) AS value FROM ${ANNOTATIONS}`;
    case 'label':
      return `SELECT DISTINCT c.id, item -> 'label' AS value FROM ${ANNOTATIONS}
                CROSS JOIN LATERAL (SELECT a.content -> CASE a.annotation_type WHEN 'CLASSIFICATION' THEN 'labels' WHEN 'DETECTION' THEN 'boxes' END AS list) AS listed
                CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(listed.list) WHEN 'array' THEN listed.list ELSE '[]' END) AS item
               WHERE jsonb_typeof(item -> 'label') = 'string'`;
    case 'metadata':
    case 'facts':
      return valuesAtSql(`c.${field.kind}`, field.path, params);
  }
}

function valuesAtSql(document: string, path: readonly string[], params: SqlParams): string {
  const reachable = path.every((step) => storableText(step) !== null);
  const place = reachable ? `${document} #> ${params.add(path)}::text[]` : 'NULL::jsonb';
  return `SELECT DISTINCT c.id, item AS value FROM candidate c
            CROSS JOIN LATERAL (SELECT ${place} AS found) AS at
            CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(at.found) WHEN 'array' THEN at.found ELSE jsonb_build_array(at.found) END) AS item
           WHERE jsonb_typeof(item) <> 'null'`;
}
