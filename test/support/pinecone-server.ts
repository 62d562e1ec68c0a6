import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PineconeIndexes, type StoredIndex } from './pinecone-indexes.js';
import { Refusal, type Answer } from './pinecone-vectors.js';

export interface PineconeServerOptions {
  apiKey?: string;
  /** A write becomes visible with the so-manieth read of its namespace after it. */
  lag?: number;
  /** An index is ready when it is described so many times. */
  readyAfter?: number;
  /** Without the numbers of writes in the headers, as indexes of pods answered. */
  isUnnumbered?: boolean;
}

export interface SeenRequest {
  method: string;
  /** Of the control plane; or of the data plane, after the index's own address. */
  path: string;
  index: string | null;
  bytes: number;
  body: Record<string, unknown>;
}

interface Failure {
  path: string;
  /** 0 hangs up; -1 never answers. */
  status: number;
  times: number;
}

const UPSERT_BYTES = 2 * 2 ** 20;

/**
 * Answers on loopback as Pinecone's public description of its API says, for as much of it as Strata asks: indexes, and vectors in
 * them, with the limits of a request, and reads that lag behind writes. It lags by reads, not by time, so that nothing sleeps.
 */
export class PineconeServer {
  readonly requests: SeenRequest[] = [];
  private readonly indexes: PineconeIndexes;
  private readonly failures: Failure[] = [];

  private constructor(
    private readonly server: Server,
    private readonly options: PineconeServerOptions,
  ) {
    this.indexes = new PineconeIndexes({ lag: options.lag ?? 0, readyAfter: options.readyAfter ?? 0 });
    server.on('request', (request, response) => void this.answer(request, response));
  }

  static async start(options: PineconeServerOptions = {}): Promise<PineconeServer> {
    const server = createServer();
    const started = new PineconeServer(server, options);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return started;
  }

  get url(): string {
    return `http://${this.address}`;
  }

  /** Every write so far becomes visible. */
  settle(): void {
    this.indexes.settle();
  }

  /** No further write becomes visible, until `settle`. */
  hold(): void {
    this.indexes.isHeld = true;
  }

  /** The next `times` requests whose path begins so fail. */
  fail(failure: Failure): void {
    this.failures.push({ ...failure });
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const url = new URL(request.url!, this.url);
    const [, index = null, path = url.pathname] = /^\/at\/([^/]+)(\/.*)$/.exec(url.pathname) ?? [];
    const seen: SeenRequest = { method: request.method!, path, index, bytes: bytes.length, body: bytes.length === 0 ? {} : (JSON.parse(bytes.toString()) as Record<string, unknown>) };
    this.requests.push(seen);
    const failure = this.failures.find((each) => each.times > 0 && path.startsWith(each.path));
    if (failure !== undefined) {
      failure.times--;
      if (failure.status === -1) return;
      if (failure.status === 0) return void request.socket.destroy();
    }
    try {
      if (failure !== undefined) throw new Refusal(failure.status, 'Injected.');
      this.authorise(request);
      const answered = index === null ? this.control(seen) : this.data(this.indexes.get(index), seen, url.searchParams);
      const headers = this.options.isUnnumbered ? {} : answered.headers;
      response.writeHead(answered.status ?? 200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(answered.body));
    } catch (error) {
      const { status, message } = error instanceof Refusal ? error : new Refusal(500, String(error));
      // A key that is refused is answered in plain words, everything else in JSON.
      if (status === 401) response.writeHead(401, { 'content-type': 'text/plain' }).end(message);
      else {
        const body = index === null ? { status, error: { code: 'REFUSED', message } } : { code: status, message, details: [] };
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      }
    }
  }

  private authorise(request: IncomingMessage): void {
    if (request.headers['api-key'] !== (this.options.apiKey ?? 'key')) throw new Refusal(401, 'Unauthorized');
    if (!/^\d{4}-\d{2}$/.test(String(request.headers['x-pinecone-api-version']))) throw new Refusal(400, 'The API version is missing.');
  }

  private control({ method, path, body }: SeenRequest): Answer {
    const host = (name: string) => `${this.address}/at/${name}`;
    if (path === '/indexes' && method === 'GET') return { body: { indexes: this.indexes.all().map((index) => this.indexes.describe(index, host)) } };
    if (path === '/indexes' && method === 'POST') return { status: 201, body: this.indexes.describe(this.indexes.create(body), host) };
    const name = /^\/indexes\/([^/]+)$/.exec(path)?.[1];
    if (name === undefined) throw new Refusal(404, 'There is nothing here.');
    const index = this.indexes.get(name);
    if (method === 'DELETE') return (this.indexes.delete(name), { status: 202, body: {} });
    this.indexes.lookAt(index);
    return { body: this.indexes.describe(index, host) };
  }

  private data(index: StoredIndex, { method, path, body, bytes }: SeenRequest, parameters: URLSearchParams): Answer {
    const vectors = this.indexes.vectorsOf(index, String(body.namespace ?? parameters.get('namespace') ?? ''));
    switch (`${method} ${path}`) {
      case 'POST /vectors/upsert':
        if (bytes > UPSERT_BYTES) throw new Refusal(400, 'The request is larger than 2 MB.');
        return vectors.upsert(body);
      case 'POST /vectors/update':
        return vectors.update(body);
      case 'POST /vectors/delete':
        return vectors.delete(body);
      case 'POST /query':
        return vectors.query(body);
      case 'GET /vectors/fetch':
        return vectors.fetch(parameters.getAll('ids'));
      case 'GET /vectors/list':
        return vectors.list(parameters);
      case 'POST /describe_index_stats':
        return { body: this.indexes.stats(index) };
      default:
        throw new Refusal(404, 'There is nothing here.');
    }
  }
}
