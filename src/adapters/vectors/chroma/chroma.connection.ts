import { setTimeout as pause } from 'node:timers/promises';
import { AdminClient, ChromaClient, type ChromaClientArgs } from 'chromadb';
import { isStrataError, isUnavailable, type StrataError } from '../../../domain/errors.js';
import type { VectorSpace } from '../../../ports/vector-store.port.js';
import { whoAnswers, wrongServer } from '../who-answers.js';
import { isFault, isGone, misconfigured, missingPlace, translated } from './chroma.errors.js';
import { CHROMA_TIMEOUTS, type ChromaOptions, type ChromaTimeouts } from './chroma.options.js';

/** What a server says of itself before the first write. */
type Checks = Awaited<ReturnType<ChromaClient['getPreflightChecks']>>;

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 100;

/**
 * Calls to one Chroma server, each bounded in time. The client takes an abort signal for all of its calls, not for one; so each
 * call gets a client of its own, which is a few objects and no connection (Node's fetch keeps those).
 */
export class ChromaConnection {
  private readonly address: Pick<ChromaClientArgs, 'host' | 'port' | 'ssl' | 'headers'>;
  private readonly timeouts: ChromaTimeouts;
  private checks: Checks | undefined;
  /** That it is Chroma which answers, and that it has the database. */
  private isConfirmed = false;

  constructor(private readonly options: ChromaOptions) {
    this.address = { ...addressOf(options.url), headers: headersOf(options.apiKey) };
    this.timeouts = { ...CHROMA_TIMEOUTS, ...options.timeouts };
  }

  /** The spaces of the models that are here. */
  get expected(): readonly VectorSpace[] {
    return this.options.spaces ?? [];
  }

  get collectionPrefix(): string {
    return this.options.collectionPrefix;
  }

  read<Answer>(work: (client: ChromaClient) => Promise<Answer>, signal?: AbortSignal): Promise<Answer> {
    return this.call(this.timeouts.read, work, signal);
  }

  /** Every write of ours may be made twice: upserts and deletions by id. */
  write<Answer>(work: (client: ChromaClient) => Promise<Answer>): Promise<Answer> {
    return this.call(this.timeouts.write, work);
  }

  /** Records that the server takes at once. */
  async maxBatchSize(): Promise<number> {
    this.checks ??= await this.read((client) => client.getPreflightChecks()).catch((error: unknown) => {
      throw translated(error, this.options);
    });
    return this.checks.max_batch_size > 0 ? this.checks.max_batch_size : Infinity;
  }

  /** That the server is there, that it takes the key, and that it has the database: it answers an absent one with no collections. */
  async check(): Promise<void> {
    const deadline = AbortSignal.timeout(this.timeouts.check);
    const { tenant, database } = this.options;
    const { host, port, ssl, headers } = this.address;
    const admin = new AdminClient({ host: host!, port: port!, ssl: ssl!, headers, fetchOptions: { signal: deadline } });
    try {
      const { name } = await admin.getDatabase({ tenant, name: database });
      if (name !== database) throw new TypeError('What answers says of the database what Chroma does not.');
    } catch (error) {
      this.isConfirmed = false;
      throw await this.meant(error, isGone(error) ? missingPlace(this.options, error) : translated(error, this.options), deadline);
    }
    this.isConfirmed = true;
  }

  /** Chroma has nothing by that name; or it is not Chroma that says so. */
  async confirm(): Promise<void> {
    if (!this.isConfirmed) await this.check();
  }

  private async call<Answer>(
    timeout: number,
    work: (client: ChromaClient) => Promise<Answer>,
    caller?: AbortSignal,
  ): Promise<Answer> {
    const deadline = AbortSignal.timeout(timeout);
    const signal = caller === undefined ? deadline : AbortSignal.any([deadline, caller]);
    for (let attempt = 1; ; attempt++) {
      caller?.throwIfAborted();
      try {
        return await work(this.client(signal));
      } catch (error) {
        // The client hides an abort behind a failure to connect.
        caller?.throwIfAborted();
        if (isGone(error)) throw error;
        const failure = translated(error, this.options);
        if (isStrataError(error)) throw failure;
        if (!isUnavailable(failure) || attempt === ATTEMPTS || deadline.aborted) throw await this.meant(error, failure, deadline);
        await pause(FIRST_PAUSE_MS * 2 ** attempt, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** A failure is what Chroma makes of it only where it is Chroma that was asked. */
  private async meant(error: unknown, failure: StrataError, deadline: AbortSignal): Promise<StrataError> {
    if (deadline.aborted || isFault(error)) return failure;
    const answerer = await whoAnswers(new URL(this.options.url), this.address.headers);
    return answerer === null || answerer.name === 'Chroma' ? failure : wrongServer('Chroma', 'vector_database.chroma.url', answerer);
  }

  private client(signal: AbortSignal): ChromaClient {
    const { tenant, database } = this.options;
    return new ClientOfACall({ ...this.address, tenant, database, fetchOptions: { signal } }, this.checks);
  }
}

/** Knows already what the server says of itself, so that a write is one request. */
class ClientOfACall extends ChromaClient {
  constructor(args: Partial<ChromaClientArgs>, checks: Checks | undefined) {
    super(args);
    if (checks !== undefined) this.preflightChecks = checks;
  }
}

function addressOf(url: string): { host: string; port: number; ssl: boolean } {
  const { protocol, hostname, port, pathname } = new URL(url);
  if (pathname !== '/') {
    throw misconfigured(
      `Chroma's client reaches a server at its root alone, and "vector_database.chroma.url" has the path "${pathname}". Give Chroma an address of its own.`,
      'vector_database.chroma.url',
    );
  }
  const ssl = protocol === 'https:';
  return { host: hostname, port: port === '' ? (ssl ? 443 : 80) : Number(port), ssl };
}

function headersOf(apiKey: string | undefined): Record<string, string> {
  return apiKey === undefined ? {} : { 'x-chroma-token': apiKey, authorization: `Bearer ${apiKey}` };
}
