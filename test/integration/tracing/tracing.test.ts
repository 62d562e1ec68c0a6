import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { createClient } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { serve, type Serving } from '../../../src/app/serve.js';
import { startTelemetry } from '../../../src/app/telemetry.js';
import { loadConfig } from '../../../src/config/load.js';
import { CollectedSpans, idOf, lineage, parentOf, traceOf } from '../../support/collected-spans.js';
import { quietLogger } from '../../support/compose.js';
import { migratedTemplate } from '../../support/database.js';

const spans = new CollectedSpans();
let serving: Serving;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-tracing-'));
  const config = loadConfig({ env: {}, cwd: folder, overrides: { dataDir: folder, port: 0 } });
  const telemetry = startTelemetry({ telemetry: { enabled: true, sampleRatio: 1 } }, { exporter: spans });
  serving = await serve(config, { logger: quietLogger, databaseTemplate: await migratedTemplate(), telemetry });
});
afterAll(async () => {
  await serving?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Asked {
  traceId: string;
  /** Of the span that the client says it asks from. */
  parentId: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data: any;
}

/** As a client that has a trace of its own. */
async function ask(query: string, variables: object = {}): Promise<Asked> {
  const [traceId, parentId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  const response = await fetch(serving.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-${parentId}-01` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown };
  expect(errors).toBeUndefined();
  return { traceId, parentId, data };
}

/** A job begins the next one before it ends itself, and a client has its answer before the request's end is noted. */
async function ingestedTrace(traceId: string): Promise<ReadableSpan[]> {
  for (const name of ['POST /graphql', 'process ingest', 'process annotate']) await spans.one((span) => span.name === name && traceOf(span) === traceId);
  return spans.ofTrace(traceId);
}

const INGEST = 'mutation Ingest($input: IngestTextInput!) { ingestText(input: $input) { dataObject { id } ingestion { id } } }';

describe('the trace of an ingestion', () => {
  const words = 'The lighthouse keeper counted forty terns before breakfast, and wrote each one down.';
  let asked: Asked;
  let trace: ReadableSpan[];
  const named = (name: string) => trace.filter((span) => span.name === name);
  const only = (name: string): ReadableSpan => {
    expect(named(name), name).toHaveLength(1);
    return named(name)[0]!;
  };

  beforeAll(async () => {
    asked = await ask(INGEST, { input: { text: words, filename: 'tern-log.txt', metadata: { observer: 'Marguerite' } } });
    trace = await ingestedTrace(asked.traceId);
  });

  it('begins with the request, beneath the span of whoever asked', () => {
    const request = only('POST /graphql');
    expect(parentOf(request)).toBe(asked.parentId);
    expect(request.attributes).toMatchObject({ 'http.request.method': 'POST', 'url.scheme': 'http', 'url.path': '/graphql', 'http.response.status_code': 200 });
    expect(request.attributes['strata.request_id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('goes on with the operation, its field, and the statements that this sent', () => {
    expect(lineage(only('Mutation.ingestText'), trace)).toEqual(['Mutation.ingestText', 'mutation Ingest', 'POST /graphql']);
    const statements = trace.filter((span) => span.name.startsWith('SQL ') && lineage(span, trace).includes('Mutation.ingestText'));
    expect(new Set(statements.map((span) => span.name))).toEqual(new Set([...statements.map((span) => span.name), 'SQL BEGIN', 'SQL INSERT', 'SQL COMMIT']));
    expect(statements.find((span) => /^INSERT INTO data_objects /.test(String(span.attributes['db.query.text'])))?.attributes).toMatchObject({
      'db.system.name': 'postgresql',
      'db.operation.name': 'INSERT',
    });
  });

  it('has the bytes where they were written', () => {
    const writes = trace.filter((span) => /^objects put/.test(span.name));
    expect(writes.length).toBeGreaterThan(0);
    for (const write of writes) expect(lineage(write, trace)).toContain('Mutation.ingestText');
  });

  it('crosses the queue: the job is beneath the request that made it, and the next job beneath that', () => {
    expect(lineage(only('enqueue ingest'), trace)).toContain('Mutation.ingestText');
    expect(parentOf(only('process ingest'))).toBe(idOf(only('enqueue ingest')));
    expect(lineage(only('enqueue annotate'), trace)).toContain('process ingest');
    expect(parentOf(only('process annotate'))).toBe(idOf(only('enqueue annotate')));
  });

  it('has what each stage of the job did', () => {
    for (const name of ['objects localFile', 'media extract', 'models splitPassages', 'models embedTexts', 'vectors upsert', 'keywords index']) {
      expect(named(name).length, name).toBeGreaterThan(0);
      for (const span of named(name).filter((each) => !lineage(each, trace).includes('Mutation.ingestText'))) expect(lineage(span, trace)).toContain('process ingest');
    }
    const ofJob = trace.filter((span) => span.name.startsWith('SQL ') && lineage(span, trace).includes('process ingest'));
    expect(ofJob.length).toBeGreaterThan(5);
    expect(named('models embedTexts').at(-1)!.attributes).toMatchObject({ 'strata.model': 'all-MiniLM-L6-v2' });
  });

  it('is whole: every span in it has its parent in it', () => {
    const ids = new Set([...trace.map(idOf), asked.parentId]);
    expect(trace.filter((span) => !ids.has(parentOf(span) ?? '')).map((span) => span.name)).toEqual([]);
  });

  it('tells nothing of what was said: no words, no metadata, no values', () => {
    const told = JSON.stringify(spans.all.map(({ name, attributes, status, events }) => ({ name, attributes, status, events })));
    for (const secret of ['lighthouse', 'tern-log', 'Marguerite']) expect(told).not.toContain(secret);
  });
});

describe('what else is followed', () => {
  it('an upload through the transfer route, without the signature of its address', async () => {
    const bytes = Buffer.from(`Upload ${randomBytes(4).toString('hex')}`);
    const { data } = await ask('mutation($input: CreateUploadInput!) { createUpload(input: $input) { upload { id url { url method headers { name value } } } } }', {
      input: { filename: 'a.txt', fileSize: bytes.length },
    });
    const { id, url } = data.createUpload.upload as { id: string; url: { url: string; headers: { name: string; value: string }[] } };
    const put = await fetch(url.url, { method: 'PUT', headers: url.headers.map(({ name, value }) => [name, value] as [string, string]), body: bytes });
    expect(put.status).toBe(200);
    const route = await spans.one((span) => span.name === 'PUT /storage');
    expect(parentOf(route)).toBeUndefined();
    expect(JSON.stringify(route.attributes)).not.toContain(new URL(url.url).search.slice(1));

    const { traceId } = await ask('mutation Complete($id: ID!) { completeUpload(input: { id: $id }) { ingestion { id } } }', { id });
    const trace = await ingestedTrace(traceId);
    const job = trace.find((span) => span.name === 'process ingest')!;
    expect(lineage(job, trace)).toEqual(expect.arrayContaining(['enqueue ingest', 'Mutation.completeUpload', 'mutation Complete', 'POST /graphql']));
  });

  it('a field of a list once, however long the list', async () => {
    for (const text of ['One of several.', 'Two of several.', 'Three of several.']) await ask(INGEST, { input: { text } });
    const { traceId, data } = await ask('query Listed { dataObjects(first: 10) { nodes { filename annotations(first: 1) { nodes { id } } } } }');
    expect(data.dataObjects.nodes.length).toBeGreaterThan(2);
    await spans.one((span) => span.name === 'POST /graphql' && traceOf(span) === traceId);
    const names = spans.ofTrace(traceId).map((span) => span.name);
    expect(names.filter((name) => name === 'DataObject.annotations')).toHaveLength(1);
    expect(names).not.toContain('DataObject.filename');
  });

  it('a search: its legs and the statements beneath them', async () => {
    const { traceId } = await ask('query Found { search(input: { query: "several birds" }, first: 3) { edges { score node { id } } } }');
    await spans.one((span) => span.name === 'POST /graphql' && traceOf(span) === traceId);
    const trace = spans.ofTrace(traceId);
    for (const name of ['vectors search', 'keywords search', 'models embedTexts']) {
      expect(lineage(trace.find((span) => span.name === name)!, trace), name).toEqual([name, 'Query.search', 'query Found', 'POST /graphql']);
    }
  });

  it('a failure, on the operation and on its field', async () => {
    const traceId = randomBytes(16).toString('hex');
    const query = 'mutation Missing { deleteDataObject(id: "obj_00000000000000000000000000") { id } }';
    await fetch(serving.url, { method: 'POST', headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` }, body: JSON.stringify({ query }) });
    const request = await spans.one((span) => span.name === 'POST /graphql' && traceOf(span) === traceId);
    const trace = spans.ofTrace(traceId);
    expect(trace.find((span) => span.name === 'Mutation.deleteDataObject')?.attributes['error.type']).toBe('NOT_FOUND');
    expect(trace.find((span) => span.name === 'mutation Missing')?.status.code).toBe(2);
    expect(request.status.code).toBe(0);
  });

  it('what a client did wrong, without the words that the answer repeats', async () => {
    const traceId = randomBytes(16).toString('hex');
    const query = 'query Unknown { search(input: { query: "owls", model: "zanzibar" }, first: 1) { edges { score } } }';
    const response = await fetch(serving.url, { method: 'POST', headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` }, body: JSON.stringify({ query }) });
    expect(await response.text()).toContain('zanzibar');
    await spans.one((span) => span.name === 'POST /graphql' && traceOf(span) === traceId);
    const trace = spans.ofTrace(traceId);
    expect(trace.find((span) => span.name === 'Query.search')).toMatchObject({ attributes: { 'error.type': 'BAD_USER_INPUT' }, status: { code: 2 } });
    expect(JSON.stringify(trace.map(({ name, attributes, status, events }) => ({ name, attributes, status, events })))).not.toMatch(/zanzibar|owls/);
  });

  it('a subscription up to its beginning, and each of its events by itself', async () => {
    const client = createClient({ url: serving.url, retryAttempts: 0 });
    const events = client.iterate({ query: 'subscription Watch { dataObjectChanged { kind dataObject { filename } } }' });
    const first = events.next();
    const beginning = await spans.one((span) => span.name === 'subscription Watch');
    await ask(INGEST, { input: { text: 'Something to hear of.' } });
    expect((await first).value).toMatchObject({ data: { dataObjectChanged: { kind: expect.stringMatching(/^(CREATED|UPDATED)$/) as string } } });
    const event = await spans.one((span) => span.name === 'event dataObjectChanged');
    expect(traceOf(event)).not.toBe(traceOf(beginning));
    client.dispose();
    const request = await spans.one((span) => span.name === 'POST /graphql' && traceOf(span) === traceOf(beginning));
    expect(parentOf(beginning)).toBe(idOf(request));
    // What the source asked the database for meanwhile belongs to nobody's request.
    expect(spans.ofTrace(traceOf(beginning)).map((span) => span.name).sort()).toEqual(['POST /graphql', 'subscription Watch']);
  });

  it('nothing that nobody asked for: no statement begins a trace, and health is not told', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics']) await (await fetch(new URL(path, serving.url))).text();
    const { traceId } = await ask('{ __typename }');
    await spans.one((span) => span.name === 'POST /graphql' && traceOf(span) === traceId);
    const roots = spans.all.filter((span) => parentOf(span) === undefined).map((span) => span.name);
    expect(roots.filter((name) => !/^(POST|PUT|GET|HEAD|event) /.test(name))).toEqual([]);
    expect(spans.all.filter((span) => ['/healthz', '/readyz', '/metrics'].includes(String(span.attributes['url.path'])))).toEqual([]);
  });
});
