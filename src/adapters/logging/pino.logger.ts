import { destination as descriptor, pino, type DestinationStream, type Logger as Pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Logger } from '../../ports/logger.port.js';
import { maskText, withoutSecrets } from './redaction.js';

export interface LoggerOptions {
  level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** `pretty` for people, `json` for machines: a line an entry either way, but for the stacks of errors. */
  format: 'pretty' | 'json';
  /** With colours, where it is pretty. */
  colours?: boolean;
  /** Standard error where it is left out: standard output is for what a command answers. */
  destination?: DestinationStream;
}

/** A cause may, by mistake, be its own. */
const DEEPEST_CAUSE = 6;

/**
 * Logs without secrets. Entries are written at once rather than by a thread of their own, so that the last words of a
 * process are not lost; there are few of them.
 */
export function createLogger({
  level,
  format,
  colours = false,
  destination = descriptor({ dest: 2, sync: true }),
}: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: {
      err: (error: unknown) => errorFields(error),
      error: (error: unknown) => errorFields(error),
      req: requestFields,
    },
  };
  return new PinoLogger(pino(options, format === 'json' ? destination : pretty(destination, colours)));
}

class PinoLogger implements Logger {
  constructor(private readonly pino: Pino) {}

  debug(fields: object, message: string): void {
    this.#write('debug', fields, message);
  }

  info(fields: object, message: string): void {
    this.#write('info', fields, message);
  }

  warn(fields: object, message: string): void {
    this.#write('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.#write('error', fields, message);
  }

  child(fields: object): Logger {
    return new PinoLogger(this.pino.child(withoutSecrets(fields)));
  }

  /** Here rather than by pino's own redaction, which knows paths but not names at any depth, and leaves a child's fields alone. */
  #write(level: 'debug' | 'info' | 'warn' | 'error', fields: object, message: string): void {
    if (this.pino.isLevelEnabled(level)) this.pino[level](withoutSecrets(fields), maskText(message));
  }
}

function pretty(destination: DestinationStream, colours: boolean): DestinationStream {
  const format = prettyFactory({ colorize: colours, translateTime: 'SYS:HH:MM:ss', singleLine: true });
  return { write: (line) => destination.write(format(line)) };
}

/** What the error says, then what it carries, then where, then why. */
function errorFields(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { cause, errors } = error as AggregateError;
  const deeper = depth < DEEPEST_CAUSE;
  return {
    type: error.constructor.name,
    message: maskText(error.message),
    ...withoutSecrets({ ...error, name: undefined }),
    stack: maskText(error.stack ?? ''),
    ...(deeper && cause !== undefined ? { cause: errorFields(cause, depth + 1) } : {}),
    ...(deeper && Array.isArray(errors) ? { errors: errors.map((inner) => errorFields(inner, depth + 1)) } : {}),
  };
}

/** Method and address; headers and body stay out. */
function requestFields({ id, method, url }: { id?: unknown; method?: unknown; url?: unknown }): unknown {
  return { id, method, url: typeof url === 'string' ? maskText(url) : url };
}
