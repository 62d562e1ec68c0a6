import type { Viewer } from '../domain/model.js';

/** Says who asks. Neither of its methods tells a caller more than that the credentials were missing or wrong: `UNAUTHENTICATED`. */
export interface Authenticator {
  /** @param credentials `Bearer <key>`, or the key alone, as in the parameters of a WebSocket connection */
  authenticate(credentials: string | null): Viewer;
  /** By `Authorization: Bearer <key>`, or else `X-API-Key: <key>`. Names in lower case, as Node.js has them. */
  authenticateHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Viewer;
}
