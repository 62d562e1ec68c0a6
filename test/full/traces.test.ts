import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, type Server } from '../e2e/support/strata.js';
import { uploadBy, type Asking } from './support/clients.js';
import { addressesOf, ENGINES, freshInstallation, prepare, type Installation } from './support/installation.js';
import { untilDone } from './support/state.js';

const engines = addressesOf(ENGINES);
afterAll(cleanUp);

type Values = { key: string; value: { stringValue?: string; intValue?: number } }[];
interface Told {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: Values;
  status: object;
  events: object[];
  links: object[];
}
interface Span extends Told {
  /** Of the process that it is from. */
  instance: string;
}
interface Body {
  resourceSpans: { resource: { attributes: Values }; scopeSpans: { spans: Told[] }[] }[];
}
const valueOf = (attributes: Values, wanted: string) => attributes.find(({ key }) => key === wanted)?.value.stringValue;

/** Both processes are ended before anything is looked at: by then each has sent what it had. */
describe.skipIf(engines === null)('traces of an API and a worker over PostgreSQL, Redis, MinIO and Weaviate', () => {
  const spans: Span[] = [];
  const bodies: string[] = [];
  let collector: HttpServer;
  let installation: Installation;
  let processes: [api: Server, worker: Server];
  const [filename, words, query] = ['marguerite-at-the-light.txt', 'The zeppelin hung above the harbour for an hour.', 'an airship over the port'];
  /** Of what the client asked, by its name. */
  const traces: Record<string, string> = {};

  /** As a client that has traces of its own. */
  const asking =
    (traceId: string): Asking =>
    async (document, variables = {}) => {
      const headers = { 'content-type': 'application/json', traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` };
      const response = await fetch(processes[0].url, { method: 'POST', headers, body: JSON.stringify({ query: document, variables }) });
      const { data, errors } = (await response.json()) as { data: never; errors?: unknown };
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data;
    };
  const trace = (name: string) => (traces[name] ??= randomUUID().replaceAll('-', ''));

  beforeAll(async () => {
    collector = createServer((request, response) => {
      void json(request).then((body) => {
        bodies.push(JSON.stringify(body));
        for (const { resource, scopeSpans } of (body as Body).resourceSpans) {
          const instance = valueOf(resource.attributes, 'service.instance.id')!;
          for (const span of scopeSpans.flatMap((scope) => scope.spans)) spans.push({ ...span, instance });
        }
        response.setHeader('Content-Type', 'application/json').end('{}');
      });
    });
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    installation = await freshInstallation(engines!, (settings) => Object.assign(settings, { telemetry: { enabled: true, endpoint } }));
    await prepare(installation);
    processes = await Promise.all([installation.serve(), installation.worker()]);
    await uploadBy(asking(trace('upload')), filename, Buffer.from(words));
    await untilDone(installation);
    await asking(trace('search'))('query Find($query: String!) { search(input: { query: $query }, first: 1) { nodes { id filename downloadUrl { url } } } }', { query });
    await asking(trace('failure'))('query Lost($model: String!) { search(input: { query: "x", model: $model }, first: 1) { nodes { id } } }', { model: 'zanzibar' }).catch(() => undefined);
    for (const each of processes) expect((await each.stop('SIGTERM')).code).toBe(0);
  }, 180_000);
  afterAll(async () => {
    collector?.closeAllConnections();
    collector?.close();
    await installation?.end();
  });

  const of = (name: string) => spans.filter(({ traceId }) => traceId === trace(name));
  /** Names from the span up to the last of its forebears. */
  function lineage(span: Span): string[] {
    const names: string[] = [];
    for (let step: Span | undefined = span; step; step = spans.find(({ spanId }) => spanId === step!.parentSpanId)) names.push(step.name);
    return names;
  }

  it('hold an upload from its request to the last of the worker’s jobs, each span beneath the one that it is part of', () => {
    const all = of('upload');
    const named = (name: string) => all.filter((span) => span.name === name);
    expect(named('POST /graphql')).toHaveLength(2);
    const [ingest, annotate] = [named('process ingest'), named('process annotate')];
    expect([ingest.length, annotate.length]).toEqual([1, 1]);
    expect(lineage(ingest[0]!)).toEqual(['process ingest', 'enqueue ingest', 'Mutation.completeUpload', 'mutation', 'POST /graphql']);
    expect(lineage(annotate[0]!).slice(0, 3)).toEqual(['process annotate', 'enqueue annotate', 'process ingest']);
    const [api, worker] = [named('Mutation.completeUpload')[0]!.instance, ingest[0]!.instance];
    expect(api).not.toBe(worker);
    const parts = (instance: string) => new Set(all.filter((span) => span.instance === instance).map(({ name }) => name));
    expect([...parts(api)]).toEqual(expect.arrayContaining(['SQL INSERT', 'objects signUpload', 'objects head', 'objects copy', 'media sniff']));
    expect([...parts(worker)]).toEqual(expect.arrayContaining(['SQL INSERT', 'objects localFile', 'media extract', 'models embedTexts', 'weaviate write', 'cache delete']));
    // What the client said that it was asking from is not sent by us.
    const ids = new Set(all.map(({ spanId }) => spanId));
    expect(all.filter(({ name, parentSpanId }) => name !== 'POST /graphql' && !ids.has(parentSpanId!)).map(({ name }) => name)).toEqual([]);
  });

  it('hold a search with what it asked of each store', () => {
    const all = of('search');
    for (const name of ['cache get', 'models embedTexts', 'weaviate hybrid']) {
      expect(lineage(all.find((span) => span.name === name)!), name).toEqual([name, 'Query.search', 'query Find', 'POST /graphql']);
    }
    expect(lineage(all.find(({ name }) => name === 'objects signDownload')!)).toEqual(['objects signDownload', 'DataObject.downloadUrl', 'query Find', 'POST /graphql']);
  });

  it('hold what failed, by its code', () => {
    const failed = of('failure').find(({ name }) => name === 'Query.search')!;
    expect([failed.status, valueOf(failed.attributes, 'error.type')]).toEqual([{ code: 2 }, 'BAD_USER_INPUT']);
  });

  it('hold neither secrets nor what was said', () => {
    const { minio } = installation.settings.object_storage;
    expect(spans.length).toBeGreaterThan(80);
    const secrets = [filename, 'zeppelin', 'airship', 'zanzibar', 'X-Amz-Signature', String(minio['secret_key']), String(installation.settings.server['signing_secret'])];
    for (const secret of secrets) expect(bodies.filter((body) => body.includes(secret)), secret).toEqual([]);
  });
});
