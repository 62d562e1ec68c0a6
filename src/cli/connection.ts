import { createClient, type Client } from 'graphql-ws';
import type { CommandContext, SettingOptions } from './context.js';
import { Failure } from './failure.js';
import type { TypedDocumentString } from './generated/graphql.js';

/** The API, as a command sees it. */
export interface Connection {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  request<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result>;
  subscribe<Result, Variables extends object>(document: TypedDocumentString<Result, Variables>, variables: Variables): AsyncIterable<Result>;
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

/** Runs a command against the server that has the data folder open, or against one of its own for as long as it takes. */
export async function withConnection<T>(context: CommandContext, options: SettingOptions, work: (connection: Connection) => Promise<T>): Promise<T> {
  const running = await context.findServer(options);
  if (running) return withClient(running.url, context.settings(options).apiKey, work);
  const local = await context.serveLocally(options);
  try {
    return await withClient(local.url, local.apiKey, work);
  } finally {
    await local.stop();
  }
}

async function withClient<T>(url: string, apiKey: string | undefined, work: (connection: Connection) => Promise<T>): Promise<T> {
  const socket = createClient({ url: url.replace(/^http/, 'ws'), connectionParams: apiKey === undefined ? {} : { apiKey }, lazy: true });
  try {
    return await work(new ApiConnection(url, apiKey, socket));
  } finally {
    await socket.dispose();
  }
}

class ApiConnection implements Connection {
  constructor(
    readonly url: string,
    private readonly apiKey: string | undefined,
    private readonly socket: Client,
  ) {}

  async request<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.apiKey === undefined ? {} : { authorization: `Bearer ${this.apiKey}` }) },
      body: JSON.stringify({ query: document.toString(), variables }),
    }).catch((error: Error) => {
      throw new Failure(`The server at ${this.url} did not answer: ${error.message}.`);
    });
    const answer = (await response.json()) as { data?: Result; errors?: { message: string; extensions?: { code?: string } }[] };
    const error = answer.errors?.[0];
    if (error) throw new ApiFailure(error.message, error.extensions?.code ?? 'INTERNAL_SERVER_ERROR');
    return answer.data!;
  }

  async *subscribe<Result, Variables extends object>(document: TypedDocumentString<Result, Variables>, variables: Variables): AsyncIterable<Result> {
    const events = this.socket.iterate<Result>({ query: document.toString(), variables: variables as Record<string, unknown> });
    for await (const event of events) {
      const error = event.errors?.[0];
      if (error) throw new ApiFailure(error.message, String(error.extensions?.code ?? 'INTERNAL_SERVER_ERROR'));
      if (event.data) yield event.data;
    }
  }
}
