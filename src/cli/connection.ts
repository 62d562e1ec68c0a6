import { Readable } from 'node:stream';
import { createClient, type Client } from 'graphql-ws';
import type { ClientOptions, CommandContext, ServerHandle, SettingOptions } from './context.js';
import { Failure, Interruption } from './failure.js';
import type { TypedDocumentString } from './generated/graphql.js';
import { namedServer } from './server-address.js';

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
const GRAPHQL = '/graphql';
const ADVICE = ' Look at the address that --server or STRATA_SERVER names.';
/** What the tasks for operators answer; whatever else answers there is somebody else. */
const ANSWERS = new Set(['application/x-ndjson', 'application/x-tar', 'application/octet-stream']);
/** GraphQL's own words about a field, an argument or a type that a schema has not. */
const UNKNOWN_OPERATION = /^(Cannot query field|Unknown (argument|type|field)|Field "[^"]*" (is not defined|argument))/;
const CLEAR_LINE = '\r\u001b[K';

/** Runs a command against the server that is named, or the one that has the data folder open, or one of its own for as long as it takes. */
export async function withConnection<T>(context: CommandContext, options: ClientOptions, work: (connection: Connection) => Promise<T>): Promise<T> {
  const running = await runningServer(context, options);
  if (running !== null) return withClient(running, work);
  const local = await startLocally(context, options);
  try {
    return await withClient({ url: local.url, apiKey: local.apiKey }, work);
  } finally {
    await local.stop();
  }
}

/** The same, where a server is up; null where none is. */
export async function withRunningServer<T>(context: CommandContext, options: ClientOptions, work: (connection: Connection) => Promise<T>): Promise<T | null> {
  const running = await runningServer(context, options);
  return running && withClient(running, work);
}

async function runningServer(context: CommandContext, options: ClientOptions): Promise<Target | null> {
  const { server, apiKey } = context.client();
  const named = namedServer(options, server);
  if (named !== null) return { url: `${named}${GRAPHQL}`, apiKey, advice: ADVICE };
  const found = await context.findServer(options);
  return found && { url: found.url, apiKey: context.settings(options).apiKey };
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

interface Target {
  /** Of the GraphQL endpoint. */
  url: string;
  apiKey: string | undefined;
  advice?: string;
}

/** A signal ends the work, so that what was started for it is stopped in order. A second one ends the process. */
async function withClient<T>({ url, apiKey, advice = '' }: Target, work: (connection: Connection) => Promise<T>): Promise<T> {
  const socket = createClient({ url: url.replace(/^http/, 'ws'), connectionParams: apiKey === undefined ? {} : { apiKey }, lazy: true });
  const interruption = new AbortController();
  const interrupted = new Promise<never>((_, reject) => {
    interruption.signal.addEventListener('abort', () => reject(interruption.signal.reason as Interruption));
  });
  const interrupt = (signal: 'SIGINT' | 'SIGTERM') => interruption.abort(new Interruption(signal));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await Promise.race([work(new ApiConnection(url, apiKey, advice, socket, interruption.signal)), interrupted]);
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
  private hasAnswered = false;

  constructor(
    readonly url: string,
    private readonly apiKey: string | undefined,
    /** What to do where the wrong server answers, or none. */
    private readonly advice: string,
    private readonly socket: Client,
    readonly signal: AbortSignal,
  ) {}

  async request<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
    const response = await this.send(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: document.toString(), variables }),
    });
    const answer = (await response.json().catch(() => null)) as Answer<Result> | null;
    if (!isAnswer(answer)) throw this.isNoStrata(response);
    return this.dataOf<Result>(answer);
  }

  async admin(method: 'GET' | 'POST' | 'PUT', path: string, body?: object | Readable): Promise<Response> {
    const isStream = body instanceof Readable;
    const response = await this.send(`${this.url.slice(0, -GRAPHQL.length)}/admin/${path}`, {
      method,
      headers: { 'x-strata-admin': 'cli', 'content-type': isStream ? 'application/octet-stream' : 'application/json' },
      ...(body !== undefined && { body: isStream ? (Readable.toWeb(body) as unknown as BodyInit) : JSON.stringify(body), duplex: 'half' }),
    });
    if (response.ok && ANSWERS.has(response.headers.get('content-type') ?? '')) return response;
    const { error } = ((await response.json().catch(() => null)) ?? {}) as { error?: { message?: unknown; code?: unknown } };
    if (response.ok || typeof error?.message !== 'string') throw this.isNoStrata(response);
    throw this.failureOf(error.message, error.code);
  }

  async *subscribe<Result, Variables extends object>(document: TypedDocumentString<Result, Variables>, variables: Variables): AsyncIterable<Result> {
    const events = this.socket.iterate<Result>({ query: document.toString(), variables: variables as Record<string, unknown> });
    try {
      for await (const event of events) yield this.dataOf<Result>(event);
    } catch (error) {
      if (error instanceof Failure) throw error;
      // The client throws the errors of a refused subscription, or the socket's closing event.
      if (Array.isArray(error)) this.dataOf<Result>({ errors: error as Answer<Result>['errors'] & object });
      throw new Failure(`The connection to ${this.url} was lost. What was stored stays, and its processing goes on with the server.`);
    }
  }

  /** @throws Failure where nobody answers, or another address does */
  private async send(url: string, { headers, ...init }: RequestInit & { headers: Record<string, string> }): Promise<Response> {
    const response = await fetch(url, {
      ...init,
      headers: { ...headers, ...(this.apiKey !== undefined && { authorization: `Bearer ${this.apiKey}` }) },
      signal: this.signal,
      // A request that is sent on comes without its body, and the key would go to a server that nobody named.
      redirect: 'manual',
    }).catch((error: Error) => {
      if (error instanceof Interruption) throw error;
      if (this.hasAnswered) throw new Failure(`The server at ${this.url} does not answer any more: ${reasonOf(error)}. What was done there stays; repeat the command.`);
      throw new Failure(`No server answers at ${this.url}: ${reasonOf(error)}.${this.advice}`);
    });
    this.hasAnswered = true;
    const elsewhere = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && elsewhere !== null) {
      throw new Failure(`The server at ${this.url} has moved: it points to ${new URL(elsewhere, url)}.${this.advice}`);
    }
    return response;
  }

  private isNoStrata({ status }: Response): Failure {
    // What stands in front of it answers for it.
    if ([502, 503, 504].includes(status)) return new Failure(`The server at ${this.url} is not ready (HTTP ${status}). Try again in a moment.`);
    return new Failure(`What answers at ${this.url} is no Strata server (HTTP ${status}).${this.advice}`);
  }

  private failureOf(message: string, code: unknown): ApiFailure {
    const says = code === 'UNAUTHENTICATED' ? `${message} Commands take it from STRATA_API_KEY${this.apiKey === undefined ? ', which is not set' : ''}.`
      : UNKNOWN_OPERATION.test(message) ? `The server at ${this.url} does not know what this command asks for: ${message} It is of another version than this program, or no Strata server.${this.advice}`
      : message;
    return new ApiFailure(says, String(code ?? 'INTERNAL_SERVER_ERROR'));
  }

  private dataOf<Result>({ data, errors }: Answer<Result>): Result {
    const error = errors?.[0];
    if (error) throw this.failureOf(error.message, error.extensions?.code);
    return data!;
  }
}

function isAnswer(answer: unknown): answer is Answer<never> {
  if (typeof answer !== 'object' || answer === null) return false;
  const { data, errors } = answer as { data?: unknown; errors?: unknown };
  return Array.isArray(errors) ? typeof (errors[0] as { message?: unknown } | undefined)?.message === 'string' : typeof data === 'object' && data !== null;
}

/** `fetch failed` says little; its cause says why: the first of several, where a name has several addresses. */
export function reasonOf(error: Error): string {
  const { cause } = error;
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error && first.message !== '' ? first.message : error.message;
}

/** Of a signed address: where it leads, and who says so. */
export const unreachable = (url: string, error: Error): string =>
  `${new URL(url).origin} does not answer (${reasonOf(error)}). The server hands out that address: its server.public_url, or the public_endpoint of its bucket, must be one that can be reached from here.`;
