import type { FillSpec, LackingPassage, ObjectPlace } from '../../../ports/repositories/model-change.repository.port.js';
import { SqlParams, type SqlClient } from '../../../ports/sql.port.js';
import type { AnyRow } from './rows.js';

/** What is searched of the passages `p` of objects `o`: contents that are READY, and what captions and transcripts say, whatever the content is. */
const IS_SEARCHED = `p.kind <> 'fields' AND (o.status = 'READY' OR p.annotation_id IS NOT NULL)`;

/**
 * What a model has yet to embed. Each statement is put together of what the spec asks for, so that the planner sees plain conditions
 * that have indexes.
 */
export class ModelFillQueries {
  constructor(protected readonly sql: SqlClient) {}

  async objectsAfter(spec: FillSpec, after: string, limit: number): Promise<ObjectPlace[]> {
    const params = new SqlParams();
    const text = this.concerned(spec, params, `> ${params.add(after)}::uuid`);
    return (await this.sql.query<AnyRow>(`SELECT tenant_id, object_id FROM (${text}) AS found ORDER BY object_id LIMIT ${params.add(limit)}::int`, params.values)).map(toObject);
  }

  async countObjects(spec: FillSpec): Promise<number> {
    const params = new SqlParams();
    const [row] = await this.sql.query<{ count: string }>(`SELECT count(*) AS count FROM (${this.concerned(spec, params, 'IS NOT NULL')}) AS found`, params.values);
    return Number(row!.count);
  }

  async lackingPassages(spec: FillSpec, objectIds: readonly string[] | null, limit: number): Promise<LackingPassage[]> {
    if (!spec.passages) return [];
    const params = new SqlParams();
    const to = `${params.add(spec.to)}::text`;
    const among = objectIds === null ? '' : `AND p.object_id = ANY(${params.add(objectIds)}::uuid[])`;
    const other = spec.from === null ? '' : `JOIN embeddings a ON a.passage_id = p.id AND a.model_name = ${params.add(spec.from)}::text`;
    const rows = await this.sql.query<AnyRow>(
      `SELECT p.id, p.tenant_id, p.object_id, p.text, p.context, p.position, p.start_offset, p.end_offset, p.page, p.start_seconds, p.annotation_id, ${spec.from === null ? 'NULL::jsonb' : 'a.metadata'} AS details
         FROM passages p ${other} JOIN data_objects o ON o.id = p.object_id
        WHERE ${IS_SEARCHED} ${among}
          AND NOT EXISTS (SELECT FROM embeddings b WHERE b.passage_id = p.id AND b.model_name = ${to}) ${this.notGiven('p.object_id', spec, params)}
        ORDER BY p.object_id, p.position LIMIT ${params.add(limit)}::int`,
      params.values,
    );
    return rows.map(({ id, tenant_id: tenantId, object_id: objectId, text, context, details, ...place }) => ({ id, tenantId, objectId, annotationId: place.annotation_id, text, context, details: details ?? detailsOf(place) }));
  }

  async lackingMedia(spec: FillSpec, objectIds: readonly string[] | null, limit: number): Promise<ObjectPlace[]> {
    if (spec.media.length === 0) return [];
    const params = new SqlParams();
    const to = `${params.add(spec.to)}::text`;
    const rows = await this.sql.query<AnyRow>(
      `SELECT o.tenant_id, o.id AS object_id FROM data_objects o
        WHERE o.status = 'READY' AND o.object_type = ANY(${params.add(spec.media)}::text[]) ${objectIds === null ? '' : `AND o.id = ANY(${params.add(objectIds)}::uuid[])`}
          AND NOT EXISTS (SELECT FROM embeddings b WHERE b.object_id = o.id AND b.passage_id IS NULL AND b.model_name = ${to})
          ${spec.from === null ? '' : `AND EXISTS (SELECT FROM embeddings a WHERE a.object_id = o.id AND a.passage_id IS NULL AND a.model_name = ${params.add(spec.from)}::text)`}
          ${this.notGiven('o.id', spec, params)}
        ORDER BY o.id LIMIT ${params.add(limit)}::int`,
      params.values,
    );
    return rows.map(toObject);
  }

  async passagesWith(model: string, passageIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.sql.query<{ passage_id: string }>('SELECT passage_id FROM embeddings WHERE passage_id = ANY($2::uuid[]) AND model_name = $1', [model, passageIds]);
    return new Set(rows.map(({ passage_id: id }) => id));
  }

  async costs(spec: FillSpec): Promise<{ tenantId: string; objects: number; passages: number; media: number }[]> {
    const params = new SqlParams();
    const text =
      spec.from === null
        ? `SELECT tenant_id, count(*) AS objects, sum(passages) AS passages, sum(media) AS media FROM (
             SELECT o.tenant_id, o.id, ${spec.passages ? `(SELECT count(*) FROM passages p WHERE p.object_id = o.id AND ${IS_SEARCHED})` : '0'} AS passages,
                    (o.status = 'READY' AND o.object_type = ANY(${params.add(spec.media)}::text[]))::int AS media
               FROM data_objects o) AS each WHERE passages > 0 OR media > 0 GROUP BY tenant_id ORDER BY tenant_id`
        : `SELECT tenant_id, count(DISTINCT object_id) AS objects, count(passage_id) AS passages, count(DISTINCT object_id) FILTER (WHERE passage_id IS NULL) AS media
             FROM embeddings WHERE model_name = ${params.add(spec.from)}::text GROUP BY tenant_id ORDER BY tenant_id`;
    const rows = await this.sql.query<AnyRow>(text, params.values);
    return rows.map((row) => ({ tenantId: row.tenant_id, objects: Number(row.objects), passages: Number(row.passages), media: Number(row.media) }));
  }

  /** Objects, in a subquery of `tenant_id` and `object_id`, whose id is as `range` says. */
  private concerned({ from, passages, media }: FillSpec, params: SqlParams, range: string): string {
    if (from !== null) return `SELECT DISTINCT object_id, tenant_id FROM embeddings WHERE model_name = ${params.add(from)}::text AND object_id ${range}`;
    const kinds = [
      ...(passages ? [`EXISTS (SELECT FROM passages p WHERE p.object_id = o.id AND ${IS_SEARCHED})`] : []),
      ...(media.length > 0 ? [`(o.status = 'READY' AND o.object_type = ANY(${params.add(media)}::text[]))`] : []),
    ];
    return `SELECT o.id AS object_id, o.tenant_id FROM data_objects o WHERE o.id ${range} AND (${kinds.join(' OR ')})`;
  }

  private notGiven(objectId: string, { changeId }: FillSpec, params: SqlParams): string {
    return `AND NOT EXISTS (SELECT FROM model_change_gaps g WHERE g.change_id = ${params.add(changeId)}::uuid AND g.object_id = ${objectId})`;
  }
}

const toObject = (row: AnyRow): ObjectPlace => ({ tenantId: row.tenant_id, objectId: row.object_id });
/** As an ingestion notes it with an embedding, or for a caption or transcript the job that makes its passages. */
const detailsOf = ({ position, start_offset: start, end_offset: end, page, annotation_id: annotationId, start_seconds: startSeconds }: AnyRow) =>
  annotationId === null ? { passage: { position, start, end, page } } : { annotationId, ...(startSeconds === null ? {} : { startSeconds }) };
