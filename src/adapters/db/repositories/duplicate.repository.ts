import type { ObjectFilter } from '../../../domain/filters.js';
import type { NearKind } from '../../../domain/fingerprints.js';
import type { Annotation, DataObject } from '../../../domain/model.js';
import { DUPLICATE_TIERS, type DuplicateTier, type FoundDuplicate, type JudgedPair, type LeastSimilarity, type NearPair } from '../../../domain/near-duplicates.js';
import type { DueObject } from '../../../ports/repositories/due-object.port.js';
import type { DuplicateRepository } from '../../../ports/repositories/duplicate.repository.port.js';
import { SqlParams, type SqlClient } from '../../../ports/sql.port.js';
import { compileObjectFilter } from '../filter-sql.js';
import { settleDue, toDue, type DueRow } from './due-objects.js';
import { ANNOTATION_COLUMNS, OBJECT_COLUMNS, toAnnotation, toObject, type AnyRow } from './rows.js';

type Saved = Parameters<DuplicateRepository['save']>[1];

/** Of a pair `e` that is at its bound `l` or above: 0 there, 1 where the two are the same. */
const CLOSENESS = 'greatest(0, (e.similarity - l.least) / greatest(1 - l.least, 1e-6))';
/**
 * How far a fingerprint `f` is from what is `asked`: two pictures by the bits that differ; what has many bands, by those in common. By
 * chance alone so many others share one band in a large library that a copy is not among the first of them by any other order.
 */
const DISTANCE = `CASE f.kind
  WHEN 'PICTURE' THEN bit_count(('x' || f.value)::bit(64) # ('x' || asked.value)::bit(64))
  ELSE -(SELECT count(*) FROM (SELECT unnest(f.bands) INTERSECT SELECT unnest(asked.probes)) common) END`;
const leastOf = (models: string, bounds: string) => `unnest(${models}::text[], ${bounds}::float8[]) AS l (model_name, least)`;
const modelsOf = (least: readonly LeastSimilarity[]) => least.map(({ model }) => model ?? '');
const boundsOf = (least: readonly LeastSimilarity[]) => least.map(({ similarity }) => similarity);

export class SqlDuplicateRepository implements DuplicateRepository {
  constructor(private readonly sql: SqlClient) {}

  async due(limit: number): Promise<DueObject[]> {
    // What is not READY yet comes again by itself once it is; nobody waits for what failed.
    const rows = await this.sql.query<DueRow & { status: string }>(
      `SELECT d.tenant_id, d.object_id, d.noted, o.status FROM comparisons_due d JOIN data_objects o ON o.id = d.object_id ORDER BY d.noted LIMIT $1::int`,
      [limit],
    );
    const waiting = rows.filter(({ status }) => status !== 'READY');
    if (waiting.length > 0) await this.sql.query('DELETE FROM comparisons_due d USING data_objects o WHERE d.object_id = ANY($1::uuid[]) AND o.id = d.object_id AND o.status <> $2', [waiting.map((row) => row.object_id), 'READY']);
    const tenant = rows.find(({ status }) => status === 'READY')?.tenant_id;
    return rows.filter((row) => row.status === 'READY' && row.tenant_id === tenant).map(toDue);
  }

  settle(notes: readonly DueObject[]): Promise<void> {
    return settleDue(this.sql, 'comparisons_due', notes);
  }

  async save(tenantId: string, items: Saved): Promise<void> {
    const ids = items.map(({ objectId }) => objectId);
    const before = await this.sql.query<AnyRow>('DELETE FROM fingerprints WHERE tenant_id = $1 AND object_id = ANY($2::uuid[]) RETURNING object_id, kind, value', [tenantId, ids]);
    // What others found of an object that is the same as before still holds.
    const had = Map.groupBy(before.map(({ object_id, kind, value }) => ({ objectId: object_id as string, print: `${kind} ${value}` })), ({ objectId }) => objectId);
    const changed = items.filter(({ objectId, fingerprints }) => {
      const prints = new Set(had.get(objectId)?.map(({ print }) => print));
      return prints.size !== fingerprints.length || fingerprints.some(({ kind, value }) => !prints.has(`${kind} ${value}`));
    });
    if (changed.length > 0) await this.sql.query(`DELETE FROM near_duplicates WHERE tier = 'PERCEPTUAL' AND (older = ANY($1::uuid[]) OR younger = ANY($1::uuid[]))`, [changed.map(({ objectId }) => objectId)]);
    const rows = items.flatMap(({ objectId, contentHash, fingerprints }) => fingerprints.map((each) => ({ objectId, contentHash, ...each })));
    await this.sql.query(
      `INSERT INTO fingerprints (object_id, tenant_id, kind, value, bands)
       SELECT n.object_id, $1, n.kind, n.value, n.bands::integer[]
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[]) AS n (object_id, content_hash, kind, value, bands)
         JOIN data_objects o ON o.id = n.object_id AND o.tenant_id = $1 AND o.content_hash = n.content_hash
        ORDER BY n.object_id, n.kind
       ON CONFLICT (object_id, kind) DO UPDATE SET value = excluded.value, bands = excluded.bands`,
      [
        tenantId, rows.map(({ objectId }) => objectId), rows.map(({ contentHash }) => contentHash), rows.map(({ kind }) => kind),
        rows.map(({ value }) => value), rows.map(({ bands }) => `{${bands.join(',')}}`),
      ],
    );
  }

  async candidates(tenantId: string, asked: Parameters<DuplicateRepository['candidates']>[1], limit: number): ReturnType<DuplicateRepository['candidates']> {
    if (asked.length === 0) return [];
    const rows = await this.sql.query<{ object_id: string; kind: NearKind; other_id: string; value: string }>(
      `WITH asked AS MATERIALIZED (
         SELECT object_id, kind, value, probes::integer[] AS probes FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) AS n (object_id, kind, value, probes))
       SELECT asked.object_id, asked.kind, near.object_id AS other_id, near.value
         FROM asked
        CROSS JOIN LATERAL (
          SELECT f.object_id, f.value FROM fingerprints f
           WHERE f.bands && asked.probes AND f.kind IN ('PICTURE', 'FRAMES', 'WORDS', 'SOUND')
             AND f.tenant_id = $1 AND f.kind = asked.kind AND f.object_id <> asked.object_id
           ORDER BY ${DISTANCE}, f.object_id LIMIT $6::int) near`,
      [
        tenantId, asked.map(({ objectId }) => objectId), asked.map(({ kind }) => kind), asked.map(({ value }) => value),
        asked.map(({ probes }) => `{${probes.join(',')}}`), limit,
      ],
    );
    return rows.map((row) => ({ objectId: row.object_id, kind: row.kind, otherId: row.other_id, value: row.value }));
  }

  async keepFrom(bounds: Parameters<DuplicateRepository['keepFrom']>[0]): Promise<void> {
    await this.sql.query(
      `WITH asked AS (SELECT * FROM unnest($1::text[], $2::real[]) AS n (model_name, similarity)),
            known AS (
              INSERT INTO pairs_kept AS k (model_name, similarity) SELECT model_name, similarity FROM asked ORDER BY model_name
              ON CONFLICT (model_name) DO UPDATE SET similarity = excluded.similarity WHERE k.similarity <> excluded.similarity)
       INSERT INTO comparisons_due (object_id, tenant_id)
       SELECT DISTINCT e.object_id, e.tenant_id
         FROM asked LEFT JOIN pairs_kept before USING (model_name)
         JOIN embeddings e ON e.model_name = asked.model_name JOIN data_objects o ON o.id = e.object_id AND o.status = 'READY'
        WHERE asked.similarity < coalesce(before.similarity, 0.9::real) ORDER BY e.object_id
       ON CONFLICT (object_id) DO UPDATE SET noted = nextval('comparisons_due_noted_seq')`,
      [bounds.map(({ model }) => model), bounds.map(({ similarity }) => similarity)],
    );
  }

  async semanticPairs(tenantId: string, objectIds: readonly string[]): Promise<(NearPair & { model: string })[]> {
    const of = (side: string) => `SELECT e.older, e.younger, e.similarity, e.model_name AS model FROM near_duplicates e WHERE e.tenant_id = $1 AND e.tier = 'SEMANTIC' AND e.${side} = ANY($2::uuid[])`;
    return this.sql.query(`${of('older')} UNION ${of('younger')}`, [tenantId, objectIds]);
  }

  async removeSemanticPairs(tenantId: string, pairs: readonly (NearPair & { model: string })[]): Promise<void> {
    if (pairs.length === 0) return;
    await this.sql.query(
      `DELETE FROM near_duplicates e USING unnest($2::uuid[], $3::uuid[], $4::text[]) AS n (older, younger, model_name)
        WHERE e.tenant_id = $1 AND e.tier = 'SEMANTIC' AND e.older = n.older AND e.younger = n.younger AND e.model_name = n.model_name`,
      [tenantId, pairs.map(({ older }) => older), pairs.map(({ younger }) => younger), pairs.map(({ model }) => model)],
    );
  }

  async addPairs(tenantId: string, tier: 'PERCEPTUAL' | 'SEMANTIC', pairs: Parameters<DuplicateRepository['addPairs']>[2]): Promise<void> {
    const unique = [...new Map(pairs.map((pair) => [`${pair.older} ${pair.younger} ${pair.model ?? ''}`, pair])).values()];
    if (unique.length === 0) return;
    await this.sql.query(
      `INSERT INTO near_duplicates (older, younger, tenant_id, tier, model_name, similarity)
       SELECT n.older, n.younger, $1, $2, n.model_name, n.similarity
         FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::float8[]) AS n (older, younger, model_name, similarity)
         JOIN data_objects a ON a.id = n.older AND a.tenant_id = $1
         JOIN data_objects b ON b.id = n.younger AND b.tenant_id = $1
        ORDER BY n.older, n.younger, n.model_name
       ON CONFLICT (older, younger, tier, model_name) DO UPDATE SET similarity = excluded.similarity`,
      [
        tenantId, tier, unique.map(({ older }) => older), unique.map(({ younger }) => younger), unique.map(({ model }) => model ?? ''),
        unique.map(({ similarity }) => similarity),
      ],
    );
  }

  async elders(tenantId: string, tier: 'PERCEPTUAL' | 'SEMANTIC', { model, similarity }: LeastSimilarity, objectIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.sql.query<{ younger: string; older: string }>(
      `SELECT DISTINCT ON (e.younger) e.younger, e.older FROM near_duplicates e JOIN data_objects o ON o.id = e.older AND NOT o.is_deleted
        WHERE e.tenant_id = $1 AND e.tier = $2 AND e.model_name = $3 AND e.similarity >= $4::float8 - 1e-6 AND e.younger = ANY($5::uuid[])
        ORDER BY e.younger, e.older`,
      [tenantId, tier, model ?? '', similarity, objectIds],
    );
    return new Map(rows.map((row) => [row.younger, row.older]));
  }

  async equals(tenantId: string, tier: 'BYTES' | 'DECODED', filter: ObjectFilter | null, limit: number): Promise<string[][]> {
    const params = new SqlParams();
    const matching = this.matching(tenantId, filter, params, 'o');
    const [from, by] = tier === 'BYTES'
      ? ['data_objects o', 'o.content_hash']
      : [`data_objects o JOIN fingerprints f ON f.object_id = o.id AND f.kind IN ('PIXELS', 'SAMPLES', 'TEXT')`, 'f.kind, f.value'];
    const rows = await this.sql.query<{ ids: string[] }>(
      `SELECT array_agg(o.id::text ORDER BY o.id) AS ids FROM ${from} WHERE ${matching} GROUP BY ${by} HAVING count(*) > 1 LIMIT ${params.add(limit)}::int`,
      params.values,
    );
    return rows.map(({ ids }) => ids);
  }

  async pairs(tenantId: string, tier: 'PERCEPTUAL' | 'SEMANTIC', { filter, least, limit }: Parameters<DuplicateRepository['pairs']>[2]): Promise<JudgedPair[]> {
    const params = new SqlParams();
    const rows = await this.sql.query<JudgedPair>(
      `SELECT e.older, e.younger, e.similarity, ${CLOSENESS} AS closeness FROM near_duplicates e
         JOIN ${leastOf(params.add(modelsOf(least)), params.add(boundsOf(least)))} ON l.model_name = e.model_name AND e.similarity >= l.least - 1e-6
         JOIN data_objects a ON a.id = e.older AND ${this.matching(tenantId, filter, params, 'a')}
         JOIN data_objects b ON b.id = e.younger AND ${this.matching(tenantId, filter, params, 'b')}
        WHERE e.tenant_id = ${params.add(tenantId)} AND e.tier = ${params.add(tier)}
        ORDER BY e.older, e.younger LIMIT ${params.add(limit)}::int`,
      params.values,
    );
    return rows;
  }

  async ofObjects(tenantId: string, objectIds: readonly string[], { tiers, least, limit }: Parameters<DuplicateRepository['ofObjects']>[2]): Promise<FoundDuplicate[]> {
    const near = (own: string, other: string) =>
      `SELECT e.${own} AS object_id, e.${other} AS other_id, e.tier, e.similarity, nullif(e.model_name, '') AS model, ${CLOSENESS} AS closeness
         FROM near_duplicates e JOIN ${leastOf('$4', '$5')} ON l.model_name = e.model_name AND e.similarity >= l.least - 1e-6
        WHERE e.${own} = ANY($2::uuid[]) AND e.tier = ANY($3::text[])`;
    const rows = await this.sql.query<{ object_id: string; other_id: string; tier: DuplicateTier; similarity: number; model: string | null }>(
      `WITH found AS (
         SELECT f.object_id, t.object_id AS other_id, 'DECODED' AS tier, 1::real AS similarity, NULL AS model, 1::float8 AS closeness
           FROM fingerprints f JOIN fingerprints t ON t.tenant_id = f.tenant_id AND t.kind = f.kind AND t.value = f.value AND t.object_id <> f.object_id
          WHERE f.object_id = ANY($2::uuid[]) AND f.kind IN ('PIXELS', 'SAMPLES', 'TEXT') AND t.kind IN ('PIXELS', 'SAMPLES', 'TEXT') AND 'DECODED' = ANY($3::text[])
         UNION ALL
         SELECT o.id, t.id, 'BYTES', 1, NULL, 1 FROM data_objects o
           JOIN data_objects t ON t.tenant_id = o.tenant_id AND t.content_hash = o.content_hash AND t.id <> o.id
          WHERE o.id = ANY($2::uuid[]) AND 'BYTES' = ANY($3::text[])
         UNION ALL ${near('older', 'younger')}
         UNION ALL ${near('younger', 'older')}
       ), strongest AS (
         SELECT DISTINCT ON (found.object_id, found.other_id) found.*, array_position($6::text[], found.tier) AS rank
           FROM found JOIN data_objects o ON o.id = found.other_id AND o.tenant_id = $1 AND NOT o.is_deleted
           JOIN data_objects own ON own.id = found.object_id AND own.tenant_id = $1
          ORDER BY found.object_id, found.other_id, array_position($6::text[], found.tier), found.closeness DESC
       )
       SELECT object_id, other_id, tier, similarity, model
         FROM (SELECT s.*, row_number() OVER (PARTITION BY object_id ORDER BY rank, closeness DESC, other_id) AS place FROM strongest s) placed
        WHERE place <= $7::int ORDER BY object_id, place`,
      [tenantId, objectIds, tiers, modelsOf(least), boundsOf(least), DUPLICATE_TIERS, limit],
    );
    return rows.map((row) => ({ objectId: row.object_id, otherId: row.other_id, tier: row.tier, similarity: row.similarity, model: row.model }));
  }

  async lockAnnotations(tenantId: string, objectIds: readonly string[]): Promise<Annotation[]> {
    const rows = await this.sql.query<AnyRow>(
      `SELECT ${ANNOTATION_COLUMNS()} FROM annotations a WHERE a.tenant_id = $1 AND a.object_id = ANY($2::uuid[]) AND NOT a.is_deleted AND a.annotator_id NOT LIKE 'system:%'
        ORDER BY a.id FOR UPDATE`,
      [tenantId, objectIds],
    );
    return rows.map(toAnnotation);
  }

  async moveAnnotations(tenantId: string, annotationIds: readonly string[], to: string): Promise<void> {
    if (annotationIds.length === 0) return;
    await this.sql.query('UPDATE annotations SET object_id = $3::uuid WHERE tenant_id = $1 AND id = ANY($2::uuid[])', [tenantId, annotationIds, to]);
  }

  async textHashes(tenantId: string, objectIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.sql.query<{ object_id: string; hash: string }>(
      'SELECT object_id, md5(text) AS hash FROM object_texts WHERE tenant_id = $1 AND object_id = ANY($2::uuid[])',
      [tenantId, objectIds],
    );
    return new Map(rows.map((row) => [row.object_id, row.hash]));
  }

  async addSources(tenantId: string, from: readonly string[], to: string): Promise<void> {
    await this.sql.query(
      `INSERT INTO aggregation_sources (aggregation_id, object_id, tenant_id)
       SELECT DISTINCT s.aggregation_id, $3::uuid, s.tenant_id FROM aggregation_sources s WHERE s.tenant_id = $1 AND s.object_id = ANY($2::uuid[])
       ON CONFLICT DO NOTHING`,
      [tenantId, from, to],
    );
  }

  async bin(tenantId: string, objectIds: readonly string[]): Promise<DataObject[]> {
    const rows = await this.sql.query<AnyRow>(
      `UPDATE data_objects o SET is_deleted = true, updated_at = now() WHERE o.tenant_id = $1 AND o.id = ANY($2::uuid[]) RETURNING ${OBJECT_COLUMNS()}`,
      [tenantId, objectIds],
    );
    return rows.map(toObject);
  }

  private matching(tenantId: string, filter: ObjectFilter | null, params: SqlParams, alias: string): string {
    const live = filter?.includeDeleted ? 'true' : `NOT ${alias}.is_deleted`;
    return `${alias}.tenant_id = ${params.add(tenantId)} AND ${live} AND ${compileObjectFilter(filter, params, alias)}`;
  }
}
