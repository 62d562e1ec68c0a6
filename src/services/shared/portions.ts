import type { Database, Readers } from '../../ports/database.port.js';

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
  /** Objects that are held against all others. */
  compared: number;
}

/** Ten milliseconds each. */
const WHILE_SEARCHED: Portions = { admitted: 16, extracted: 16, indexed: 4, passages: 32, compared: 2 };
/** Twenty to thirty. */
const WHILE_READ: Portions = { admitted: 48, extracted: 48, indexed: 16, passages: 96, compared: 4 };
/** Fewer statements for all of it; whoever comes meanwhile waits for one of them. */
const OTHERWISE: Portions = { admitted: 256, extracted: 256, indexed: 32, passages: 512, compared: 32 };
/** Nobody waits for a transaction of others. */
const BESIDE_OTHERS: Portions = { admitted: 1_000, extracted: 1_000, indexed: 32, passages: 1_000, compared: 32 };

const PORTIONS: Record<Readers, Portions> = { nobody: OTHERWISE, readers: WHILE_READ, searchers: WHILE_SEARCHED };

/** As of now: asked for again before each portion, since readers come and go. */
export function portionsOf({ hasOneSession, readersWaiting }: Pick<Database, 'hasOneSession' | 'readersWaiting'>): Portions {
  return hasOneSession ? PORTIONS[readersWaiting()] : BESIDE_OTHERS;
}
