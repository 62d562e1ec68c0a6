import { StrataError, unauthenticated } from '../../src/domain/errors.js';
import { createServer } from '../../src/server/server.js';
import type { RunningServer, ServerLog, ServerOptions } from '../../src/server/options.js';
import { FakeServices, viewer } from './fake-services.js';

export interface LogLine {
  level: string;
  fields: Record<string, unknown>;
  message: string;
}

export interface TestServer extends RunningServer {
  url: string;
  endpoint: string;
  fake: FakeServices;
  lines: LogLine[];
  /** One operation over HTTP. */
  ask(query: string, variables?: Record<string, unknown>, headers?: Record<string, string>): Promise<Answer>;
}

export interface Answer {
  status: number;
  headers: Headers;
  // Tests know what they asked for.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data?: any;
  errors?: { message: string; path?: unknown[]; locations?: unknown[]; extensions: Record<string, unknown> }[];
}

export function memoryLog(lines: LogLine[]): ServerLog {
  const write = (level: string) => (fields: object, message: string) => void lines.push({ level, fields: fields as Record<string, unknown>, message });
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** The real server over fake services, on a free port. The key "wrong" is refused; none is needed. */
export async function startServer(changes: Partial<ServerOptions> = {}): Promise<TestServer> {
  const fake = new FakeServices();
  const lines: LogLine[] = [];
  const server = createServer({
    services: fake.services,
    authenticate: async ({ apiKey }) => {
      if (apiKey === 'wrong') throw unauthenticated();
      if (apiKey === 'broken') throw new StrataError('INTERNAL_SERVER_ERROR', 'the key table at /etc/keys is gone');
      return { ...viewer, id: apiKey ?? viewer.id };
    },
    log: memoryLog(lines),
    limits: { maxDepth: 15, maxAliases: 100, maxCost: 100_000, maxTokens: 10_000, introspection: true, maxBodyBytes: 2 ** 20, maxSubscriptions: 10 },
    landingPage: 'graphiql',
    corsOrigins: [],
    readiness: {},
    ...changes,
  });
  const { url } = await server.listen(0, '127.0.0.1');
  const endpoint = `${url}/graphql`;
  return {
    ...server,
    url,
    endpoint,
    fake,
    lines,
    ask: async (query, variables, headers = {}) => {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
      return { status: response.status, headers: response.headers, ...((await response.json()) as object) };
    },
  };
}
