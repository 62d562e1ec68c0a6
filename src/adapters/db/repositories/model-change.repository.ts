import { isOver, type ModelChange, type ModelChangeFailure, type ModelChangePhase, type ModelRole, type ModelRoles, type ModelVersion } from '../../../domain/model-change.js';
import type { EmbeddingPlace, ModelChangeRepository, ModelProcess, ObjectPlace } from '../../../ports/repositories/model-change.repository.port.js';
import type { DataType } from '../../../domain/model.js';
import { ModelFillQueries } from './model-fill.queries.js';
import type { AnyRow } from './rows.js';

const OPEN = "phase NOT IN ('CLEANED', 'ABORTED')";
const CHANGE = `c.*, (SELECT count(*) FROM model_change_gaps g WHERE g.change_id = c.id AND g.reason IS NOT NULL) AS failed`;
/** A change that has moved into this phase notes when. */
const MOMENTS: Partial<Record<ModelChangePhase, string>> = { READY: 'ready_at', CUT_OVER: 'cut_over_at', ROLLED_BACK: 'rolled_back_at', CLEANED: 'ended_at', ABORTED: 'ended_at' };

export class SqlModelChangeRepository extends ModelFillQueries implements ModelChangeRepository {
  async roles(): Promise<ModelRoles> {
    const [row] = await this.sql.query<AnyRow>(
      `SELECT coalesce((SELECT max(version) FROM model_changes), 0) AS version,
              coalesce((SELECT jsonb_agg(jsonb_build_object('name', model_name, 'revision', revision, 'written', written, 'searched', searched)) FROM model_roles), '[]') AS roles,
              coalesce((SELECT jsonb_agg(jsonb_build_object('name', model_name, 'revision', revision)) FROM model_revisions r
                         WHERE NOT EXISTS (SELECT FROM model_roles o WHERE o.model_name = r.model_name)
                           AND EXISTS (SELECT FROM embeddings e WHERE e.model_name = r.model_name)), '[]') AS revisions,
              (SELECT id FROM model_changes WHERE ${OPEN}) AS open`,
    );
    return { version: Number(row!.version), roles: row!.roles as ModelRole[], revisions: row!.revisions as ModelVersion[], open: row!.open === null ? null : await this.find(row!.open as string) };
  }

  async modelsWithVectors(): Promise<string[]> {
    const rows = await this.sql.query<{ name: string | null }>(
      `WITH RECURSIVE models AS (
         SELECT min(model_name) AS name FROM embeddings
         UNION ALL SELECT (SELECT min(e.model_name) FROM embeddings e WHERE e.model_name > m.name) FROM models m WHERE m.name IS NOT NULL
       ) SELECT name FROM models WHERE name IS NOT NULL`,
    );
    return rows.map(({ name }) => name!);
  }

  async holdRoles(): Promise<ModelRole[]> {
    const rows = await this.sql.query<AnyRow>('SELECT model_name, revision, written, searched FROM model_roles ORDER BY model_name FOR SHARE');
    return rows.map((row) => ({ name: row.model_name, revision: row.revision, written: row.written, searched: row.searched }));
  }

  async setRoles(roles: readonly ModelRole[]): Promise<void> {
    await this.sql.query(
      `INSERT INTO model_roles (model_name, revision, written, searched)
       SELECT * FROM unnest($1::text[], $2::text[], $3::boolean[], $4::boolean[]) AS r (model_name, revision, written, searched) ORDER BY model_name
       ON CONFLICT (model_name) DO UPDATE SET revision = excluded.revision, written = excluded.written, searched = excluded.searched, since = now()`,
      [roles.map(({ name }) => name), roles.map(({ revision }) => revision), roles.map(({ written }) => written), roles.map(({ searched }) => searched)],
    );
  }

  async begin({ id, from, to, total, startedBy }: { id: string; from: ModelVersion | null; to: ModelVersion; total: number; startedBy: string }): Promise<ModelChange | null> {
    const rows = await this.sql.query(
      `INSERT INTO model_changes (id, from_model, from_revision, to_model, to_revision, phase, total, started_by)
       VALUES ($1::uuid, $2, $3, $4, $5, 'BACKFILLING', $6::bigint, $7) ON CONFLICT DO NOTHING RETURNING id`,
      [id, from?.name ?? null, from?.revision ?? null, to.name, to.revision, total, startedBy],
    );
    return rows.length === 0 ? null : this.find(id);
  }

  async find(id: string): Promise<ModelChange | null> {
    return this.one(`SELECT ${CHANGE} FROM model_changes c WHERE c.id = $1::uuid`, [id]);
  }

  async list(limit: number): Promise<ModelChange[]> {
    return (await this.sql.query<AnyRow>(`SELECT ${CHANGE} FROM model_changes c ORDER BY c.id DESC LIMIT $1::int`, [limit])).map(toChange);
  }

  async lock(id: string): Promise<ModelChange | null> {
    return this.one(`SELECT ${CHANGE} FROM model_changes c WHERE c.id = $1::uuid FOR UPDATE`, [id]);
  }

  async enter(id: string, phase: ModelChangePhase, total: number): Promise<ModelChange> {
    const moment = MOMENTS[phase];
    await this.sql.query(
      `UPDATE model_changes SET phase = $2, total = $3::bigint, done = CASE WHEN $2 IN ('CLEANING', 'ABORTING') THEN 0 ELSE done END, problem = NULL,
              version = nextval('model_changes_version_seq')${moment === undefined ? '' : `, ${moment} = now()`}
        WHERE id = $1::uuid`,
      [id, phase, total],
    );
    if (isOver(phase)) await this.settleNotes(null);
    return (await this.find(id))!;
  }

  async advance(id: string, { cursor, done, vectors }: { cursor?: string; done: number; vectors: number }): Promise<void> {
    await this.sql.query(
      `UPDATE model_changes SET cursor = greatest(cursor, $2::uuid), done = done + $3::bigint, vectors = vectors + $4::bigint, problem = NULL WHERE id = $1::uuid`,
      [id, cursor ?? null, done, vectors],
    );
  }

  async setProblem(id: string, problem: string | null): Promise<void> {
    await this.sql.query('UPDATE model_changes SET problem = $2 WHERE id = $1::uuid', [id, problem]);
  }

  async raiseGenerations(): Promise<void> {
    await this.sql.query('UPDATE tenant_generations SET generation = generation + 1');
  }

  async claim(worker: string, seconds: number): Promise<ModelChange | null> {
    const [row] = await this.sql.query<{ id: string }>(
      `UPDATE model_changes SET worker = $1::uuid, worker_until = now() + make_interval(secs => $2::float8)
        WHERE ${OPEN} AND (worker IS NULL OR worker = $1::uuid OR worker_until < now()) RETURNING id`,
      [worker, seconds],
    );
    return row === undefined ? null : this.find(row.id);
  }

  async release(worker: string | null): Promise<void> {
    await this.sql.query('UPDATE model_changes SET worker = NULL, worker_until = NULL WHERE $1::uuid IS NULL OR worker = $1::uuid', [worker]);
  }

  async isBeyondHorizon(id: string): Promise<boolean> {
    // Noted behind the commit that began the change: whatever transaction is not yet under way then, sees it.
    await this.sql.query('UPDATE model_changes SET horizon = pg_snapshot_xmax(pg_current_snapshot()) WHERE id = $1::uuid AND horizon IS NULL', [id]);
    const [row] = await this.sql.query<{ beyond: boolean }>('SELECT pg_snapshot_xmin(pg_current_snapshot()) >= horizon AS beyond FROM model_changes WHERE id = $1::uuid', [id]);
    return row?.beyond === true;
  }

  async addGap(changeId: string, { tenantId, objectId }: ObjectPlace, reason: string | null): Promise<void> {
    await this.sql.query(
      `INSERT INTO model_change_gaps (change_id, tenant_id, object_id, reason) SELECT $1::uuid, $2, id, $4 FROM data_objects WHERE id = $3::uuid
       ON CONFLICT (change_id, object_id) DO UPDATE SET reason = excluded.reason`,
      [changeId, tenantId, objectId, reason],
    );
  }

  async forgetGaps(changeId: string, sequences: readonly number[]): Promise<void> {
    await this.sql.query(
      'DELETE FROM model_change_gaps WHERE change_id = $1::uuid AND object_id IN (SELECT object_id FROM model_change_notes WHERE sequence = ANY($2::bigint[]))', [changeId, sequences],
    );
  }

  async noteFailures(changeId: string): Promise<void> {
    await this.sql.query(
      `WITH failed AS (DELETE FROM model_change_gaps WHERE change_id = $1::uuid AND reason IS NOT NULL RETURNING tenant_id, object_id)
       INSERT INTO model_change_notes (tenant_id, object_id) SELECT tenant_id, object_id FROM failed ORDER BY object_id`,
      [changeId],
    );
  }

  async failures(changeId: string, limit: number): Promise<ModelChangeFailure[]> {
    const rows = await this.sql.query<AnyRow>(
      'SELECT object_id, tenant_id, reason FROM model_change_gaps WHERE change_id = $1::uuid AND reason IS NOT NULL ORDER BY object_id LIMIT $2::int', [changeId, limit],
    );
    return rows.map((row) => ({ objectId: row.object_id, tenantId: row.tenant_id, reason: row.reason }));
  }

  async notes(limit: number): Promise<(ObjectPlace & { sequence: number })[]> {
    const rows = await this.sql.query<AnyRow>('SELECT sequence, tenant_id, object_id FROM model_change_notes ORDER BY sequence LIMIT $1::int', [limit]);
    return rows.map((row) => ({ sequence: Number(row.sequence), tenantId: row.tenant_id, objectId: row.object_id }));
  }

  async countNoted(): Promise<number> {
    const [row] = await this.sql.query<{ count: string }>('SELECT count(DISTINCT object_id) AS count FROM model_change_notes');
    return Number(row!.count);
  }

  async settleNotes(sequences: readonly number[] | null): Promise<void> {
    if (sequences === null) await this.sql.query('DELETE FROM model_change_notes');
    else await this.sql.query('DELETE FROM model_change_notes WHERE sequence = ANY($1::bigint[])', [sequences]);
  }

  async embeddingsOf(model: string, otherThan: string | null, limit: number): Promise<EmbeddingPlace[]> {
    const rows = await this.sql.query<AnyRow>(
      `SELECT id, tenant_id, object_id FROM embeddings WHERE model_name = $1${otherThan === null ? '' : ` AND metadata ->> 'revision' IS DISTINCT FROM $3`} LIMIT $2::int`,
      [model, limit, ...(otherThan === null ? [] : [otherThan])],
    );
    return rows.map(toPlace);
  }

  async countEmbeddings(model: string): Promise<number> {
    const [row] = await this.sql.query<{ count: string }>('SELECT count(*) AS count FROM embeddings WHERE model_name = $1', [model]);
    return Number(row!.count);
  }

  async deleteEmbeddings(ids: readonly string[]): Promise<void> {
    await this.sql.query('DELETE FROM embeddings WHERE id = ANY($1::uuid[])', [ids]);
  }

  async sampleEmbeddings(model: string, limit: number): Promise<(EmbeddingPlace & { dimensions: number })[]> {
    const rows = await this.sql.query<AnyRow>(
      'SELECT id, tenant_id, object_id, dimensions FROM embeddings WHERE model_name = $1 ORDER BY md5(id::text) LIMIT $2::int', [model, limit],
    );
    return rows.map((row) => ({ ...toPlace(row), dimensions: row.dimensions }));
  }

  async beat({ id, name, models, version }: ModelProcess): Promise<void> {
    await this.sql.query(
      `INSERT INTO model_processes (id, name, models, version) VALUES ($1::uuid, $2, $3::jsonb, $4::bigint)
       ON CONFLICT (id) DO UPDATE SET models = excluded.models, version = excluded.version, seen_at = now()`,
      [id, name, JSON.stringify(models), version],
    );
  }

  async leave(processId: string): Promise<void> {
    await this.sql.query('DELETE FROM model_processes WHERE id = $1::uuid', [processId]);
  }

  async processes(seconds: number): Promise<ModelProcess[]> {
    await this.sql.query('DELETE FROM model_processes WHERE seen_at < now() - make_interval(secs => $1::float8)', [seconds]);
    const rows = await this.sql.query<AnyRow>('SELECT id, name, models, version FROM model_processes ORDER BY name');
    return rows.map((row) => ({ id: row.id, name: row.name, models: row.models, version: Number(row.version) }));
  }

  async samplePassages(limit: number): Promise<{ text: string; context: string | null }[]> {
    const rows = await this.spread(`passages`, `kind <> 'fields'`, 'text, context', limit);
    return rows.map((row) => ({ text: row.text, context: row.context }));
  }

  async sampleMedia(types: readonly DataType[], limit: number): Promise<ObjectPlace[]> {
    const rows = await this.spread('data_objects', `status = 'READY' AND object_type = ANY($2::text[])`, 'id AS object_id, tenant_id', limit, [types]);
    return rows.map((row) => ({ tenantId: row.tenant_id, objectId: row.object_id }));
  }

  /** Rows behind ids that are spread evenly between the first and the last; ids are by time, and much comes at once, so several a place. */
  private async spread(table: string, where: string, columns: string, limit: number, params: readonly unknown[] = []): Promise<AnyRow[]> {
    const [ends] = await this.sql.query<AnyRow>(`SELECT (SELECT id FROM ${table} ORDER BY id LIMIT 1) AS first, (SELECT id FROM ${table} ORDER BY id DESC LIMIT 1) AS last`);
    if (ends?.first == null) return [];
    const rows = await this.sql.query<AnyRow>(
      `SELECT DISTINCT found.* FROM unnest($1::uuid[]) AS place CROSS JOIN LATERAL (SELECT ${columns} FROM ${table} WHERE id >= place AND ${where} ORDER BY id LIMIT ${ROWS_A_PLACE}) AS found`,
      [between(ends.first as string, ends.last as string, limit), ...params],
    );
    return rows.length <= limit ? rows : Array.from({ length: limit }, (_, at) => rows[Math.floor((at * rows.length) / limit)]!);
  }

  private async one(text: string, params: readonly unknown[]): Promise<ModelChange | null> {
    const [row] = await this.sql.query<AnyRow>(text, params);
    return row === undefined ? null : toChange(row);
  }
}

const ROWS_A_PLACE = 32;

/** So many UUIDs from the first on, evenly spread by their first 60 bits. */
function between(first: string, last: string, count: number): string[] {
  const high = (uuid: string) => BigInt(`0x${uuid.replaceAll('-', '').slice(0, 15)}`);
  const [low, span] = [high(first), high(last) - high(first)];
  return Array.from({ length: count }, (_, at) => {
    if (at === 0) return first;
    const digits = (low + (span * BigInt(at)) / BigInt(count)).toString(16).padStart(15, '0').padEnd(32, '0');
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  });
}

const toPlace = (row: AnyRow): EmbeddingPlace => ({ id: row.id, tenantId: row.tenant_id, objectId: row.object_id });

function toChange(row: AnyRow): ModelChange {
  return {
    id: row.id, from: row.from_model === null ? null : { name: row.from_model, revision: row.from_revision }, to: { name: row.to_model, revision: row.to_revision },
    phase: row.phase, cursor: row.cursor, total: Number(row.total), done: Number(row.done), vectors: Number(row.vectors), failed: Number(row.failed),
    problem: row.problem, version: Number(row.version), startedBy: row.started_by, startedAt: row.started_at, readyAt: row.ready_at, cutOverAt: row.cut_over_at,
    rolledBackAt: row.rolled_back_at, endedAt: row.ended_at,
  };
}
