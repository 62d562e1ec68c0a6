import { setTimeout as pause } from 'node:timers/promises';
import { Pinecone } from '@pinecone-database/pinecone';
import { Refused, mayPass, misconfigured } from './pinecone.errors.js';
import { PINECONE_TIMEOUTS, type PineconeOptions, type PineconeTimeouts } from './pinecone.options.js';

const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 100;

export interface Call {
  timeout: number;
  signal?: AbortSignal;
  /** Sees the headers of the answer, which tell how fresh it is; the client keeps them to itself. */
  headers?: (headers: Headers) => void;
}

/**
 * Calls to Pinecone, each bounded in time. A client is given its `fetch` once; so each call has a client of its own, which is a
 * few objects and no connection (Node's fetch keeps those). Failures are thrown as they are, for the caller to tell a missing index
 * from a fault: `Refused`, or whatever kept the call from being answered.
 */
export class PineconeConnection {
  readonly timeouts: PineconeTimeouts;

  constructor(readonly options: PineconeOptions) {
    this.timeouts = { ...PINECONE_TIMEOUTS, ...options.timeouts };
  }

  async call<Answer>(work: (client: Pinecone) => Promise<Answer>, { timeout, signal: caller, headers }: Call): Promise<Answer> {
    const deadline = AbortSignal.timeout(timeout);
    const signal = caller === undefined ? deadline : AbortSignal.any([deadline, caller]);
    for (let attempt = 1; ; attempt++) {
      caller?.throwIfAborted();
      let status = 200;
      const client = this.client(signal, (response) => {
        status = response.status;
        if (response.ok) headers?.(response.headers);
      });
      try {
        return await work(client);
      } catch (error) {
        caller?.throwIfAborted();
        const failure = status >= 400 ? new Refused(status, error) : error;
        if (!mayPass(failure) || attempt === ATTEMPTS || deadline.aborted) throw failure;
        await pause(FIRST_PAUSE_MS * 2 ** attempt, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** The address of an index, as Pinecone gives it: bare, except where a stand-in on this machine speaks plain HTTP. */
  hostOf(host: string): string {
    return /^https?:\/\//.test(host) ? host : `${new URL(this.options.url).protocol}//${host}`;
  }

  private client(signal: AbortSignal, answered: (response: Response) => void): Pinecone {
    const { apiKey, url } = this.options;
    try {
      return new Pinecone({
        apiKey,
        controllerHostUrl: url.replace(/\/+$/, ''),
        // Trying again is done above: the client knows neither an end in time nor the answer 429.
        maxRetries: 0,
        fetchApi: async (input, init) => {
          const response = await fetch(input, { ...init, signal });
          answered(response);
          return response;
        },
      });
    } catch (error) {
      throw misconfigured('Pinecone needs "vector_database.pinecone.api_key".', 'vector_database.pinecone.api_key', error);
    }
  }
}
