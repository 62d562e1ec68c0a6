import { EventEmitter, once } from 'node:events';
import { createServer, request as send, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

/** A GraphQL request as it came over the wire. */
export interface SeenRequest {
  headers: IncomingHttpHeaders;
  query: string;
  variables: Record<string, unknown>;
  /** When the answer was over, or whoever asked had gone. */
  ended: Promise<unknown>;
}

export interface RecordingProxy {
  /** Stands in for the address that it hands everything on to. */
  url: string;
  /** Since the last `forget`, in the order in which they came. */
  readonly seen: SeenRequest[];
  forget(): void;
  /** The first request, seen already or to come, whose query has the text. */
  sees(text: string): Promise<SeenRequest>;
  stop(): Promise<void>;
}

/** Hands requests on as they are, streams answers back as they come, and remembers what was asked. */
export async function recordingProxy(target: string): Promise<RecordingProxy> {
  const seen: SeenRequest[] = [];
  const arrivals = new EventEmitter().setMaxListeners(0);
  const { hostname, port, pathname } = new URL(target);
  const server = createServer(async (incoming, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const asked = new URL(incoming.url!, target).searchParams;
    const { query, variables } = body.length > 0 ? JSON.parse(body.toString()) : { query: asked.get('query'), variables: JSON.parse(asked.get('variables') ?? '{}') };
    const ended = once(answer, 'close');
    seen.push({ headers: incoming.headers, query: query ?? '', variables: variables ?? {}, ended });
    arrivals.emit('arrival');
    const path = pathname + (asked.size > 0 ? `?${asked}` : '');
    const outgoing = send({ hostname, port, path, method: incoming.method, headers: { ...incoming.headers, host: `${hostname}:${port}` } });
    void ended.then(() => outgoing.destroy());
    outgoing.once('error', () => answer.destroy());
    outgoing.once('response', (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      // Fails where one side hangs up, which closes the other.
      pipeline(response, answer).catch(() => answer.destroy());
    });
    outgoing.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    seen,
    forget: () => void seen.splice(0),
    async sees(text) {
      for (;;) {
        const found = seen.find(({ query }) => query.includes(text));
        if (found) return found;
        await once(arrivals, 'arrival');
      }
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
