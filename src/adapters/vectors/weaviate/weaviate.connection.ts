import weaviate, { weaviateV2, type WeaviateClient } from 'weaviate-client';
import { dependencyUnavailable, isStrataError, isUnavailable } from '../../../domain/errors.js';
import { isNoHttp, SPEAKS_NO_HTTP, whoAnswers, wrongServer } from '../who-answers.js';
import { isAnswerOverGrpc, isOutOfReach, noSearches, translated } from './weaviate.errors.js';

export interface WeaviateAddress {
  /** `http://host:port` or, over TLS, `https://host:port`; gRPC goes the same way. */
  url: string;
  apiKey?: string;
  /** 50051 where it is left out, and 443 beside `https` at its own port. */
  grpcPort?: number;
  /** Milliseconds. */
  timeouts?: {
    /** Until the server has said that it is there; 2,000. */
    connect?: number;
    /** Of a search; 10,000. */
    query?: number;
    /** Of a batch of writes; 60,000. */
    write?: number;
  };
}

export interface WeaviateClients {
  /** Over gRPC. */
  client: WeaviateClient;
  /** Over HTTP: batches, since the other one's `insertMany` waits in steps of half a second (client 3.14). */
  rest: ReturnType<typeof weaviateV2.client>;
}

/** How long a call may be silent before somebody looks whether the server is there at all. */
const SILENCE_MS = 1_000;
/** Of a look whether searches are answered. */
const GRPC_PATIENCE_MS = 3_000;
const SETTING = 'vector_database.weaviate.url';
/** Nobody hears it. Without a reason each call would make an error of its own to end with, stack and all. */
const ENDED = new Error('the call has ended');
const DEFAULT_TIMEOUTS = { connect: 2_000, query: 10_000, write: 60_000 };

/**
 * The way to one server, taken when it is first needed. A call ends soon after the server is gone, however patient the client
 * is with it; after a failure the next call looks first whether it is there, and then takes a fresh way to it.
 */
export class WeaviateConnection {
  /** How often a way was taken. */
  timesOpened = 0;
  private opening: Promise<WeaviateClients> | null = null;
  private readonly left = new Map<Promise<WeaviateClients>, NodeJS.Timeout>();
  private isClosed = false;
  private readonly url: URL;
  private readonly timeouts: typeof DEFAULT_TIMEOUTS;

  constructor(private readonly address: WeaviateAddress) {
    this.url = new URL(address.url);
    this.timeouts = { ...DEFAULT_TIMEOUTS, ...address.timeouts };
  }

  /** @throws StrataError; the caller's reason where the caller gave up */
  async run<T>(work: (clients: WeaviateClients, signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.isClosed) throw dependencyUnavailable('vectors', new Error('the way to Weaviate was closed'));
    const opening = (this.opening ??= this.begin());
    const ended = new AbortController();
    const given = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
    try {
      const clients = await Promise.race([opening, whenAborted(given)]);
      return await Promise.race([work(clients, given), this.whenGone(given), whenAborted(given)]);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (isOutOfReach(error)) this.leave(opening);
      throw translated(error);
    } finally {
      ended.abort(ENDED);
    }
  }

  /** What neither client asks for, as JSON; null where it is refused, or not there. @param path such as `/v1/nodes` */
  async get(path: string, signal?: AbortSignal): Promise<unknown> {
    const { apiKey } = this.address;
    const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    return this.run(async (_, given) => {
      const response = await fetch(this.page(path), { headers, signal: given });
      const text = await response.text();
      return response.ok ? (JSON.parse(text) as unknown) : null;
    }, signal);
  }

  /** @throws DEPENDENCY_UNAVAILABLE; NOT_CONFIGURED where it is somebody else who answers */
  async probe(): Promise<void> {
    let status: number;
    let isAsWeaviate: boolean;
    try {
      const answer = await fetch(this.page('/v1/.well-known/ready'), { signal: AbortSignal.timeout(this.timeouts.connect) });
      status = answer.status;
      // It says so by the status alone.
      isAsWeaviate = (await answer.text()) === '' && (answer.ok || status >= 500);
    } catch (error) {
      if (isNoHttp(error)) throw wrongServer('Weaviate', SETTING, SPEAKS_NO_HTTP);
      throw dependencyUnavailable('vectors', error);
    }
    const answerer = isAsWeaviate ? null : await whoAnswers(this.url);
    if (answerer !== null && answerer.name !== 'Weaviate') throw wrongServer('Weaviate', SETTING, answerer);
    if (status < 200 || status > 299) throw dependencyUnavailable('vectors', new Error(`Weaviate is not ready: status ${status}`));
  }

  /**
   * Searches go over gRPC, which has a port of its own: looks whether Weaviate is there, too, by any answer of its.
   * @throws DEPENDENCY_UNAVAILABLE that names the port's setting
   */
  async probeSearches(collection: string): Promise<void> {
    try {
      await this.run(
        ({ client }, abortSignal) => client.collections.use(collection).withTenant('nobody').query.fetchObjects({ limit: 1 }, { abortSignal }),
        AbortSignal.timeout(GRPC_PATIENCE_MS),
      );
    } catch (error) {
      if (isAnswerOverGrpc(isStrataError(error) ? error.cause : error)) return;
      // Away as a whole, it says so here.
      await this.probe();
      throw noSearches(this.grpcPort, error);
    }
  }

  async close(): Promise<void> {
    this.isClosed = true;
    if (this.opening !== null) this.leave(this.opening);
    await Promise.all([...this.left.keys()].map((opening) => this.shut(opening)));
  }

  private page(path: string): URL {
    return new URL(`${this.url.pathname.replace(/\/$/, '')}${path}`, this.url);
  }

  private get grpcPort(): number {
    return this.address.grpcPort ?? (this.url.protocol === 'https:' && this.url.port === '' ? 443 : 50_051);
  }

  private begin(): Promise<WeaviateClients> {
    const opening = this.open();
    // Whatever it was, the next call looks anew.
    opening.catch(() => this.leave(opening));
    return opening;
  }

  private async open(): Promise<WeaviateClients> {
    await this.probe();
    this.timesOpened += 1;
    const { url, timeouts } = this;
    const isSecure = url.protocol === 'https:';
    const path = url.pathname.replace(/\/$/, '');
    const authCredentials = this.address.apiKey === undefined ? undefined : new weaviate.ApiKey(this.address.apiKey);
    const timeout = { init: timeouts.connect / 1000, query: timeouts.query / 1000, insert: timeouts.write / 1000 };
    const client = await weaviate.connectToCustom({
      httpHost: url.hostname,
      httpPort: Number(url.port) || (isSecure ? 443 : 80),
      httpPath: path,
      httpSecure: isSecure,
      grpcHost: url.hostname,
      grpcPort: this.grpcPort,
      grpcSecure: isSecure,
      authCredentials,
      timeout,
      // They would fail for good where the server is away now.
      skipInitChecks: true,
    });
    const rest = weaviateV2.client({
      host: `${url.host}${path}`,
      scheme: isSecure ? 'https' : 'http',
      ...(authCredentials && { apiKey: authCredentials }),
      timeout,
    } as Parameters<typeof weaviateV2.client>[0]);
    return { client, rest };
  }

  /** Others may still wait for an answer on the old way: it is closed when none can be waiting any more. */
  private leave(opening: Promise<WeaviateClients>): void {
    if (this.opening !== opening) return;
    this.opening = null;
    this.left.set(opening, setTimeout(() => void this.shut(opening), this.timeouts.write).unref());
  }

  private async shut(opening: Promise<WeaviateClients>): Promise<void> {
    clearTimeout(this.left.get(opening));
    this.left.delete(opening);
    const clients = await opening.catch(() => null);
    await clients?.client.close();
  }

  /** Rejects once the server does not say any more that it is there. A busy one may miss one look: it is gone where it misses two. */
  private async whenGone(until: AbortSignal): Promise<never> {
    let hasMissed = false;
    for (;;) {
      await quiet(SILENCE_MS, until);
      try {
        await this.probe();
        hasMissed = false;
      } catch (error) {
        // That somebody else answers is sure at once.
        if (hasMissed || !isUnavailable(error)) throw error;
        hasMissed = true;
      }
    }
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

function quiet(ms: number, until: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // It may have come to its end while somebody looked, and does so once only.
    if (until.aborted) return reject(until.reason as Error);
    const timer = setTimeout(resolve, ms);
    until.addEventListener('abort', () => (clearTimeout(timer), reject(until.reason as Error)), { once: true });
  });
}
