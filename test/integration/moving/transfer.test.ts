import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ANNOTATION_TYPES, DATA_TYPES, type JsonObject } from '../../../src/domain/model.js';
import type { Place } from '../../../src/ports/repositories/transfer.repository.port.js';
import type { ExportedObject } from '../../../src/services/moving/export.service.js';
import { sha256, withApp } from '../../support/app.js';
import { captionsIndexed, violations } from '../../support/invariants.js';

vi.setConfig({ testTimeout: 240_000 });
const never = new AbortController().signal;

const wordy: fc.Arbitrary<string> = fc.constantFrom('harbour', 'Ähre', 'ключ', '日本', 'a\tb', 'quoted "so"', '');
const value: fc.Arbitrary<JsonObject[string]> = fc.oneof(wordy, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0), fc.boolean(), fc.constant(null), fc.array(wordy, { maxLength: 3 }));
const metadata = fc.dictionary(fc.constantFrom('year', 'place', 'deep', 'tags'), value, { maxKeys: 3 });
const time = fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }).map((date) => date.toISOString());

/** UUIDs that no other run has. */
let made = 0;
const run = Date.now().toString(16).slice(-8).padStart(8, '0');
const freshId = () => `${run}-0000-7000-8000-${(made += 1).toString(16).padStart(12, '0')}`;

const annotation = fc.record({
  annotatorId: fc.constantFrom<string>('ada', 'system:of-another-kind', 'grace'), type: fc.constantFrom(...ANNOTATION_TYPES), content: metadata,
  confidence: fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map((number) => number + 0)), version: fc.integer({ min: 1, max: 9 }), isDeleted: fc.boolean(), createdAt: time, updatedAt: time,
});

/** Objects as an export has them, failed, so that nothing is to be embedded; contents differ. */
const objects = fc.array(
  fc.record({
    type: fc.constantFrom(...DATA_TYPES), filename: fc.option(wordy), metadata, facts: metadata, version: fc.integer({ min: 1, max: 50 }), isDeleted: fc.boolean(),
    createdAt: time, updatedAt: time, annotations: fc.uniqueArray(annotation, { maxLength: 3, selector: ({ annotatorId, type }) => `${annotatorId} ${type}` }),
  }),
  { maxLength: 6 },
);

type Made = { lines: ExportedObject[]; bytes: Map<string, Buffer> };
function linesOf(tenantId: string, given: readonly (typeof objects extends fc.Arbitrary<(infer One)[]> ? One : never)[]): Made {
  const bytes = new Map<string, Buffer>();
  const lines = given.map(({ annotations, ...rest }): ExportedObject => {
    const id = freshId();
    const content = Buffer.from(`content of ${id}`);
    const contentHash = sha256(content);
    bytes.set(contentHash, content);
    const error = { code: 'DAMAGED' as const, message: 'It could not be read.', retryable: false };
    return {
      object: {
        ...rest, id, tenantId, status: 'FAILED', contentHash, mimeType: 'application/x-test', fileSize: content.length, storageTier: 'STANDARD',
        ingestion: { status: 'FAILED', stage: 'EXTRACT', error, warnings: [] },
      },
      annotations: annotations.map((each) => ({ ...each, id: freshId(), objectId: id })),
      text: null, passages: [], embeddings: [],
    };
  });
  return { lines, bytes };
}

const from = withApp();
const to = withApp();

async function exported(app: typeof from, tenantId: string): Promise<ExportedObject[]> {
  const all: ExportedObject[] = [];
  let after: Place | null = null;
  do {
    const page: { objects: ExportedObject[]; next: Place | null } = await app.app.moving.exports.objects({ tenantId, filter: null, vectors: true }, after);
    all.push(...page.objects);
    after = page.next;
  } while (after !== null);
  return all;
}

async function takenIn(app: typeof from, tenantId: string, { lines, bytes }: Made) {
  const { imports, exports } = app.app.moving;
  for (const hash of await imports.needed(lines.map(({ object }) => object))) await imports.stage(tenantId, hash, Readable.from([bytes.get(hash)!]), never);
  return imports.objects(tenantId, lines, exports.models());
}

describe('an export', () => {
  it('imported and exported again is the same, in content and in order', async () => {
    await fc.assert(
      fc.asyncProperty(objects, async (given) => {
        const tenantId = `tenant-${freshId()}`;
        const sent = linesOf(tenantId, given);
        if (sent.lines.length > 0) expect(await takenIn(from, tenantId, sent)).toMatchObject({ objects: sent.lines.length, there: 0 });
        const first = await exported(from, tenantId);
        expect(first).toEqual(sent.lines);
        if (first.length > 0) await takenIn(to, tenantId, { lines: first, bytes: sent.bytes });
        expect((await exported(to, tenantId)).map((line) => JSON.stringify(line))).toEqual(first.map((line) => JSON.stringify(line)));
      }),
      { numRuns: 25 },
    );
    await captionsIndexed(to.app);
    expect(await violations(to.app)).toEqual([]);
  });

  it('holds vectors, which are found where it is imported, without anything being embedded', async () => {
    const viewer = from.viewer();
    const text = 'The ferry left the harbour before the storm came in.';
    const { object, ingestion } = await from.ingestText(viewer, text, { year: 1921 });
    await from.ended(viewer, ingestion.id);
    const lines = await exported(from, viewer.tenantId);
    expect(lines[0]!.embeddings.length).toBeGreaterThan(0);
    const bytes = new Map([[object.contentHash, Buffer.from(text)]]);
    expect(await takenIn(to, viewer.tenantId, { lines, bytes })).toMatchObject({ objects: 1, queued: 0 });
    expect(await exported(to, viewer.tenantId)).toEqual(lines);
    const { hits } = await to.app.services.search.search(viewer, { query: 'a boat in bad weather', mode: 'VECTOR', fusion: 'RELATIVE_SCORE' }, { first: 5 });
    expect(hits.map((hit) => hit.object.id)).toEqual([object.id]);
    expect(await takenIn(to, viewer.tenantId, { lines, bytes })).toMatchObject({ objects: 0, there: 1, queued: 0 });
    await captionsIndexed(to.app);
    expect(await violations(to.app)).toEqual([]);
  });

  it('without vectors, or with those of other models, is processed anew under the same ids', async () => {
    const viewer = from.viewer();
    const text = 'A clockmaker repaired the tower bell.';
    const { object, ingestion } = await from.ingestText(viewer, text);
    await from.ended(viewer, ingestion.id);
    const lines = await exported(from, viewer.tenantId);
    const { imports } = to.app.moving;
    await imports.stage(viewer.tenantId, object.contentHash, Readable.from([Buffer.from(text)]), never);
    expect(await imports.objects(viewer.tenantId, lines, [{ name: 'another', revision: '1', dimensions: 3 }])).toMatchObject({ objects: 1, queued: 1 });
    const [open] = await to.app.deps.database.ingestions.newestForObjects(viewer.tenantId, [object.id]);
    expect((await to.ended(viewer, open!.id)).status).toBe('SUCCEEDED');
    const { hits } = await to.app.services.search.search(viewer, { query: 'clockmaker', mode: 'KEYWORD', fusion: 'RELATIVE_SCORE' }, { first: 5 });
    expect(hits.map((hit) => hit.object.id)).toEqual([object.id]);
    await captionsIndexed(to.app);
    expect(await violations(to.app)).toEqual([]);
  });

  it('has one live object a content where two tenants are joined, with the annotations of both', async () => {
    const [tenantId, time] = [`joined-${freshId()}`, '2026-01-31T12:00:00.000Z'];
    const made = linesOf(tenantId, [false, false, true].map((isDeleted, index) => ({
      type: 'TEXT', filename: `twin-${index}.txt`, metadata: {}, facts: {}, version: 1, isDeleted, createdAt: time, updatedAt: time,
      annotations: [{ annotatorId: `annotator ${index}`, type: 'OTHER', content: { index }, confidence: null, version: 1, isDeleted: false, createdAt: time, updatedAt: time }],
    })));
    const { contentHash, fileSize } = made.lines[0]!.object;
    const lines = made.lines.map((line) => ({ ...line, object: { ...line.object, contentHash, fileSize } }));
    expect(await takenIn(to, tenantId, { lines, bytes: made.bytes })).toMatchObject({ objects: 2, there: 1, annotations: 3 });
    const there = await exported(to, tenantId);
    expect(there.map(({ object }) => [object.filename, object.isDeleted])).toEqual([['twin-0.txt', false], ['twin-2.txt', true]]);
    expect(there[0]!.annotations.map(({ annotatorId }) => annotatorId)).toEqual(['annotator 0', 'annotator 1']);
    await captionsIndexed(to.app);
    expect(await violations(to.app)).toEqual([]);
  });

  it('leaves out vectors of a model that is not configured any more', async () => {
    const viewer = from.viewer();
    const { object, ingestion } = await from.ingestText(viewer, 'The old model read this, too.');
    await from.ended(viewer, ingestion.id);
    const before = await exported(from, viewer.tenantId);
    const id = freshId();
    await from.app.engine.sql.query(
      `INSERT INTO embeddings (id, tenant_id, object_id, model_name, dimensions, vector_db_id) VALUES ($1::uuid, $2, $3::uuid, 'an-older-model', 3, $1)`,
      [id, viewer.tenantId, object.id],
    );
    expect(before[0]!.embeddings.length).toBeGreaterThan(0);
    expect(await exported(from, viewer.tenantId)).toEqual(before);
    await from.app.engine.sql.query('DELETE FROM embeddings WHERE id = $1::uuid', [id]);
  });

  it('refuses bytes that are others, and keeps nothing of them', async () => {
    const hash = createHash('sha256').update('right').digest('hex');
    await expect(to.app.moving.imports.stage('tenant', hash, Readable.from([Buffer.from('wrong')]), never)).rejects.toThrow(/^The bytes of the content [0-9a-f]{64} are others/);
    expect((await to.app.objectStore.list('temp/')).objects).toEqual([]);
  });
});
