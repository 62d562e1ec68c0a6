import { createServer, type Server, type Socket } from 'node:net';
import { BACKGROUND } from './background.js';
import { SharedStatements } from './shared-statements.js';

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
  /** Whether someone waits for the answers of several statements, and another one may come at any moment. */
  isAnyoneReading?: () => boolean;
  /** Called when a transaction has ended, one way or the other. */
  onTransactionEnd?: () => void;
  /** How long a transaction that waits to begin is overtaken. Default 50. */
  overtakenMs?: number;
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
type Work = { connection: Connection; message: Buffer } | { connection: null; work: () => Promise<void> };
type Unit = Work & { since: number };

const OVERTAKEN_MS = 50;
/** Whoever has just sent a statement by itself often sends the next one in a moment, and a transaction that began in between would be in its way. */
const NEXT_ONE_MS = 3;
/** How long until it is asked again whether someone reads. */
const LOOK_AGAIN_MS = 1;
const BEGIN = /^Q....BEGIN/s;
const opensTransaction = (unit: Unit): boolean => unit.connection !== null && BEGIN.test(unit.message.toString('latin1', 0, 10));
/** One that nobody waits for. */
const isBackground = (unit: Unit): boolean => unit.connection !== null && opensTransaction(unit) && unit.message.includes(BACKGROUND);

/**
 * Lets many connections use the one session of an embedded PostgreSQL, over a Unix socket and in its own protocol.
 *
 * A unit is what a client expects one answer to: a Query, or Parse … Sync. Units run whole and one at a time, in the order
 * of their arrival; while a transaction is open, only its own connection's. A statement by itself goes before a transaction that
 * has just asked to begin, and it is waited for, for a moment: it takes little, and would wait for several of them where workers are
 * busy. Transactions in the background wait as long as someone reads, and others go before them. So connections see each other as on a server where every transaction takes its turn. What belongs to a session rather than
 * to a transaction (SET without LOCAL, temporary tables, advisory locks of the session) is everyone's; of prepared statements,
 * connections need not know (`SharedStatements`).
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
  /** When the last statement by itself ended. */
  private aloneUntil = -Infinity;
  private later: NodeJS.Timeout | null = null;
  private readonly statements = new SharedStatements();

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
    if (this.later !== null) clearTimeout(this.later);
    this.later = null;
    for (const connection of this.connections) connection.socket.destroy();
    await closed;
    await this.running;
  }

  /** Runs work of the server's own on the session, when its turn comes: between units, and outside of any transaction. */
  turn(work: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.enqueue({ connection: null, work: () => work().then(resolve, reject) });
    });
  }

  /** Nobody waits for the session, and nobody has it. */
  isQuiet(): boolean {
    return this.units.length === 0 && this.owner === null;
  }

  private accept(socket: Socket): void {
    const connection = new Connection(socket, (message) => this.enqueue({ connection, message }));
    this.connections.add(connection);
    // A client that goes away is no news; 'close' follows and cleans up.
    socket.on('error', () => undefined);
    socket.on('close', () => this.forget(connection));
  }

  private forget(connection: Connection): void {
    this.connections.delete(connection);
    const left = this.units.filter((unit) => unit.connection !== connection);
    this.units.splice(0, this.units.length, ...left);
    if (this.owner === connection) this.abandon(connection);
    this.run();
  }

  private enqueue(work: Work): void {
    this.units.push({ ...work, since: performance.now() });
    this.run();
  }

  private abandon(connection: Connection): void {
    this.units.unshift({ connection, message: ABANDON, since: performance.now() });
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
    if (this.owner !== null) return this.units.findIndex(({ connection }) => connection === this.owner);
    const [first] = this.units;
    if (first === undefined) return -1;
    if (!opensTransaction(first) || performance.now() - first.since > (this.options.overtakenMs ?? OVERTAKEN_MS)) return 0;
    const begun = new Set<Connection | null>([null]);
    const firstOfConnection = this.units.map(({ connection }) => {
      const isFirst = !begun.has(connection);
      begun.add(connection);
      return isFirst;
    });
    const alone = this.units.findIndex((unit, index) => firstOfConnection[index] && !opensTransaction(unit));
    if (alone >= 0) return alone;
    const isHeld = this.options.isAnyoneReading?.() === true && isBackground(first);
    const awaited = isHeld ? this.units.findIndex((unit, index) => firstOfConnection[index] && !isBackground(unit)) : -1;
    if (awaited >= 0) return awaited;
    const moment = this.aloneUntil + NEXT_ONE_MS - performance.now();
    const early = isHeld ? Math.max(moment, LOOK_AGAIN_MS) : moment;
    if (early <= 0) return 0;
    this.later ??= setTimeout(() => {
      this.later = null;
      this.run();
    }, early);
    return -1;
  }

  private async execute(connection: Connection, message: Buffer): Promise<void> {
    const { socket } = connection;
    // A greeting has no type in front, and is nobody's statement.
    const isGreeting = message[0] === 0;
    const unit = isGreeting ? null : this.statements.shorten(message);
    // All pieces of the answer leave together.
    socket.cork();
    try {
      if (unit?.told && socket.writable) socket.write(unit.told);
      await this.database.execProtocolRawStream(unit?.message ?? message, {
        // The files are the operating system's as soon as they are written; there is nothing to copy after each message.
        syncToFs: false,
        onRawData: (bytes) => {
          unit?.answered(bytes);
          // The bytes lie in the database's memory and are overwritten next.
          if (socket.writable) socket.write(Buffer.from(bytes));
        },
      });
    } finally {
      socket.uncork();
    }
    const wasAlone = this.owner === null;
    this.owner = this.database.isInTransaction() ? connection : null;
    if (wasAlone && this.owner === null) this.aloneUntil = performance.now();
    if (!wasAlone && this.owner === null) this.options.onTransactionEnd?.();
    // It closed while its statement ran; nobody else will end its transaction.
    if (this.owner === connection && !this.connections.has(connection) && message !== ABANDON) this.abandon(connection);
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
