import { createHash, timingSafeEqual } from 'node:crypto';
import { StaticKeys } from '../adapters/auth/static-keys.js';
import type { Config } from '../config/config.js';
import type { Viewer } from '../domain/model.js';

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Who asks, by the configured keys.
 * @param localToken also lets in as an administrator of the default tenant: the commands' own server, which nobody else knows of
 */
export function authenticator(config: Config, localToken?: string): (credentials: { apiKey: string | null }) => Promise<Viewer> {
  const keys = new StaticKeys(config.server.apiKeys);
  const local = localToken === undefined ? null : digest(localToken);
  return async ({ apiKey }) => {
    if (local !== null && apiKey !== null && timingSafeEqual(local, digest(apiKey))) return { id: 'local', tenantId: 'default', role: 'admin' };
    return keys.authenticate(apiKey);
  };
}
