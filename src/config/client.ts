import type { Environment } from './interpolation.js';

export interface ClientSettings {
  /** `STRATA_SERVER`, as it is written. */
  server?: string;
  /** `STRATA_API_KEY` */
  apiKey?: string;
}

/**
 * What a command needs of the environment that goes to a server elsewhere, whose configuration is there, too. The key comes from nowhere
 * else: arguments can be read by every user of a machine, and keys of a configuration that lies here are for the servers that it is of.
 */
export function readClient(env: Environment = process.env): ClientSettings {
  const [server, apiKey] = [env.STRATA_SERVER, env.STRATA_API_KEY].map((value) => (value === '' ? undefined : value));
  return { ...(server !== undefined && { server }), ...(apiKey !== undefined && { apiKey }) };
}
