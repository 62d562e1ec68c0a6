import type { Finding } from '../cli/context.js';
import type { Config } from '../config/config.js';

const PATIENCE_MS = 10_000;

/** What a running server says of itself over its own HTTP side; its parts are in its hands, so nothing is started here. */
export async function askServer(url: string, config: Config): Promise<Finding[]> {
  const origin = new URL(url).origin;
  try {
    const { parts } = (await (await ask(`${origin}/readyz`)).json()) as { parts: Record<string, string> };
    const findings: Finding[] = [{ part: 'server', state: 'ok', says: `Listening on ${url}.` }];
    for (const [part, state] of Object.entries(parts)) {
      findings.push(
        state === 'ok'
          ? { part, state: 'ok', says: 'Answers.' }
          : state === 'degraded'
          ? { part, state: 'warning', says: 'Does not answer, and is done without.', mend: 'The log of the server says what failed, at "A part is not ready".' }
          : { part, state: 'fault', says: 'Does not answer.', mend: 'The log of the server says what failed, at "A part is not ready".' },
      );
    }
    return config.server.metrics ? [...findings, sagas(await (await ask(`${origin}/metrics`)).text())] : findings;
  } catch (error) {
    return [
      {
        part: 'server', state: 'fault', says: `A process has the data folder open and does not answer at ${url}: ${(error as Error).message}.`,
        mend: 'Look at its log; stop it and start it again.',
      },
    ];
  }
}

const ask = (url: string) => fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });

function sagas(exposition: string): Finding {
  const stuck = Number(/^sagas_stuck(?:\{.*\})? (\d+)/m.exec(exposition)?.[1] ?? 0);
  return stuck === 0
    ? { part: 'sagas', state: 'ok', says: 'No work over several stores is left half done.' }
    : {
        part: 'sagas', state: 'fault', says: `${stuck} pieces of work over several stores could neither be completed nor undone.`,
        mend: 'Stop the server and ask again: then each is named with its reason.',
      };
}
