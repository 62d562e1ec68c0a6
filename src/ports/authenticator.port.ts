import type { Viewer } from '../domain/model.js';

/** Says who asks. */
export interface Authenticator {
  /**
   * @param credentials `Bearer <key>`, or the key alone; null where none were sent
   * @throws UNAUTHENTICATED where they are needed and missing, or not known
   */
  authenticate(credentials: string | null): Viewer;
}
