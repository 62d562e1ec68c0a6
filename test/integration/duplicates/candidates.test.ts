import { describe, expect, it } from 'vitest';
import { createDatabase } from '../../../src/adapters/db/sql-database.js';
import { bandsOf, probesOf, type Fingerprint, type NearKind } from '../../../src/domain/fingerprints.js';
import { withDatabase } from '../../support/database.js';
import { randomNumbers } from '../../support/random-numbers.js';
import { benchOver } from '../services/crud-services.js';

const test = withDatabase();
const STRANGERS = 210;
const LIMIT = 200;

const random = randomNumbers(7);
const digits = (count: number) => Array.from({ length: count }, () => Math.floor(random() * 16).toString(16)).join('');

/** Objects with these fingerprints, the oldest first, and what is found for the last of them. */
async function candidatesOfLast(kind: NearKind, values: readonly string[]) {
  const { database, tenantId, have } = benchOver(test);
  const objects = await have(...values.map(() => ({})));
  const prints = values.map((value): Fingerprint => ({ kind, value }));
  await database.transaction((tx) =>
    tx.duplicates.save(tenantId, objects.map(({ id, contentHash }, i) => ({ objectId: id, contentHash, fingerprints: [{ ...prints[i]!, bands: bandsOf(tenantId, prints[i]!) }] }))),
  );
  const asked = { objectId: objects.at(-1)!.id, kind, value: values.at(-1)!, probes: probesOf(tenantId, prints.at(-1)!) };
  const found = await database.duplicates.candidates(tenantId, [asked], LIMIT);
  return { objects, found };
}

/** How the database looks for the candidates of a picture among many. */
async function planAmongMany(): Promise<string> {
  const { engine } = test;
  await engine.sql.query(
    `INSERT INTO data_objects (id, tenant_id, object_type, status, content_hash, storage_location, mime_type, file_size_bytes)
     SELECT gen_random_uuid(), 'many', 'IMAGE', 'FAILED', encode(sha256(n::text::bytea), 'hex'), 'x', 'image/png', n FROM generate_series(1, 5000) AS n`,
  );
  await engine.sql.query(
    `INSERT INTO fingerprints (object_id, tenant_id, kind, value, bands)
     SELECT id, tenant_id, 'PICTURE', left(content_hash, 16), ARRAY(SELECT hashtext(content_hash || place) FROM generate_series(1, 4) AS place) FROM data_objects WHERE tenant_id = 'many'`,
  );
  await engine.sql.query('ANALYZE fingerprints');
  const plans: string[] = [];
  const explaining = {
    ...engine,
    sql: {
      async query(text: string, params?: readonly unknown[]) {
        plans.push(...(await engine.sql.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, params)).map((line) => line['QUERY PLAN']));
        return [];
      },
    } as typeof engine.sql,
  };
  const value = digits(16);
  const asked = { objectId: '00000000-0000-7000-8000-000000000000', kind: 'PICTURE' as const, value, probes: probesOf('many', { kind: 'PICTURE', value }) };
  await createDatabase(explaining, { enqueue: () => Promise.reject(new Error('nothing is queued here')) }).duplicates.candidates('many', [asked], LIMIT);
  return plans.join('\n');
}

describe('candidates for near duplicates', () => {
  it('are the nearest pictures, though more strangers that are older share a band', async () => {
    const [shared, rest] = [digits(4), digits(12)];
    const strangers = Array.from({ length: STRANGERS }, () => `${shared}${digits(12)}`);
    const flipped = (Number.parseInt(rest.at(-1)!, 16) ^ 0b0101).toString(16);
    const { objects, found } = await candidatesOfLast('PICTURE', [...strangers, `${shared}${rest.slice(0, -1)}${flipped}`, `${shared}${rest}`, `${shared}${rest}`]);
    expect(found).toHaveLength(LIMIT);
    expect(found.slice(0, 2).map(({ otherId }) => otherId)).toEqual([objects[STRANGERS + 1]!.id, objects[STRANGERS]!.id]);
  });

  it.each([
    // Eight frames, sixty minima, two hundred items: a stranger has a part of it in common.
    ['FRAMES', 16 * 8, 4],
    ['WORDS', 8 * 60, 40],
    ['SOUND', 8 * 200, 8],
  ] as const)('are those of %s that have the most bands in common', async (kind, length, shared) => {
    const own = digits(length);
    const strangers = Array.from({ length: STRANGERS }, () => `${own.slice(0, shared)}${digits(length - shared)}`);
    const copy = `${digits(length / 4)}${own.slice(length / 4)}`;
    const { objects, found } = await candidatesOfLast(kind, [...strangers, copy, own]);
    expect(found).toHaveLength(LIMIT);
    expect(found[0]).toMatchObject({ otherId: objects[STRANGERS]!.id, value: copy });
  });

  it('are read by the index of bands, without a look at the others', async () => {
    const plan = await planAmongMany();
    expect(plan).toContain('fingerprints_bands_idx');
    expect(plan).not.toContain('Seq Scan on fingerprints');
  });
});
