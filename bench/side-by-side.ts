/**
 * One process that answers the same question twice: as the program does, and as someone would who wrote the SQL and the
 * route by hand, over the program's own connections. Tells its parent both addresses; ends when the parent lets go.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadProgram } from './program.js';

const OBJECTS = 50;
const ANNOTATIONS = 20;
const TENANT = 'default';

const { loadConfig } = await loadProgram();
const { serve } = (await import(new URL('../dist/app/serve.js', import.meta.url).href)) as typeof import('../src/app/serve.js');
const config = loadConfig({ overrides: { dataDir: process.argv[2], port: 0 } });
// Neither caches answers.
const serving = await serve({ ...config, cache: { ...config.cache, local: { ...config.cache.local, maxSizeMb: 0 } } });
const { pool } = serving.app.engine;

const byHand = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    answer(response).catch((error: unknown) => response.destroy(error as Error));
  });
});

async function answer(response: ServerResponse): Promise<void> {
  const objects = await pool.query(
    `SELECT id, object_type, status, filename, mime_type, file_size_bytes, metadata, version, created_at FROM data_objects
      WHERE tenant_id = $1 AND NOT is_deleted ORDER BY created_at DESC, id DESC LIMIT $2`,
    [TENANT, OBJECTS],
  );
  const annotations = await pool.query(
    `SELECT a.* FROM unnest($1::uuid[]) AS wanted (id) CROSS JOIN LATERAL (
       SELECT id, object_id, annotator_id, annotation_type, content, confidence, version, created_at FROM annotations
        WHERE object_id = wanted.id AND tenant_id = $2 AND NOT is_deleted ORDER BY created_at DESC, id DESC LIMIT $3) a`,
    [objects.rows.map((row) => row.id), TENANT, ANNOTATIONS],
  );
  const byObject = Map.groupBy(annotations.rows, (row) => row.object_id);
  const nodes = objects.rows.map((row) => ({
    id: row.id, type: row.object_type, status: row.status, filename: row.filename, mimeType: row.mime_type, fileSize: Number(row.file_size_bytes),
    metadata: row.metadata, version: row.version, createdAt: row.created_at,
    annotations: {
      nodes: (byObject.get(row.id) ?? []).map((each) => ({
        id: each.id, annotatorId: each.annotator_id, type: each.annotation_type, content: each.content, confidence: each.confidence,
        version: each.version, createdAt: each.created_at,
      })),
    },
  }));
  const body = JSON.stringify({ data: { dataObjects: { nodes } } });
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

byHand.listen(0, '127.0.0.1', () => {
  process.send!({ product: serving.url, byHand: `http://127.0.0.1:${(byHand.address() as AddressInfo).port}/` });
});
process.once('disconnect', () => {
  byHand.close();
  byHand.closeAllConnections();
  serving.stop().then(
    () => process.exit(),
    () => process.exit(1),
  );
});
