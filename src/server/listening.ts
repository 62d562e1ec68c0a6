import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';

/** A turn of the loop in which there is nothing to do. */
const SHORT_MS = 0.03;
/** The longer it takes, the longer a turn may be: after 100 ms it may take 0.1 ms. */
const IMPATIENCE = 1_000;

/** Rejects where the address is taken. */
export async function listening(server: Server, port: number, host: string): Promise<void> {
  const failed = once(server, 'error').then(([error]) => Promise.reject(error as Error));
  server.listen(port, host);
  await Promise.race([once(server, 'listening'), failed]);
}

/**
 * Stops listening at a moment at which no connection waits to be taken. Clients whose connections the system has made already, but
 * this process has not taken yet, have sent their requests; once nobody listens any more, these are lost. One is taken at each turn
 * of the loop, and what came since the loop looked last may still wait: so the turn has to be short, and what follows it, too.
 *
 * @param patienceMs where connections never cease to come, or no turn is short
 */
export async function stopListening(server: Server, patienceMs: number): Promise<void> {
  await rehearse();
  let taken = 0;
  const note = () => {
    taken += 1;
  };
  server.on('connection', note);
  const begun = performance.now();
  await new Promise<void>((resolve) => {
    // Whatever happens, the loop looks at least once.
    let before = -1;
    let from = begun;
    const look = () => {
      const now = performance.now();
      const isQuiet = taken === before && now - from < Math.max(SHORT_MS, (now - begun) / IMPATIENCE);
      if (isQuiet || now - begun > patienceMs) {
        stop(server);
        resolve();
        return;
      }
      [before, from] = [taken, performance.now()];
      setImmediate(look);
    };
    setImmediate(look);
  });
  server.off('connection', note);
  // What belongs to HTTP, which looks at every connection before it stops.
  server.close();
}

const stop = (server: NetServer) => NetServer.prototype.close.call(server);

/** What runs for the first time takes several times as long. */
async function rehearse(): Promise<void> {
  for (let times = 0; times < 2; times += 1) {
    const other = new NetServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    await once(stop(other), 'close');
  }
}

/** An address that can be opened: not the one that stands for all of them. */
export function urlOf(port: number, host: string): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
