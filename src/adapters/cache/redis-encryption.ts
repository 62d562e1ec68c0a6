import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect as connectPlainly, isIP, type Socket } from 'node:net';
import { connect as connectEncrypted, type ConnectionOptions } from 'node:tls';
import { misconfigured } from './redis-errors.js';

export interface RedisTls {
  /** A file with the certificate of the authority that signed the server's; the system's own authorities where it is left out. */
  caFile?: string;
  /** False takes any certificate. */
  verify: boolean;
}

/** @throws NOT_CONFIGURED where the file of the authority is no certificate, or cannot be read */
export function encryption(host: string, { caFile, verify }: RedisTls): ConnectionOptions {
  return { ...named(host), rejectUnauthorized: verify, ...(caFile === undefined ? {} : { ca: authorityIn(caFile) }) };
}

/** Which of several names is meant. TLS has it for names alone; an address is looked for in the certificate all the same. */
const named = (host: string) => (isIP(host) === 0 ? { servername: host } : {});

function authorityIn(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    new X509Certificate(text); // Node takes what is none for an authority that has signed nothing
    return text;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    const fault = syscall === undefined ? 'holds no certificate' : `cannot be read (${code})`;
    throw misconfigured(`The file "${file}" ${fault}. Set "cache.redis.tls_ca" to the certificate of the authority that signed the server's.`, 'cache.redis.tls_ca', error);
  }
}

export interface Speaking {
  host: string;
  port: number;
  tls?: RedisTls;
  /** For how long to wait for an answer, in milliseconds. */
  commandTimeoutMs: number;
}

/** Nobody is there to be asked, or nobody let us through. */
const NOBODY = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ECONNABORTED']);

/**
 * Whether this side speaks TLS and the other does not, or the other way round. What either is told of that says nothing: the
 * connection is reset, or there is no answer. So a connection of its own asks in the other way, without any credentials.
 *
 * @param told what the connection failed with; null where it has not failed yet
 */
export async function speaksOtherwise({ host, port, tls, commandTimeoutMs }: Speaking, told: Error | null): Promise<boolean> {
  const { code } = (told ?? {}) as NodeJS.ErrnoException;
  if (code !== undefined && NOBODY.has(code)) return false;
  if (tls !== undefined) return asked(connectPlainly({ host, port }), commandTimeoutMs, { event: 'connect', saysSo: (text) => /^(\+PONG|-[A-Z]+ )/.test(text) });
  const isWithoutAnswer = told === null || code === 'ETIMEDOUT' || /timed out/i.test(told.message);
  return !isWithoutAnswer && asked(connectEncrypted({ host, port, ...named(host), rejectUnauthorized: false }), commandTimeoutMs, { event: 'secureConnect' });
}

function asked(socket: Socket, timeoutMs: number, { event, saysSo }: { event: string; saysSo?: (text: string) => boolean }): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (answer: boolean) => {
      resolve(answer);
      socket.destroy();
    };
    // Of all seconds, not of those without a byte: whoever is there may say anything.
    const timer = setTimeout(() => end(false), timeoutMs);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(false);
    });
    socket.on('error', () => end(false)); // which is an answer as well: not this way either
    socket.once(event, () => (saysSo === undefined ? end(true) : void socket.write('PING\r\n')));
    if (saysSo !== undefined) socket.once('data', (data) => end(saysSo(data.toString('latin1'))));
  });
}
