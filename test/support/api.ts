import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { afterAll, beforeAll, expect } from 'vitest';
import { WebSocket } from 'ws';

import { serve, type Serving } from '../../src/app/serve.js';
import { loadConfig } from '../../src/config/load.js';
import type { ErrorCode } from '../../src/domain/errors.js';
import type { Role } from '../../src/domain/model.js';
import type { Logger } from '../../src/ports/logger.port.js';
import { sha256 } from './app.js';
import { migratedTemplate } from './database.js';
import { openStack, type OpenedStack } from './stack.js';
import { statementsOf } from './statements.js';

/** What a GraphQL server answers; tests know what they asked for. */
export interface ApiAnswer {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data?: any;
  errors?: ApiError[];
}
export interface ApiError {
  message: string;
  path?: (string | number)[];
  extensions: { code: ErrorCode; path?: string[]; requestId?: string; [key: string]: unknown };
}
export interface HttpAnswer extends ApiAnswer {
  status: number;
  headers: Headers;
}

type Variables = Record<string, unknown>;
/** Node's own, which no library of the test's names. */
export type Events = AsyncIterableIterator<ApiAnswer>;

/** One who asks: a key, or none. */
export interface ApiClient {
  readonly tenant: string;
  readonly role: Role;
  /** As the API names whoever has the key. */
  readonly viewer: string;
  readonly headers: Record<string, string>;
  post(query: string, variables?: Variables, headers?: Record<string, string>): Promise<HttpAnswer>;
  /** The data of an operation that must succeed. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  ask(query: string, variables?: Variables): Promise<any>;
  /** The one error of an operation that must fail, with the code that is expected. */
  refused(code: ErrorCode, query: string, variables?: Variables): Promise<ApiError>;
  overSocket(query: string, variables?: Variables): Events;
  overEvents(query: string, variables?: Variables): Events;
  /** The same key at another address, a router's for instance. */
  at(endpoint: string): ApiClient;
  /** Texts made and followed to the end; their ids, in order. */
  texts(inputs: readonly { text: string; filename?: string; metadata?: unknown }[]): Promise<string[]>;
  /** The three steps of an upload over HTTP, followed to the end of the ingestion. */
  upload(bytes: Uint8Array, input: { filename: string; metadata?: unknown }): Promise<{ id: string; ingestionId: string }>;
  /** Follows ingestions to their ends by the subscription. */
  ended(ingestionIds: readonly string[]): Promise<{ id: string; status: string; error: { code: string } | null; warnings: string[] }[]>;
}

export interface LogLine {
  level: string;
  fields: Record<string, unknown>;
  message: string;
}

export interface TestApi {
  readonly serving: Serving;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** What the server logged, from debug up. */
  readonly lines: LogLine[];
  /** A tenant that no other test uses, and one client a role. */
  tenant(): Record<Role, ApiClient>;
  /** Without a key, or with one that the configuration does not name. */
  stranger(key?: string): ApiClient;
  /** As `statementsOf`, of the server's. */
  statementsOf(work: () => Promise<unknown>): Promise<string[]>;
}

const ROLES = ['reader', 'annotator', 'editor', 'admin'] as const;

export interface ApiOptions {
  /** How many tenants the file's tests may take. 0: no keys at all, and whoever asks is trusted. */
  tenants?: number;
  /** Lines of data_layer.yaml beside the keys. */
  settings?: string;
}

/** The whole program on a free port and a data folder, or servers of a stack, of this file's own; started before its tests, gone after them. */
export function withApi({ tenants = 40, settings = '' }: ApiOptions = {}): TestApi {
  const lines: LogLine[] = [];
  const endings: (() => unknown)[] = [];
  let serving: Serving | null = null;
  let stack: OpenedStack | null = null;
  let folder = '';
  let taken = 0;
  const running = (): Serving => {
    if (!serving) throw new Error('The server is there within tests and hooks only.');
    return serving;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-api-'));
    stack = await openStack();
    await writeFile(join(folder, 'data_layer.yaml'), `${stack.settings}${settings}\n${keysYaml(tenants)}`);
    const config = loadConfig({ env: {}, cwd: folder, overrides: { dataDir: join(folder, 'data'), port: 0 } });
    serving = await serve(config, { logger: memoryLogger(lines), databaseTemplate: await migratedTemplate() });
  });
  afterAll(async () => {
    for (const end of endings) await end();
    await serving?.stop();
    await stack?.close();
    await rm(folder, { recursive: true, force: true });
  });
  const client = (who: Who) => new HttpClient(() => running().url, who, (end) => endings.push(end));
  return {
    get serving() {
      return running();
    },
    get origin() {
      return new URL(running().url).origin;
    },
    lines,
    tenant() {
      if (taken === tenants) throw new Error('This file has taken all its tenants; ask withApi for more.');
      const number = (taken += 1);
      const of = (role: Role) => client({ tenant: tenantName(number), role, viewer: viewerName(number, role), key: keyOf(number, role) });
      return { reader: of('reader'), annotator: of('annotator'), editor: of('editor'), admin: of('admin') };
    },
    stranger: (key) => client({ tenant: 'default', role: 'admin', viewer: 'anonymous', key }),
    statementsOf: (work) => statementsOf(running().app.engine, work),
  };
}

const tenantName = (number: number) => `tenant-${number}`;
const viewerName = (number: number, role: Role) => `${role}-${number}`;
const keyOf = (number: number, role: Role) => `key-of-${role}-in-tenant-${number}`;

function keysYaml(tenants: number): string {
  if (tenants === 0) return '';
  const keys = Array.from({ length: tenants }, (_, i) => i + 1).flatMap((number) =>
    ROLES.map((role) => `    - { key: ${keyOf(number, role)}, viewer: ${viewerName(number, role)}, tenant: ${tenantName(number)}, role: ${role} }`),
  );
  return `server:\n  api_keys:\n${keys.join('\n')}\n`;
}

function memoryLogger(lines: LogLine[]): Logger {
  const write = (level: string) => (fields: object, message: string) => void lines.push({ level, fields: fields as Record<string, unknown>, message });
  const logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error'), child: () => logger } as Logger;
  return logger;
}

interface Who {
  tenant: string;
  role: Role;
  viewer: string;
  key?: string;
}

class HttpClient implements ApiClient {
  readonly tenant: string;
  readonly role: Role;
  readonly viewer: string;
  readonly headers: Record<string, string>;

  constructor(
    private readonly endpoint: () => string,
    private readonly who: Who,
    private readonly atEnd: (end: () => unknown) => void,
  ) {
    this.tenant = who.tenant;
    this.role = who.role;
    this.viewer = who.viewer;
    this.headers = who.key === undefined ? {} : { authorization: `Bearer ${who.key}` };
  }

  async post(query: string, variables: Variables = {}, headers: Record<string, string> = {}): Promise<HttpAnswer> {
    const response = await fetch(this.endpoint(), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.headers, ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, headers: response.headers, ...((await response.json()) as ApiAnswer) };
  }

  async ask(query: string, variables: Variables = {}) {
    const { data, errors } = await this.post(query, variables);
    expect(errors, JSON.stringify(errors)?.slice(0, 500)).toBeUndefined();
    return data;
  }

  async refused(code: ErrorCode, query: string, variables: Variables = {}): Promise<ApiError> {
    const { data, errors } = await this.post(query, variables);
    expect(errors?.map((error) => error.extensions.code), JSON.stringify(errors ?? data).slice(0, 500)).toEqual([code]);
    return errors![0]!;
  }

  overSocket(query: string, variables: Variables = {}): Events {
    const client = createSocketClient({ url: this.endpoint().replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams: this.headers, retryAttempts: 0 });
    this.atEnd(() => client.dispose());
    return client.iterate({ query, variables }) as Events;
  }

  overEvents(query: string, variables: Variables = {}): Events {
    const client = createSseClient({ url: this.endpoint(), headers: this.headers, retryAttempts: 0 });
    this.atEnd(() => client.dispose());
    return client.iterate({ query, variables }) as Events;
  }

  at(endpoint: string): ApiClient {
    return new HttpClient(() => endpoint, this.who, this.atEnd);
  }

  async texts(inputs: readonly { text: string; filename?: string; metadata?: unknown }[]): Promise<string[]> {
    const { ingestTexts } = await this.ask(
      'mutation($input: [IngestTextInput!]!) { ingestTexts(input: $input) { __typename ... on IngestPayload { dataObject { id } ingestion { id } } ... on UserError { code message } } }',
      { input: inputs },
    );
    const made = ingestTexts as { __typename: string; dataObject: { id: string }; ingestion: { id: string } }[];
    expect(made.filter((each) => each.__typename === 'UserError')).toEqual([]);
    const ends = await this.ended(made.map((each) => each.ingestion.id));
    expect(ends.filter((end) => end.status !== 'SUCCEEDED')).toEqual([]);
    return made.map((each) => each.dataObject.id);
  }

  async upload(bytes: Uint8Array, input: { filename: string; metadata?: unknown }): Promise<{ id: string; ingestionId: string }> {
    const { createUpload } = await this.ask(CREATE_UPLOAD, { input: { ...input, fileSize: bytes.length, contentHash: sha256(bytes) } });
    const stored = await put(createUpload.upload.url, bytes);
    expect(stored.status, await stored.text()).toBe(200);
    const { completeUpload } = await this.ask(COMPLETE_UPLOAD, { id: createUpload.upload.id });
    await this.ended([completeUpload.ingestion.id]);
    return { id: completeUpload.dataObject.id, ingestionId: completeUpload.ingestion.id };
  }

  async ended(ingestionIds: readonly string[]) {
    const last = new Map<string, { id: string; status: string; error: { code: string } | null; warnings: string[] }>();
    const events = this.overEvents('subscription($ids: [ID!]!) { ingestionsProgress(ids: $ids) { id status error { code } warnings } }', { ids: ingestionIds });
    for await (const { data, errors } of events) {
      expect(errors).toBeUndefined();
      last.set(data.ingestionsProgress.id, data.ingestionsProgress);
    }
    return ingestionIds.map((id) => last.get(id)!);
  }
}

export const CREATE_UPLOAD = `mutation($input: CreateUploadInput!) { createUpload(input: $input) {
  upload { id status partSize partCount expiresAt url { url method headers { name value } expiresAt } parts { partNumber size uploaded etag url { url method headers { name value } } } }
  dataObject { id filename metadata } deduplicated
} }`;
export const COMPLETE_UPLOAD = `mutation($id: ID!, $parts: [CompletedPartInput!]) { completeUpload(input: { id: $id, parts: $parts }) {
  dataObject { id type mimeType fileSize contentHash filename metadata version status } ingestion { id } deduplicated
} }`;

export interface Link {
  url: string;
  method: string;
  headers: { name: string; value: string }[];
}

/** What a client does with a link: this method, this URL, exactly these headers. */
export function put(link: Link, bytes: Uint8Array): Promise<Response> {
  return fetch(link.url, { method: link.method, headers: link.headers.map(({ name, value }) => [name, value] as [string, string]), body: Buffer.from(bytes) });
}

/** The answers of a subscription until it ends. */
export async function allOf(events: Events): Promise<ApiAnswer[]> {
  const answers: ApiAnswer[] = [];
  for await (const answer of events) answers.push(answer);
  return answers;
}
