import { createServer, type Server, type Socket } from 'node:net';

/** What is needed of the database: PGlite has both. */
export interface WireDatabase {
  /** Runs messages of the protocol, several at once if need be, and hands over the answer in pieces that live only so long. */
  execProtocolRawStream(message: Uint8Array, options: { syncToFs?: boolean; onRawData: (bytes: Uint8Array) => void }): Promise<void>;
  /** Whether a transaction is open, one that a BEGIN opened or one that waits for its Sync. */
  isInTransaction(): boolean;
}

export interface WireServerOptions {
  path: string;
  maxConnections: number;
  /** The database threw instead of answering: it is beyond use. Errors of statements do not come here. */
  onBreakdown: (error: unknown) => void;
}

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const PROTOCOL_3 = 196_608;
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const STARTUP_HEADER = 8;
const HEADER = 5;
const TERMINATE = 'X'.charCodeAt(0);
/** What the server answers to: Query, Sync, Flush, FunctionCall, CopyDone, CopyFail. */
const ENDS_UNIT = new Set([...'QSHFcf'].map((letter) => letter.charCodeAt(0)));
/** Ends whatever state a client left behind: an extended query without its Sync, then a transaction. */
const ABANDON = Buffer.concat([Buffer.from([0x53, 0, 0, 0, 4]), Buffer.from('Q\0\0\0\x0dROLLBACK\0', 'latin1')]);
const NO = Buffer.from('N');

/** What runs whole: a client's messages, or work of the server's own. */
type Unit = { connection: Connection; message: Buffer } | { connection: null; work: () => Promise<void> };

/**
 * Lets many connections use the one session of an embedded PostgreSQL, over a Unix socket and in its own protocol.
 *
 * A unit is what a client expects one answer to: a Query, or Parse … Sync. Units run whole and one at a time, in the order
 * of their arrival; while a transaction is open, only its own connection's. So connections see each other as on a server
 * where every transaction takes its turn. What belongs to a session rather than to a transaction (SET without LOCAL, named
 * prepared statements, temporary tables, advisory locks of the session) is everyone's.
 *
 * PGlite's own socket server does the same message by message; handing over units takes half the processor time of that.
 */
export class WireServer {
  private readonly server: Server;
  private readonly connections = new Set<Connection>();
  private readonly units: Unit[] = [];
  /** Whose transaction is open. */
  private owner: Connection | null = null;
  private running: Promise<void> | null = null;
  private broken = false;

  constructor(
    private readonly database: WireDatabase,
    private readonly options: WireServerOptions,
  ) {
    this.server = createServer((socket) => this.accept(socket));
    this.server.maxConnections = options.maxConnections;
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.path, () => resolve());
    });
  }

  /** Lets the unit under way finish, ends an open transaction without it, and closes. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.units.length = 0;
    for (const connection of this.connections) connection.socket.destroy();
    await closed;
    await this.running;
  }

  /** Runs work of the server's own on the session, when its turn comes: between units, and outside of any transaction. */
  turn(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.units.push({ connection: null, work: () => work().then(resolve, reject) });
      this.run();
    });
  }

  /** Nobody waits for the session, and nobody has it. */
  isQuiet(): boolean {
    return this.units.length === 0 && this.owner === null;
  }

  private accept(socket: Socket): void {
    const connection = new Connection(socket, (message) => {
      this.units.push({ connection, message });
      this.run();
    });
    this.connections.add(connection);
    // A client that goes away is no news; 'close' follows and cleans up.
    socket.on('error', () => undefined);
    socket.on('close', () => this.forget(connection));
  }

  private forget(connection: Connection): void {
    this.connections.delete(connection);
    const left = this.units.filter((unit) => unit.connection !== connection);
    this.units.splice(0, this.units.length, ...left);
    if (this.owner === connection) this.units.unshift({ connection, message: ABANDON });
    this.run();
  }

  private run(): void {
    if (this.broken) return;
    this.running ??= this.drain()
      .catch((error: unknown) => {
        this.broken = true;
        this.options.onBreakdown(error);
      })
      .finally(() => {
        this.running = null;
        if (this.next() >= 0) this.run();
      });
  }

  private async drain(): Promise<void> {
    for (let index = this.next(); index >= 0; index = this.next()) {
      const [unit] = this.units.splice(index, 1);
      if (unit!.connection === null) await unit!.work();
      else await this.execute(unit!.connection, unit!.message);
    }
  }

  /** @returns the place of the unit whose turn it is; -1 where there is none */
  private next(): number {
    return this.units.findIndex(({ connection }) => this.owner === null || connection === this.owner);
  }

  private async execute(connection: Connection, message: Buffer): Promise<void> {
    const { socket } = connection;
    // All pieces of the answer leave together.
    socket.cork();
    try {
      await this.database.execProtocolRawStream(message, {
        // The files are the operating system's as soon as they are written; there is nothing to copy after each message.
        syncToFs: false,
        onRawData: (bytes) => {
          // The bytes lie in the database's memory and are overwritten next.
          if (socket.writable) socket.write(Buffer.from(bytes));
        },
      });
    } finally {
      socket.uncork();
    }
    this.owner = this.database.isInTransaction() ? connection : null;
    // It closed while its statement ran; nobody else will end its transaction.
    if (this.owner === connection && !this.connections.has(connection) && message !== ABANDON) {
      this.units.unshift({ connection, message: ABANDON });
    }
  }
}

/** Cuts what a client sends into units. */
class Connection {
  private chunks: Buffer[] = [];
  private length = 0;
  /** So many bytes have to be there before it is worth looking again: a message of megabytes is put together once. */
  private needed = STARTUP_HEADER;
  /** Where the first message begins that has not been looked at; what is before it belongs to the unit to come. */
  private position = 0;
  private startedUp = false;

  constructor(
    readonly socket: Socket,
    private readonly onUnit: (message: Buffer) => void,
  ) {
    socket.on('data', (chunk) => this.receive(chunk));
  }

  private receive(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
    if (this.length < this.needed) return;
    let buffer = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks, this.length);
    while (buffer.length >= this.needed) {
      const taken = this.startedUp ? this.readMessage(buffer) : this.readStartup(buffer);
      if (taken > 0) buffer = buffer.subarray(taken);
    }
    this.chunks = [buffer];
    this.length = buffer.length;
  }

  /** @returns how many bytes at the front are dealt with */
  private readStartup(buffer: Buffer): number {
    const length = buffer.readInt32BE(0);
    const code = buffer.readInt32BE(4);
    if (length < STARTUP_HEADER || ![PROTOCOL_3, SSL_REQUEST, GSS_REQUEST].includes(code)) {
      // A CancelRequest, for which there is no process to signal, or another protocol.
      this.socket.destroy();
      this.needed = Infinity;
      return 0;
    }
    if (buffer.length < length) {
      this.needed = length;
      return 0;
    }
    if (code === PROTOCOL_3) {
      this.startedUp = true;
      this.needed = HEADER;
      this.onUnit(buffer.subarray(0, length));
    } else {
      // No encryption within one process.
      this.socket.write(NO);
      this.needed = STARTUP_HEADER;
    }
    return length;
  }

  private readMessage(buffer: Buffer): number {
    const end = this.position + 1 + buffer.readInt32BE(this.position + 1);
    if (buffer.length < end) {
      this.needed = end;
      return 0;
    }
    const type = buffer[this.position]!;
    if (type === TERMINATE) {
      this.socket.end();
      this.needed = Infinity;
      return 0;
    }
    if (!ENDS_UNIT.has(type)) {
      this.position = end;
      this.needed = end + HEADER;
      return 0;
    }
    this.position = 0;
    this.needed = HEADER;
    this.onUnit(buffer.subarray(0, end));
    return end;
  }
}
