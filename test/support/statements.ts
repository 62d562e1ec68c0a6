import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { DatabaseEngine } from '../../src/adapters/db/engine/database-engine.js';

/** On account of which count something is done: whatever a piece of work begins inherits it, and the program's own chores hold none. */
const account = new AsyncLocalStorage<object>();

/**
 * The statements that `work`, and the HTTP requests that come to this process while it runs, send or cause to be sent, in order; without
 * pg-boss's. What the program sends by itself meanwhile, and what earlier requests still send, is not among them.
 */
export async function statementsOf(engine: Pick<DatabaseEngine, 'onStatement'>, work: () => Promise<unknown>): Promise<string[]> {
  const own = {};
  const statements: string[] = [];
  const end = engine.onStatement((text) => {
    if (account.getStore() === own && !text.includes('pgboss')) statements.push(text);
  });
  // A request comes from a socket, which inherits nothing of whoever asks. Node tells of it before it hands it on, in the same breath.
  const enter = () => account.enterWith(own);
  subscribe(REQUEST, enter);
  try {
    await account.run(own, work);
  } finally {
    unsubscribe(REQUEST, enter);
    end();
  }
  return statements;
}

const REQUEST = 'http.server.request.start';
