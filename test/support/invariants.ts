import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';

import { PostingsReader } from '../../src/adapters/keywords/postings.js';
import type { Config } from '../../src/config/config.js';
import type { Embedder } from '../../src/ports/embedder.port.js';
import type { VectorStore } from '../../src/ports/vector-store.port.js';
import type { ObjectStore } from '../../src/ports/object-store.port.js';
import type { SqlClient } from '../../src/ports/sql.port.js';
import { embedsTexts } from '../../src/services/ingestion/embed.stage.js';
import { analyzeTerms } from '../../src/services/search/analysis.js';

export const waitingCaptions = (app: Pick<Installation, 'engine'>) => app.engine.sql.query('SELECT object_id FROM annotation_changes');

/** Until what annotations say is searched as they say it: their passages are made in the background. */
export async function captionsIndexed(app: Pick<Installation, 'engine'>): Promise<void> {
  await vi.waitFor(async () => {
    const waiting = await waitingCaptions(app);
    if (waiting.length > 0) throw new Error(`The captions and transcripts of ${waiting.length} objects wait for their passages.`);
  }, { timeout: 30_000, interval: 50 });
}

type Row = Record<string, unknown>;
type Check = (app: Installation, found: string[]) => Promise<void>;

/** What is looked at; the composed program is one. */
export interface Installation {
  engine: { sql: SqlClient };
  objectStore: Pick<ObjectStore, 'list' | 'head' | 'get'>;
  config: {
    objectStorage: Pick<Config['objectStorage'], 'provider'> & { filesystem?: { path: string } };
    vectorDatabase?: Pick<Config['vectorDatabase'], 'provider'>;
  };
  deps: { embedder: Pick<Embedder, 'models'>; vectors: Pick<VectorStore, 'count'> };
}

/**
 * What must hold of a whole installation, all tenants, whenever nothing is under way: after any crash, race or fault, once what it left
 * has been recovered. Reads every table and every byte.
 * @returns a sentence for each thing that is wrong; empty where all is well
 */
export async function violations(app: Installation): Promise<string[]> {
  const found: string[] = [];
  for (const check of [bytes, references, sagas, staging, liveContents, ingestions, indexRows, annotationPassages, vectors, outsideIndexes, keywords, uploads]) await check(app, found);
  return found;
}

const rows = <T extends Row>(app: Installation, sql: string) => app.engine.sql.query<T>(sql);
const report = (found: string[], what: string, bad: readonly Row[]) => {
  for (const row of bad) found.push(`${what}: ${JSON.stringify(row)}`);
};

/** Every row's bytes are there and are what the row says, in the bin too; no bytes lie anywhere else. */
const bytes: Check = async (app, found) => {
  const blobs = await rows<{ tenant_id: string; content_hash: string; storage_key: string; size_bytes: number }>(app, 'SELECT * FROM blobs');
  for (const blob of blobs) {
    const head = await app.objectStore.head(blob.storage_key);
    if (head === null) {
      found.push(`bytes are missing: ${blob.tenant_id} ${blob.storage_key}`);
      continue;
    }
    const hash = createHash('sha256');
    const { stream } = await app.objectStore.get(blob.storage_key);
    for await (const chunk of stream) hash.update(chunk as Buffer);
    if (hash.digest('hex') !== blob.content_hash || head.size !== Number(blob.size_bytes)) found.push(`bytes are others than their hash and size say: ${blob.storage_key}`);
  }
  const known = new Set(blobs.map((blob) => blob.storage_key));
  for (const key of await storedKeys(app, '')) if (!key.startsWith('temp/') && !known.has(key)) found.push(`bytes that no row knows: ${key}`);
  report(found, 'an object without its blob, or beside its place', await rows(app,
    `SELECT o.id, o.storage_location, b.storage_key FROM data_objects o LEFT JOIN blobs b ON b.tenant_id = o.tenant_id AND b.content_hash = o.content_hash
      WHERE b.content_hash IS NULL OR b.storage_key <> o.storage_location OR b.size_bytes <> o.file_size_bytes`));
  const root = app.config.objectStorage.filesystem?.path;
  if (root !== undefined) for (const name of await leftIn(join(root, '.tmp'))) found.push(`a half-written file was left: .tmp/${name}`);
};

/** What stays in the folder: what is done in the background, as comparing is, reads files there and lets go of them. */
async function leftIn(folder: string): Promise<string[]> {
  let names: string[] = [];
  await vi.waitFor(async () => {
    names = await readdir(folder);
    if (names.length > 0) throw new Error('not yet empty');
  }, { timeout: 20_000, interval: 50 }).catch(() => undefined);
  return names;
}

const references: Check = async (app, found) => {
  report(found, 'a blob counts other references than there are', await rows(app,
    `SELECT b.tenant_id, b.content_hash, b.reference_count, count(o.id)::int AS there FROM blobs b
       LEFT JOIN data_objects o ON o.tenant_id = b.tenant_id AND o.content_hash = b.content_hash
      GROUP BY b.tenant_id, b.content_hash HAVING b.reference_count <> count(o.id) OR b.reference_count = 0`));
};

const sagas: Check = async (app, found) => {
  report(found, 'a saga is open', await rows(app, `SELECT id, kind, status, steps, last_error FROM sagas WHERE status NOT IN ('DONE', 'COMPENSATED')`));
};

const staging: Check = async (app, found) => {
  const open = await rows<{ id: string; store_upload_id: string | null }>(app, `SELECT id, store_upload_id FROM upload_sessions WHERE status = 'PENDING'`);
  const ids = new Set(open.map((row) => row.id));
  for (const key of await storedKeys(app, 'temp/')) if (!ids.has(key.slice('temp/'.length))) found.push(`staged bytes of no open upload: ${key}`);
  const root = app.config.objectStorage.filesystem?.path;
  if (root === undefined) return;
  const parts = new Set(open.map((row) => row.store_upload_id));
  for (const name of await readdir(join(root, '.multipart'))) if (!parts.has(name)) found.push(`parts of no open upload: ${name}`);
};

const liveContents: Check = async (app, found) => {
  report(found, 'several live objects of one content', await rows(app,
    'SELECT tenant_id, content_hash, count(*)::int AS live FROM data_objects WHERE NOT is_deleted GROUP BY 1, 2 HAVING count(*) > 1'));
};

/** Rows, job and event together; an object's status is its newest ingestion's. */
const ingestions: Check = async (app, found) => {
  report(found, 'an object and its newest ingestion disagree', await rows(app,
    `SELECT o.id, o.status, i.status AS ingestion, i.stage FROM data_objects o
       LEFT JOIN LATERAL (SELECT * FROM ingestions WHERE object_id = o.id ORDER BY created_at DESC, id DESC LIMIT 1) i ON true
      WHERE o.status IS DISTINCT FROM CASE WHEN i.status = 'FAILED' THEN 'FAILED' WHEN i.status = 'SUCCEEDED' OR i.stage = 'ANNOTATE' THEN 'READY'
                                           WHEN i.id IS NOT NULL THEN 'PROCESSING' END`));
  report(found, 'an object has several open ingestions', await rows(app,
    `SELECT object_id, count(*)::int AS open FROM ingestions WHERE status IN ('QUEUED', 'RUNNING') GROUP BY 1 HAVING count(*) > 1`));
  report(found, 'a waiting ingestion has no job', await rows(app,
    `SELECT i.id, i.stage FROM ingestions i WHERE i.status = 'QUEUED' AND NOT EXISTS (
       SELECT 1 FROM pgboss.job j WHERE j.state < 'completed' AND j.name = 'ingest' AND j.data ->> 'ingestionId' = i.id::text)`));
  report(found, 'an object came without an event', await rows(app,
    `SELECT o.id FROM data_objects o WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.object_id = o.id AND e.kind = 'CREATED')`));
  report(found, 'a purged object is still there, or went without an event', await rows(app,
    `SELECT p.object_id FROM purges p WHERE EXISTS (SELECT 1 FROM data_objects o WHERE o.id = p.object_id)
         OR NOT EXISTS (SELECT 1 FROM events e WHERE e.object_id = p.object_id AND e.kind = 'PURGED')`));
};

/** READY means that what can be found is there; anything else, that nothing is. */
const indexRows: Check = async (app, found) => {
  const models = app.deps.embedder.models().filter((model) => model.active && model.available);
  const words = models.filter((model) => embedsTexts(model)).length;
  const described = models.filter((model) => !embedsTexts(model)).flatMap((model) => model.modalities);
  report(found, 'a READY text has no passages', await rows(app,
    `SELECT o.id, o.object_type FROM data_objects o JOIN object_texts t ON t.object_id = o.id
      WHERE o.status = 'READY' AND NOT EXISTS (SELECT 1 FROM passages p WHERE p.object_id = o.id AND p.kind = 'content')`));
  report(found, 'a READY text, and no text', await rows(app,
    `SELECT o.id FROM data_objects o LEFT JOIN object_texts t ON t.object_id = o.id WHERE o.status = 'READY' AND o.object_type = 'TEXT' AND t.object_id IS NULL`));
  report(found, 'a passage without its embeddings', await rows(app,
    `SELECT p.id, p.object_id, count(e.id)::int AS embeddings FROM passages p LEFT JOIN embeddings e ON e.passage_id = p.id
      WHERE p.kind = 'content' GROUP BY p.id, p.object_id HAVING count(e.id) <> ${words}`));
  report(found, 'a READY picture or sound without a descriptor', (await rows<{ id: string; type: never }>(app,
    `SELECT o.id, o.object_type AS type FROM data_objects o WHERE o.status = 'READY' AND o.object_type IN ('IMAGE', 'AUDIO')
        AND NOT EXISTS (SELECT 1 FROM embeddings e WHERE e.object_id = o.id)`)).filter((row) => described.includes(row.type)));
  report(found, 'what is not READY can be found', await rows(app,
    `SELECT o.id, o.status FROM data_objects o WHERE o.status <> 'READY'
        AND (EXISTS (SELECT 1 FROM passages p WHERE p.object_id = o.id AND p.kind = 'content')
          OR EXISTS (SELECT 1 FROM embeddings e LEFT JOIN passages p ON p.id = e.passage_id WHERE e.object_id = o.id AND p.annotation_id IS NULL))`));
};

/** Once nothing is under way: an object's captions and transcripts are searched exactly as its live annotations say them. */
const annotationPassages: Check = async (app, found) => {
  const words = app.deps.embedder.models().filter((model) => model.active && model.available && embedsTexts(model)).length;
  report(found, 'captions or transcripts wait for their passages', await rows(app, 'SELECT object_id, version, claimed_until FROM annotation_changes'));
  if (words > 0) report(found, 'a live caption or transcript has no passages', await rows(app,
    `SELECT a.id, a.object_id FROM annotations a WHERE a.annotation_type IN ('CAPTION', 'TRANSCRIPTION') AND NOT a.is_deleted
        AND regexp_replace(CASE a.annotation_type WHEN 'CAPTION' THEN a.content ->> 'text' ELSE jsonb_path_query_array(a.content, '$.segments[*].text')::text END, '[][",[:space:]]', '', 'g') <> ''
        AND NOT EXISTS (SELECT FROM passages p WHERE p.annotation_id = a.id)`));
  report(found, 'passages of an annotation that is not live, or of another object or kind', await rows(app,
    `SELECT p.id, p.kind, a.id AS annotation FROM passages p LEFT JOIN annotations a ON a.id = p.annotation_id
      WHERE (p.kind IN ('caption', 'transcript')) <> (p.annotation_id IS NOT NULL)
         OR (p.annotation_id IS NOT NULL AND (a.is_deleted OR a.object_id <> p.object_id OR p.kind <> CASE a.annotation_type WHEN 'CAPTION' THEN 'caption' ELSE 'transcript' END))`));
  report(found, 'a passage of a caption that says something else', await rows(app,
    `SELECT p.id, p.text FROM passages p JOIN annotations a ON a.id = p.annotation_id
      WHERE p.kind = 'caption' AND strpos(a.content ->> 'text', p.text) = 0`));
  report(found, 'a passage of an annotation without its embeddings', await rows(app,
    `SELECT p.id, count(e.id)::int AS embeddings FROM passages p LEFT JOIN embeddings e ON e.passage_id = p.id
      WHERE p.annotation_id IS NOT NULL GROUP BY p.id HAVING count(e.id) <> ${words}`));
  report(found, 'words that are both in a passage of their own and among the fields', await rows(app,
    `SELECT p.id, p.text FROM passages p JOIN passages f ON f.object_id = p.object_id AND f.kind = 'fields'
      WHERE p.kind = 'caption' AND length(p.text) > 12 AND strpos(f.text, p.text) > 0`));
};

const vectors: Check = async (app, found) => {
  // Where vectors lie elsewhere there is no such table.
  const [known] = await rows<{ there: boolean }>(app, `SELECT to_regclass('vector_spaces') IS NOT NULL AS there`);
  if (!known!.there) return;
  for (const { table_name, model } of await rows<{ table_name: string; model: string }>(app, 'SELECT table_name, model FROM vector_spaces')) {
    report(found, 'a vector of nothing', await rows(app,
      `SELECT v.embedding_id, v.object_id FROM ${table_name} v LEFT JOIN embeddings e ON e.id = v.embedding_id AND e.object_id = v.object_id WHERE e.id IS NULL`));
    report(found, 'an embedding without its vector', await rows(app,
      `SELECT e.id, e.object_id FROM embeddings e LEFT JOIN ${table_name} v ON v.embedding_id = e.id WHERE e.model_name = '${model}' AND v.embedding_id IS NULL`));
  }
};

/** A store outside the database has what the rows say, and nothing is left that it was not told. */
const outsideIndexes: Check = async (app, found) => {
  if ((app.config.vectorDatabase?.provider ?? 'pgvector') === 'pgvector') return;
  report(found, 'the index was not told', await rows(app, 'SELECT * FROM index_changes'));
  const tenants = await rows<{ tenant_id: string }>(app, 'SELECT DISTINCT tenant_id FROM tenant_generations');
  for (const { name: model, dimensions } of app.deps.embedder.models().filter(({ available }) => available)) {
    for (const { tenant_id: tenant } of tenants) {
      const [row] = await rows<{ count: number }>(app, `SELECT count(*)::int AS count FROM embeddings WHERE tenant_id = '${tenant}' AND model_name = '${model}'`);
      const stored = await app.deps.vectors.count(tenant, { model, dimensions });
      if (stored !== row!.count) found.push(`the index of ${tenant} holds ${stored} vectors of ${model}, and the rows say ${row!.count}`);
    }
  }
};

const keywords: Check = async (app, found) => {
  // It ranks words itself; what lies in it was looked at above.
  if (app.config.vectorDatabase?.provider === 'weaviate') return;
  report(found, 'indexed words of nothing', await rows(app,
    `SELECT k.number, k.passage_id, k.object_id FROM keyword_passages k LEFT JOIN passages p ON p.id = k.passage_id AND p.object_id = k.object_id WHERE p.id IS NULL`));
  const silent = await rows<{ id: string; text: string }>(app,
    'SELECT p.id, p.text FROM passages p LEFT JOIN keyword_passages k ON k.passage_id = p.id WHERE k.passage_id IS NULL');
  report(found, 'a passage without its words', silent.filter(({ text }) => analyzeTerms(text).length > 0).map(({ id }) => ({ id })));
  report(found, 'the statistics of the words are wrong', await rows(app,
    `SELECT tenant_id, sum(n)::int AS off FROM (
       SELECT tenant_id, passages AS n FROM keyword_totals UNION ALL SELECT tenant_id, -1 FROM keyword_removals UNION ALL SELECT tenant_id, -1 FROM keyword_passages
     ) counts GROUP BY tenant_id HAVING sum(n) <> 0`));
  const numbers = new Set((await rows<{ number: number }>(app, 'SELECT number FROM keyword_passages UNION SELECT number FROM keyword_removals')).map((row) => Number(row.number)));
  const reader = new PostingsReader();
  for (const { term, postings } of await rows<{ term: string; postings: Buffer }>(app, 'SELECT term, postings FROM keyword_postings')) {
    reader.open(postings);
    while (!reader.isAtEnd) reader.readChunk();
    for (let at = 0; at < reader.count; at += 1) if (!numbers.has(reader.numbers[at]!)) found.push(`postings of "${term}" name a passage that never was: ${reader.numbers[at]}`);
  }
};

const uploads: Check = async (app, found) => {
  report(found, 'an upload is held by nobody', await rows(app, `SELECT id FROM upload_sessions WHERE status = 'VERIFYING'`));
  report(found, 'a completed upload leads nowhere', await rows(app,
    `SELECT u.id, u.object_id FROM upload_sessions u WHERE u.status = 'COMPLETED' AND NOT EXISTS (SELECT 1 FROM data_objects o WHERE o.id = u.object_id)
        AND NOT EXISTS (SELECT 1 FROM purges p WHERE p.object_id = u.object_id)`));
};

async function storedKeys(app: Installation, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  let after: string | undefined;
  do {
    const { objects, next } = await app.objectStore.list(prefix, { after });
    keys.push(...objects.map(({ key }) => key));
    after = next ?? undefined;
  } while (after !== undefined);
  return keys;
}
