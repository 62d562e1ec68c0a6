import { Readable } from 'node:stream';
import { createClient, type Client } from 'graphql-ws';
import type { CommandContext, ServerHandle, SettingOptions } from './context.js';
import { Failure, Interruption } from './failure.js';
import type { TypedDocumentString } from './generated/graphql.js';

/** The API, as a command sees it. */
export interface Connection {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /** Aborts when the command is interrupted; its reason is the Interruption. */
  readonly signal: AbortSignal;
  request<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result>;
  subscribe<Result, Variables extends object>(document: TypedDocumentString<Result, Variables>, variables: Variables): AsyncIterable<Result>;
  /** A task for operators, below `/admin/`; what it answers is a stream. @param body JSON, or a stream of bytes */
  admin(method: 'GET' | 'POST' | 'PUT', path: string, body?: object | Readable): Promise<Response>;
}

/** An error of the API, with its code. */
export class ApiFailure extends Failure {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

const STARTING = 'Starting Strata for this command; "strata serve" keeps it running …';
const CLEAR_LINE = '\r\u001b[K';

/** Runs a command against the server that has the data folder open, or against one of its own for as long as it takes. */
export async function withConnection<T>(context: CommandContext, options: SettingOptions, work: (connection: Connection) => Promise<T>): Promise<T> {
  const running = await context.findServer(options);
  if (running) return withClient(running.url, context.settings(options).apiKey, work);
  const local = await startLocally(context, options);
  try {
    return await withClient(local.url, local.apiKey, work);
  } finally {
    await local.stop();
  }
}

/** A start takes a moment; somebody who looks on is told so, and the line goes again. */
async function startLocally(context: CommandContext, options: SettingOptions): Promise<ServerHandle & { apiKey: string }> {
  const { stderr } = process;
  if (!stderr.isTTY) return context.serveLocally(options);
  stderr.write(STARTING.slice(0, stderr.columns - 1));
  try {
    return await context.serveLocally(options);
  } finally {
    stderr.write(CLEAR_LINE);
  }
}

/** A signal ends the work, so that what was started for it is stopped in order. A second one ends the process. */
async function withClient<T>(url: string, apiKey: string | undefined, work: (connection: Connection) => Promise<T>): Promise<T> {
  const socket = createClient({ url: url.replace(/^http/, 'ws'), connectionParams: apiKey === undefined ? {} : { apiKey }, lazy: true });
  const interruption = new AbortController();
  const interrupted = new Promise<never>((_, reject) => {
    interruption.signal.addEventListener('abort', () => reject(interruption.signal.reason as Interruption));
  });
  const interrupt = (signal: 'SIGINT' | 'SIGTERM') => interruption.abort(new Interruption(signal));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await Promise.race([work(new ApiConnection(url, apiKey, socket, interruption.signal)), interrupted]);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await socket.dispose();
  }
}

interface Answer<Result> {
  data?: Result | null;
  errors?: readonly { message: string; extensions?: { code?: unknown } }[];
}

class ApiConnection implements Connection {
  constructor(
    readonly url: string,
    private readonly apiKey: string | undefined,
    private readonly socket: Client,
    readonly signal: AbortSignal,
  ) {}

  async request<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.apiKey === undefined ? {} : { authorization: `Bearer ${this.apiKey}` }) },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: this.signal,
    }).catch((error: Error) => {
      if (error instanceof Interruption) throw error;
      throw new Failure(`The server at ${this.url} did not answer: ${reasonOf(error)}.`);
    });
    const answer = await response.json().catch(() => {
      throw new Failure(`What answers at ${this.url} is no Strata server (HTTP ${response.status}).`);
    });
    return dataOf(answer as Answer<Result>);
  }

  async admin(method: 'GET' | 'POST' | 'PUT', path: string, body?: object | Readable): Promise<Response> {
    const isStream = body instanceof Readable;
    const response = await fetch(new URL(`/admin/${path}`, this.url), {
      method,
      headers: {
        'x-strata-admin': 'cli',
        'content-type': isStream ? 'application/octet-stream' : 'application/json',
        ...(this.apiKey === undefined ? {} : { authorization: `Bearer ${this.apiKey}` }),
      },
      signal: this.signal,
      ...(body !== undefined && { body: isStream ? (Readable.toWeb(body) as unknown as BodyInit) : JSON.stringify(body), duplex: 'half' }),
    } as RequestInit).catch((error: Error) => {
      if (error instanceof Interruption) throw error;
      throw new Failure(`The server at ${this.url} did not answer: ${reasonOf(error)}.`);
    });
    if (!response.ok) throw await adminFailure(response);
    return response;
  }

  async *subscribe<Result, Variables extends object>(document: TypedDocumentString<Result, Variables>, variables: Variables): AsyncIterable<Result> {
    const events = this.socket.iterate<Result>({ query: document.toString(), variables: variables as Record<string, unknown> });
    try {
      for await (const event of events) yield dataOf<Result>(event);
    } catch (error) {
      if (error instanceof Failure) throw error;
      // The client throws the errors of a refused subscription, or the socket's closing event.
      if (Array.isArray(error)) dataOf<Result>({ errors: error });
      throw new Failure(`The connection to ${this.url} was lost. What was stored stays, and its processing goes on with the server.`);
    }
  }
}

async function adminFailure(response: Response): Promise<Failure> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { error: { message: string; code?: string } };
    return new ApiFailure(error.message, String(error.code));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    return new Failure(`The server answered HTTP ${response.status}: ${text.slice(0, 300)}`);
  }
}

function dataOf<Result>({ data, errors }: Answer<Result>): Result {
  const error = errors?.[0];
  if (error) throw new ApiFailure(error.message, String(error.extensions?.code ?? 'INTERNAL_SERVER_ERROR'));
  return data!;
}

/** `fetch failed` says little; its cause says why. */
export const reasonOf = (error: Error): string => (error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message);
