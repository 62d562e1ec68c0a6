import type { VectorSpace } from '../../../ports/vector-store.port.js';

/** How long calls may take, in milliseconds, everything included: connecting, sending, waiting, trying again. */
export interface ChromaTimeouts {
  check: number;
  read: number;
  write: number;
}

export interface ChromaOptions {
  /** Of the server; its API is expected at the root, as the client knows no path in front of it. */
  url: string;
  /** Sent as `x-chroma-token`, which Chroma Cloud asks for, and as a bearer token for a proxy before a server of one's own. */
  apiKey?: string;
  /** Chroma's own tenant and database. Both must be there. */
  tenant: string;
  database: string;
  /** In front of the name of each collection; letters, digits and underscores, at most 32. */
  collectionPrefix: string;
  /** Of the models that are here; `check` holds what is stored to them. */
  spaces?: readonly VectorSpace[];
  timeouts?: Partial<ChromaTimeouts>;
}

export const CHROMA_TIMEOUTS: ChromaTimeouts = { check: 3_000, read: 10_000, write: 30_000 };
