import { StrataError } from '../../domain/errors.js';
import { wrongSetting } from './refusals.js';

/** Who was found at an address. */
export interface Answerer {
  /** `Chroma`, `Weaviate`, or an object store by what it calls itself; null for somebody who is not known here. */
  name: string | null;
  /** How it answered, for a sentence about somebody who is not known. */
  said: string;
}

interface Answer {
  status: number;
  type: string;
  server: string;
  body: string;
}

const PATIENCE_MS = 2_000;
export const SPEAKS_NO_HTTP: Answerer = { name: null, said: 'it does not speak HTTP' };

/**
 * Asks whoever is at an address what it is, by what Chroma and Weaviate tell anybody.
 * @param base where the API begins, as it is configured
 * @returns null where nobody answers, or where the answer tells nothing: a fault, a door that wants a key
 */
export async function whoAnswers(base: URL, headers: Record<string, string> = {}): Promise<Answerer | null> {
  try {
    return answererOf(await ask(base, 'api/v2/heartbeat', headers), await ask(base, 'v1', headers));
  } catch (error) {
    return isNoHttp(error) ? SPEAKS_NO_HTTP : null;
  }
}

/** The error for a call that somebody else has answered. One who is not known may stand before the store for a while: that may pass. */
export function wrongServer(feature: string, setting: string, { name, said }: Answerer): StrataError {
  const mend = `Set it to the address of ${feature}.`;
  if (name !== null) return wrongSetting(feature, setting, `At "${setting}" answers ${name}, and not ${feature}. ${mend}`);
  return new StrataError('DEPENDENCY_UNAVAILABLE', `At "${setting}" something answers that is not ${feature} (${said}). ${mend}`, {
    extensions: { dependency: 'vectors', retryable: true, feature, setting },
  });
}

/** Whether a failure of `fetch` is that of an answer which was none of HTTP. */
export function isNoHttp(error: unknown): boolean {
  return error instanceof TypeError && error.cause instanceof Error && error.cause.name === 'HTTPParserError';
}

async function ask(base: URL, path: string, headers: Record<string, string>): Promise<Answer> {
  const answer = await fetch(new URL(`${base.pathname.replace(/\/$/, '')}/${path}`, base), { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  const header = (name: string) => /^[\x20-\x7e]{1,60}/.exec(answer.headers.get(name) ?? '')?.[0] ?? '';
  return { status: answer.status, type: header('content-type').split(';')[0]!, server: header('server'), body: await answer.text() };
}

function answererOf(heartbeat: Answer, links: Answer): Answerer | null {
  const said = howOf(links);
  if (heartbeat.body.includes('"nanosecond heartbeat"')) return { name: 'Chroma', said };
  if (/"href":\s*"[^"]*\/v1\/meta"/.test(links.body)) return { name: 'Weaviate', said };
  if (/<Error\b[^]*<Code>/.test(links.body)) return { name: links.server === '' ? 'an object store' : `an object store (${links.server})`, said };
  return tells(heartbeat) && tells(links) ? { name: null, said } : null;
}

const tells = ({ status }: Answer): boolean => status < 500 && ![401, 403, 408, 429].includes(status);

function howOf({ status, type, server }: Answer): string {
  return [`status ${status}`, type, server && `from "${server}"`].filter((part) => part !== '').join(', ');
}
