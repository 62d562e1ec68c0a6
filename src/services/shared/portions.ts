import type { Database } from '../../ports/database.port.js';

/** How much of its work one transaction takes at most. */
export interface Portions {
  /** Contents that come in. */
  admitted: number;
  /** Objects whose text and facts are kept. */
  extracted: number;
  /** Objects that become READY. */
  indexed: number;
  /** Passages, with their words and vectors. */
  passages: number;
}

/** Ten to twenty milliseconds each. */
const WHILE_READERS_WAIT: Portions = { admitted: 16, extracted: 16, indexed: 4, passages: 32 };
/** Fewer statements for all of it; whoever comes meanwhile waits for one of them. */
const OTHERWISE: Portions = { admitted: 256, extracted: 256, indexed: 32, passages: 512 };
/** Nobody waits for a transaction of others. */
const BESIDE_OTHERS: Portions = { admitted: 1_000, extracted: 1_000, indexed: 32, passages: 1_000 };

/** As of now: asked for again before each portion, since readers come and go. */
export function portionsOf({ hasOneSession, keepsReadersWaiting }: Pick<Database, 'hasOneSession' | 'keepsReadersWaiting'>): Portions {
  if (!hasOneSession) return BESIDE_OTHERS;
  return keepsReadersWaiting() ? WHILE_READERS_WAIT : OTHERWISE;
}
