import { createHash, timingSafeEqual } from 'node:crypto';
import { unauthenticated } from '../../domain/errors.js';
import type { Role, Viewer } from '../../domain/model.js';
import type { Authenticator } from '../../ports/authenticator.port.js';

export interface StaticKey {
  key: string;
  viewer: string;
  tenant: string;
  role: Role;
}

/** Who asks where no keys are configured, which the configuration allows on loopback alone. */
const ANONYMOUS: Viewer = Object.freeze({ id: 'anonymous', tenantId: 'default', role: 'admin' });

/** Keys from the configuration. */
export class StaticKeys implements Authenticator {
  readonly #known: readonly { digest: Buffer; viewer: Viewer }[];

  constructor(keys: readonly StaticKey[]) {
    this.#known = keys.map(({ key, viewer, tenant, role }) => ({
      digest: digestOf(key),
      viewer: Object.freeze({ id: viewer, tenantId: tenant, role }),
    }));
  }

  authenticate(credentials: string | null): Viewer {
    // Without keys there is nothing to be right or wrong about; a client that sends one all the same is let in.
    if (this.#known.length === 0) return ANONYMOUS;
    if (credentials === null || credentials.trim() === '') throw unauthenticated();
    const match = this.#find(digestOf(keyIn(credentials)));
    if (match === null)
      throw unauthenticated(
        'This server does not know that API key. Check that it is whole and meant for this server.',
      );
    return match;
  }

  /** Looks at every key whatever it finds, and compares digests, so that time tells nothing about the keys. */
  #find(digest: Buffer): Viewer | null {
    let match: Viewer | null = null;
    for (const known of this.#known) if (timingSafeEqual(known.digest, digest)) match = known.viewer;
    return match;
  }
}

const keyIn = (credentials: string) => credentials.trim().replace(/^bearer\s+/i, '');

const digestOf = (key: string) => createHash('sha256').update(key).digest();
