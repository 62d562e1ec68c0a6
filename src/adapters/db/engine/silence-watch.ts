import type { Socket } from 'node:net';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';

import pg from 'pg';

import type { EnginePool } from './engine-pool.js';

/** From a statement without any answer to the question whether the server is there, and what that may take. */
export interface Patience {
  silenceMs: number;
  answerMs: number;
}

const PATIENCE: Patience = { silenceMs: 3_000, answerMs: 3_000 };
/** A server under load, or a network that lost a packet, may miss one look. */
const MISSES = 2;
/** A statement may take minutes: while it does, the server is asked no more often than this. */
const ASK_AGAIN_MS = 5_000;

interface Followed {
  /** Bytes that had come when they last became more. */
  read: number;
  since: number;
}

/**
 * Ends the connections to a server that has fallen silent. One that hangs, or a network that swallows what is sent, looks like a
 * statement that takes long, and would be waited for without end; so where a statement has had no answer for a while, the server is
 * asked over a connection of its own. Where it does not answer that either, and not when it is asked once more, every connection from
 * which nothing came meanwhile is ended: statements fail as they do when a server goes away, and new ones begin with a new connection.
 *
 * @returns what ends the watch
 */
export function watchForSilence(pool: EnginePool, server: pg.ClientConfig, patience: Patience = PATIENCE): () => void {
  const clients = new Map<pg.Client, Followed>();
  let [asking, askedAt, missed] = [false, -Infinity, 0];
  pool.on('connect', (client) => {
    const known = client as unknown as pg.Client;
    clients.set(known, { read: socketOf(known).bytesRead, since: performance.now() });
    known.once('end', () => clients.delete(known));
  });

  const hasFallenSilent = (): boolean => {
    const now = performance.now();
    let silent = false;
    for (const [client, followed] of clients) {
      const { bytesRead } = socketOf(client);
      if (bytesRead !== followed.read || !isWaiting(client)) Object.assign(followed, { read: bytesRead, since: now });
      else silent ||= now - followed.since >= patience.silenceMs;
    }
    return silent;
  };

  const look = async (): Promise<void> => {
    const asked = performance.now();
    if (asking) return;
    if (!hasFallenSilent()) {
      missed = 0;
      return;
    }
    if (asked - askedAt < ASK_AGAIN_MS) return;
    asking = true;
    const before = [...clients.keys()].map((client) => ({ client, read: socketOf(client).bytesRead }));
    try {
      if (await answers(server, patience.answerMs)) {
        [askedAt, missed] = [asked, 0];
        return;
      }
      // The next look comes soon: it waits for nothing but the timer.
      if ((missed += 1) < MISSES) return;
      missed = 0;
      for (const { client, read } of before) if (socketOf(client).bytesRead === read) socketOf(client).destroy();
    } finally {
      asking = false;
    }
  };

  const timer = setInterval(() => void look(), patience.silenceMs / 3);
  timer.unref();
  return () => clearInterval(timer);
}

/** A refusal is an answer: only who says nothing, or cannot be reached, is silent. */
async function answers(server: pg.ClientConfig, withinMs: number): Promise<boolean> {
  const client = new pg.Client({ ...server, connectionTimeoutMillis: 0 });
  client.on('error', () => undefined);
  let answered = false;
  const asking = client.connect().then(
    () => client.query('SELECT 1').then(() => (answered = true)),
    (error: { severity?: string }) => (answered = error.severity !== undefined),
  );
  const enough = new AbortController();
  const late = pause(withinMs, undefined, { signal: enough.signal })
    // Where this process was busy itself, the answer may lie there unread.
    .then(() => turn())
    .catch(() => undefined);
  await Promise.race([asking.catch(() => undefined), late]);
  enough.abort();
  socketOf(client).destroy();
  return answered;
}

/** What pg keeps of a connection; its types leave it out. */
const internals = (client: pg.Client) => client as unknown as { connection: { stream: Socket }; readyForQuery: boolean };
const socketOf = (client: pg.Client): Socket => internals(client).connection.stream;
/** A statement was sent, and its end has not come. */
const isWaiting = (client: pg.Client): boolean => !internals(client).readyForQuery;
