import type { Viewer } from '../domain/model.js';
import { createLoaders, type Loaders } from './loaders/loaders.js';
import type { Services } from './services.js';

/** As much of a logger as a request needs; pino's shape. */
export interface RequestLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What belongs to one request, or to one event of a subscription. */
export interface GraphQLContext {
  readonly viewer: Viewer;
  /** Also in the answer's X-Request-Id, and in the log. */
  readonly requestId: string;
  readonly log: RequestLog;
  readonly services: Services;
  readonly loaders: Loaders;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

export type RequestFacts = Pick<GraphQLContext, 'viewer' | 'requestId' | 'log' | 'services' | 'signal'>;

/** Loaders remember what they read, so each request, and each event of a subscription, gets its own. */
export function createContext(facts: RequestFacts): GraphQLContext {
  return { ...facts, loaders: createLoaders(facts.services, facts.viewer, facts.signal) };
}
