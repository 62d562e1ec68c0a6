import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config/config.js';
import { isUnavailable, type StrataError } from '../domain/errors.js';
import type { Logger } from '../ports/logger.port.js';
import { layFoundation, type Foundation, type FoundationOptions } from './foundation.js';

export interface AwaitOptions extends FoundationOptions {
  /** Where the process will listen: whoever asks there meanwhile is told what it waits for. Left out, it listens nowhere. */
  address?: { host: string; port: number } | undefined;
  /** Ends the wait at once, with its reason. */
  interrupted?: AbortSignal | undefined;
  /** Left out, the configuration's. */
  logger?: Logger | undefined;
}

const PAUSE_MS = 1_000;

/**
 * The foundation, as soon as there is one. A PostgreSQL server that does not answer may do so in a moment, after its own restart or a
 * failover, and is tried again until it does.
 * @throws what waiting does not mend: refused credentials, a database that is not there, an address that is taken
 */
export async function awaitFoundation(config: Config, options: AwaitOptions = {}): Promise<Foundation> {
  try {
    return await layFoundation(config, options);
  } catch (error) {
    if (!isWorthWaiting(config, error)) throw error;
    return waitFor(config, error, options);
  }
}

/** The embedded database is this process's own: nobody else brings it back. */
const isWorthWaiting = ({ database }: Config, error: unknown): error is StrataError => database.provider === 'postgres' && isUnavailable(error);

async function waitFor(config: Config, away: StrataError, options: AwaitOptions): Promise<Foundation> {
  const { address, interrupted } = options;
  interrupted?.throwIfAborted();
  // Loaded where they are needed: most starts wait for nothing.
  const [{ startStandIn }, { createLogger }] = await Promise.all([import('../server/stand-in.js'), import('./observability.js')]);
  const logger = options.logger ?? createLogger(config);
  const standIn = address === undefined ? null : await startStandIn(address);
  const begun = performance.now();
  logger.warn({ part: 'database', ...(standIn && { url: standIn.url }) }, `waiting for the database, and trying again every second: ${away.message}`);
  try {
    const foundation = await tryAgain(config, options);
    standIn?.noteDatabase();
    logger.warn({ part: 'database', seconds: Math.round((performance.now() - begun) / 1_000) }, 'the database answers: starting');
    return { ...foundation, standIn };
  } catch (error) {
    await standIn?.close();
    throw error;
  }
}

async function tryAgain(config: Config, options: AwaitOptions): Promise<Foundation> {
  for (;;) {
    await rest(options.interrupted);
    try {
      return await layFoundation(config, options);
    } catch (error) {
      if (!isWorthWaiting(config, error)) throw error;
    }
  }
}

async function rest(interrupted: AbortSignal | undefined): Promise<void> {
  // Its own error names no signal; the reason does.
  await pause(PAUSE_MS, undefined, { signal: interrupted }).catch(() => undefined);
  interrupted?.throwIfAborted();
}
