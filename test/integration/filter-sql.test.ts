import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileAnnotationFilter, compileObjectFilter } from '../../src/adapters/db/filter-sql.js';
import type { AnnotationFilter, MetadataCondition, ObjectFilter } from '../../src/domain/filters.js';
import {
  matchesAnnotationFilter,
  matchesFilter,
  type FilterableAnnotation,
  type FilterableObject,
} from '../../src/domain/match-filter.js';
import {
  ANNOTATION_TYPES,
  DATA_TYPES,
  OBJECT_STATUSES,
  STORAGE_TIERS,
  type Json,
  type JsonObject,
} from '../../src/domain/model.js';
import { SqlParams } from '../../src/ports/sql.port.js';
import { withDatabase } from '../support/database.js';

// Few keys and values, so that random filters meet random documents; and the odd ones among them.
const KEYS = ['a', 'b', '0', '-1', '01', 'a.b', 'é', '__proto__', "a'; drop table x", '"', '\\', ' 1'];
const SCALARS: Json[] = [
  null,
  true,
  false,
  0,
  -0,
  1,
  -1,
  1.5,
  1e21,
  1e-7,
  123456789012345680000,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  0.1 + 0.2,
  '',
  '1',
  'a',
  'B',
  'é',
  'e\u0301',
  '\u{fffd}',
  '\u{1f600}',
  "'; --",
  '{"a":1}',
];
const key = fc.constantFrom(...KEYS);
const scalar = fc.constantFrom(...SCALARS);
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { arbitrary: scalar, weight: 4 },
    { arbitrary: fc.array(tie('value'), { maxLength: 3 }) as fc.Arbitrary<Json>, weight: 1 },
    { arbitrary: fc.dictionary(key, tie('value'), { maxKeys: 3 }).map(plain) as fc.Arbitrary<Json>, weight: 1 },
  ),
})).value;
const document = fc.dictionary(key, json, { maxKeys: 4 }).map(plain);
/** What a client can send but jsonb cannot hold. */
const unstorable = fc.constantFrom<Json>('\0', 'a\0', '\ud800', { '\0': 1 }, ['\udfff']);
const operand = fc.oneof({ arbitrary: json, weight: 9 }, { arbitrary: unstorable, weight: 1 });

const condition: fc.Arbitrary<MetadataCondition> = fc
  .record(
    {
      path: fc.array(
        fc.oneof(
          { arbitrary: key, weight: 9 },
          { arbitrary: fc.constantFrom('1', '+0', '99999999999999999999', '\0', '\ud800'), weight: 1 },
        ),
        { minLength: 1, maxLength: 3 },
      ),
      equals: operand,
      notEquals: operand,
      in: fc.array(operand, { maxLength: 3 }),
      gt: operand,
      gte: operand,
      lt: operand,
      lte: operand,
      contains: operand,
      exists: fc.boolean(),
    },
    { requiredKeys: ['path'] },
  )
  .chain((full) => {
    // Mostly one operand a condition: many at once hardly ever hold.
    const given = Object.keys(full).filter((name) => name !== 'path');
    return fc
      .shuffledSubarray(given, { maxLength: 2 })
      .map(
        (names) =>
          Object.fromEntries(
            ['path', ...names].map((name) => [name, full[name as 'path']]),
          ) as unknown as MetadataCondition,
      );
  });

const MOMENTS = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z', '2026-06-01T00:00:00.000Z'].map(
  (text) => new Date(text),
);
const moment = fc.constantFrom(...MOMENTS, new Date(-8.64e15), new Date(8.64e15));
const dates = fc.record({ gte: moment, lt: moment }, { requiredKeys: [] });
const few = <T>(...values: readonly T[]) => fc.subarray([...values], { maxLength: 2 });
const LABELS = ['cat', "o'hara", 'é'];
const annotationFilter: fc.Arbitrary<AnnotationFilter> = fc.record(
  {
    types: few('CLASSIFICATION', 'DETECTION', 'CAPTION'),
    annotatorIds: few('ann', 'bob', '\0'),
    label: fc.constantFrom(...LABELS, '\0'),
    minConfidence: fc.constantFrom(0, 0.5, 1),
    createdAt: dates,
    includeDeleted: fc.boolean(),
  },
  { requiredKeys: [] },
);
const filter = fc.letrec<{ filter: ObjectFilter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2 },
    fc
      .record(
        {
          types: few(...DATA_TYPES),
          status: few(...OBJECT_STATUSES),
          tiers: few(...STORAGE_TIERS),
          mimeTypes: few('text/plain', 'image/png', '\0'),
          contentHash: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)),
          createdAt: dates,
          fileSize: fc.record(
            { gte: fc.constantFrom(0, 10, 2 ** 53 - 1), lte: fc.constantFrom(10, 11, 2 ** 53 - 1) },
            { requiredKeys: [] },
          ),
          metadata: fc.array(condition, { maxLength: 2 }),
          facts: fc.array(condition, { maxLength: 1 }),
          annotation: annotationFilter,
        },
        { requiredKeys: [] },
      )
      .chain((full) =>
        fc
          .subarray(Object.keys(full), { maxLength: 2 })
          .map(
            (names) => Object.fromEntries(names.map((name) => [name, full[name as keyof typeof full]])) as ObjectFilter,
          ),
      ),
    fc.array(condition, { minLength: 1, maxLength: 1 }).map((metadata): ObjectFilter => ({ metadata })),
    fc.record(
      {
        and: fc.array(tie('filter'), { maxLength: 2 }),
        or: fc.array(tie('filter'), { maxLength: 3 }),
        not: tie('filter'),
      },
      { requiredKeys: [] },
    ),
  ),
})).filter;

const annotation: fc.Arbitrary<FilterableAnnotation> = fc.record({
  type: fc.constantFrom(...ANNOTATION_TYPES),
  annotatorId: fc.constantFrom('ann', 'bob'),
  content: fc.oneof(
    fc
      .array(fc.constantFrom(...LABELS), { maxLength: 2 })
      .map((labels): JsonObject => ({ labels: labels.map((label) => ({ label, score: 1 })) })),
    fc
      .array(fc.constantFrom(...LABELS), { maxLength: 2 })
      .map((labels): JsonObject => ({ boxes: labels.map((label) => ({ label, x: 0 })) })),
    fc.constantFrom<JsonObject>({}, { labels: 'cat' }, { labels: ['cat'] }, { label: 'cat' }),
  ),
  confidence: fc.constantFrom(null, 0, 0.5, 1),
  objectId: fc.constant(''),
  isDeleted: fc.boolean(),
  createdAt: fc.constantFrom(...MOMENTS),
});
const object: fc.Arbitrary<FilterableObject> = fc.record({
  type: fc.constantFrom(...DATA_TYPES),
  status: fc.constantFrom(...OBJECT_STATUSES),
  storageTier: fc.constantFrom(...STORAGE_TIERS),
  mimeType: fc.constantFrom('text/plain', 'image/png'),
  contentHash: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)),
  fileSize: fc.constantFrom(1, 10, 11, 2 ** 53 - 1),
  metadata: document,
  facts: document,
  // Of one content, one object is live: the bin may hold the rest, and the compiled filter does not look at it.
  isDeleted: fc.constant(true),
  createdAt: fc.constantFrom(...MOMENTS),
});

/** An object whose prototype is plain and whose own keys may be called anything. */
function plain(entries: Record<string, Json>): JsonObject {
  return Object.fromEntries(Object.entries(entries));
}

interface Stored extends FilterableObject {
  id: string;
  annotations: FilterableAnnotation[];
}

describe('filters in SQL and in memory', () => {
  const database = withDatabase();
  const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
  let tenant: string;
  let stored: Stored[];

  beforeAll(async () => {
    console.log(`filters: seed ${seed} (FC_SEED repeats it)`);
    tenant = database.freshTenant();
    stored = fc
      .sample(fc.record({ object, annotations: fc.array(annotation, { maxLength: 2 }) }), { seed, numRuns: 150 })
      .map((row) => ({ ...row.object, id: randomUUID(), annotations: row.annotations }));
    await insert(stored);
  });

  it('agree on every object for every filter', async () => {
    await fc.assert(
      fc.asyncProperty(filter, async (given) => {
        const params = new SqlParams();
        const own = params.add(tenant);
        const rows = await database.engine.sql.query<{ id: string; matches: unknown }>(
          `SELECT o.id, ${compileObjectFilter(given, params)} AS matches FROM data_objects o WHERE o.tenant_id = ${own}`,
          params.values,
        );
        const inSql = new Map(rows.map((row) => [row.id, row.matches]));
        for (const row of stored) {
          const inMemory = matchesFilter(row, { ...given, includeDeleted: true }, (clause) =>
            row.annotations.some((item) => matchesAnnotationFilter(item, clause)),
          );
          expect([row.metadata, inSql.get(row.id)]).toEqual([row.metadata, inMemory]);
        }
      }),
      { seed, numRuns: 400 },
    );
  });

  it('agree on a deeply nested filter', async () => {
    const deep = Array.from({ length: 100 }).reduce<ObjectFilter>(
      (inner, _, i) => (i % 2 === 0 ? { not: inner } : { or: [inner] }),
      { types: ['TEXT'] },
    );
    expect(await matchingIds(deep)).toEqual(idsOf((row) => row.type === 'TEXT'));
  });

  it('lets the index on metadata answer an equality', async () => {
    const params = new SqlParams();
    const where = compileObjectFilter({ metadata: [{ path: ['camera', 'model'], equals: 'X' }] }, params);
    expect(where).toContain('o.metadata @>');
    expect(params.values).toContain('{"camera":{"model":"X"}}');
  });

  it('agree on annotations', async () => {
    await fc.assert(
      fc.asyncProperty(annotationFilter, async (given) => {
        const params = new SqlParams();
        const own = params.add(tenant);
        const [row] = await database.engine.sql.query<{ count: number }>(
          `SELECT count(*) AS count FROM annotations a WHERE a.tenant_id = ${own} AND ${compileAnnotationFilter(given, params)}`,
          params.values,
        );
        expect(row!.count).toBe(
          stored.flatMap((item) => item.annotations).filter((item) => matchesAnnotationFilter(item, given)).length,
        );
      }),
      { seed, numRuns: 100 },
    );
  });

  const idsOf = (chosen: (row: Stored) => boolean) =>
    stored
      .filter(chosen)
      .map((row) => row.id)
      .sort();

  async function matchingIds(given: ObjectFilter): Promise<string[]> {
    const params = new SqlParams();
    const own = params.add(tenant);
    const rows = await database.engine.sql.query<{ id: string }>(
      `SELECT o.id FROM data_objects o WHERE o.tenant_id = ${own} AND ${compileObjectFilter(given, params)} ORDER BY o.id`,
      params.values,
    );
    return rows.map((row) => row.id);
  }

  async function insert(rows: readonly Stored[]): Promise<void> {
    const { sql } = database.engine;
    for (const row of rows) {
      await sql.query(
        `INSERT INTO data_objects (id, tenant_id, object_type, status, storage_tier, mime_type, content_hash, storage_location, file_size_bytes, metadata, facts, is_deleted, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'x', $8, $9::jsonb, $10::jsonb, $11, $12)`,
        [
          row.id,
          tenant,
          row.type,
          row.status,
          row.storageTier,
          row.mimeType,
          row.contentHash,
          row.fileSize,
          JSON.stringify(row.metadata),
          JSON.stringify(row.facts),
          row.isDeleted,
          row.createdAt,
        ],
      );
      for (const item of row.annotations) {
        await sql.query(
          `INSERT INTO annotations (id, tenant_id, object_id, annotator_id, annotation_type, content, confidence, is_deleted, created_at)
           VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9)`,
          [
            randomUUID(),
            tenant,
            row.id,
            item.annotatorId,
            item.type,
            JSON.stringify(item.content),
            item.confidence,
            item.isDeleted,
            item.createdAt,
          ],
        );
      }
    }
  }
});
