import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface HubRepository {
  files: Record<string, Buffer>;
  licence?: string;
  /** Who has this token sees it, and nobody else. */
  token?: string;
}

/** A request as it came to the hub, or to the store that it redirects to. */
export interface HubRequest {
  at: 'hub' | 'store';
  path: string;
  range?: string;
  ifRange?: string;
  authorization?: string;
}

/** Files beyond this are kept outside git, and the hub redirects to where they lie, on another origin. */
const LARGE = 10_000;

/** A model hub for tests: listings, redirects to a store elsewhere, ranges, tags; and whatever can go wrong with them. */
export class ModelHub {
  readonly requests: HubRequest[] = [];
  /** What becomes of the next answers that carry more bytes than these, of large files: held open after so many, until `cut` ends them. */
  readonly cuts: { after: number }[] = [];
  /** Answers in place of the hub's own, by path. */
  readonly instead = new Map<string, { status: number; type: string; body: string }>();
  /** Listed in place of the file's own. */
  readonly checksums = new Map<string, string>();
  commit = 'c0ffee'.repeat(6) + '1234';
  /** Resolves each time that an answer is held. */
  onHold: () => void = () => undefined;
  private readonly held: ServerResponse[] = [];
  private readonly repositories = new Map<string, HubRepository>();
  private readonly servers: Server[] = [];
  url = '';
  private store = '';

  static async start(): Promise<ModelHub> {
    const hub = new ModelHub();
    hub.store = await hub.listen((request, response) => hub.answerBytes('store', request, response));
    hub.url = await hub.listen((request, response) => hub.answer(request, response));
    return hub;
  }

  add(name: string, repository: HubRepository): void {
    this.repositories.set(name, repository);
  }

  /** Breaks off whatever is held. */
  cut(): void {
    for (const response of this.held.splice(0)) response.destroy();
  }

  async close(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  }

  private async listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
    const server = createServer(answer).listen(0, '127.0.0.1');
    this.servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname: path } = new URL(request.url!, this.url);
    const instead = this.instead.get(decodeURIComponent(path));
    if (instead !== undefined) {
      this.note('hub', request);
      response.writeHead(instead.status, { 'content-type': instead.type }).end(instead.body);
      return;
    }
    const listed = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/(.+)$/.exec(path);
    const [, name = ''] = listed ?? /^\/([^/]+\/[^/]+)\/resolve\//.exec(path) ?? [];
    const repository = this.repositories.get(name);
    const may = repository !== undefined && (repository.token === undefined || request.headers.authorization === `Bearer ${repository.token}`);
    if (!may || listed !== null) this.note('hub', request);
    if (!may) response.writeHead(request.headers.authorization === undefined ? 401 : repository === undefined ? 404 : 403).end();
    else if (listed !== null) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.listing(name, repository)));
    else this.answerBytes('hub', request, response);
  }

  private listing(name: string, { files, licence }: HubRepository): object {
    const siblings = Object.entries(files).map(([path, bytes]) => {
      const large = bytes.length > LARGE;
      const sha256 = this.checksums.get(path) ?? createHash('sha256').update(bytes).digest('hex');
      const blobId = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
      return { rfilename: path, size: bytes.length, blobId, ...(large ? { lfs: { sha256, size: bytes.length, pointerSize: 130 } } : {}) };
    });
    return { id: name, sha: this.commit, siblings, ...(licence === undefined ? {} : { cardData: { license: licence } }) };
  }

  private answerBytes(at: 'hub' | 'store', request: IncomingMessage, response: ServerResponse): void {
    this.note(at, request);
    const [, name, , path] = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(decodeURIComponent(request.url!)) ?? [];
    const bytes = this.repositories.get(name!)?.files[path!];
    if (bytes === undefined) return void response.writeHead(404).end();
    const tag = `"${createHash('sha256').update(bytes).digest('hex')}"`;
    if (at === 'hub' && bytes.length > LARGE) return void response.writeHead(302, { location: `${this.store}${request.url}`, 'x-linked-etag': tag }).end();
    const { range, 'if-range': known } = request.headers;
    const from = range !== undefined && (known === undefined || known === tag) ? Number(/^bytes=(\d+)-$/.exec(range)![1]) : 0;
    const body = bytes.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-type': 'application/octet-stream', 'content-length': body.length, etag: tag,
      ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    const cut = bytes.length > LARGE && body.length > (this.cuts[0]?.after ?? Infinity) ? this.cuts.shift() : undefined;
    if (cut === undefined) return void response.end(body);
    response.write(body.subarray(0, cut.after), () => {
      this.held.push(response);
      this.onHold();
    });
  }

  private note(at: 'hub' | 'store', { url, headers }: IncomingMessage): void {
    const { range, authorization, 'if-range': ifRange } = headers;
    this.requests.push({ at, path: url!, ...(range && { range }), ...(authorization && { authorization }), ...(ifRange && { ifRange: String(ifRange) }) });
  }
}

/** A folder's files, as a repository has them. */
export function filesOf(folder: string): Record<string, Buffer> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(names.map(({ parentPath, name }) => [join(parentPath, name).slice(folder.length + 1), readFileSync(join(parentPath, name))]));
}
