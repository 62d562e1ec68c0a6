import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

/** A wire to a server that can be cut, and that can go dead without being cut. */
export class Link {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #silent = false;
  #port = 0;

  private constructor(private readonly target: URL) {}

  static async to(url: string): Promise<Link> {
    const link = new Link(new URL(url));
    await link.mend();
    return link;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** As it should be again, at the same address. */
  async mend(): Promise<void> {
    this.#silent = false;
    this.#drop();
    if (this.#server !== undefined) return;
    const server = createServer((socket) => this.#join(socket));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Nobody answers at the address any more, and whoever was connected is not. */
  async cut(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    this.#drop();
    await closed;
  }

  /** Connections are taken and held, and nothing passes them any more. */
  silence(): void {
    this.#silent = true;
    for (const socket of this.#sockets) socket.pause();
  }

  #join(from: Socket): void {
    this.#keep(from);
    if (this.#silent) return;
    const to = connect(Number(this.target.port), this.target.hostname);
    this.#keep(to);
    const nothing = () => {};
    const gated = (source: Socket, drain: Socket) =>
      pipeline(
        source,
        async function* (this: Link, chunks: AsyncIterable<Buffer>) {
          for await (const chunk of chunks) {
            if (this.#silent) await new Promise(nothing);
            yield chunk;
          }
        }.bind(this),
        drain,
        nothing,
      );
    gated(from, to);
    gated(to, from);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
