import { once } from 'node:events';
import type { Server } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';

const SHORT_MS = 1;

/** Rejects where the address is taken. */
export async function listening(server: Server, port: number, host: string): Promise<void> {
  const failed = once(server, 'error').then(([error]) => Promise.reject(error as Error));
  server.listen(port, host);
  await Promise.race([once(server, 'listening'), failed]);
}

/**
 * Resolves when no connection waits to be taken. Clients whose connections the system has made already, but this process has not
 * taken yet, have sent their requests; once nobody listens any more, these would be lost. One is taken at each turn of the loop,
 * and what came during a turn that was long may still wait.
 *
 * @param patienceMs where connections never cease to come, or no turn is short
 */
export async function untilNoneWaits(server: Server, patienceMs: number): Promise<void> {
  let taken = 0;
  const note = () => {
    taken += 1;
  };
  server.on('connection', note);
  const begun = performance.now();
  // The first may end before the loop has looked at its connections.
  await turn();
  for (let quiet = false; !quiet && performance.now() - begun < patienceMs; ) {
    const [before, from] = [taken, performance.now()];
    await turn();
    quiet = taken === before && performance.now() - from < SHORT_MS;
  }
  server.off('connection', note);
}

/** An address that can be opened: not the one that stands for all of them. */
export function urlOf(port: number, host: string): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
