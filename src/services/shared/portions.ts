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

/** Some tens of milliseconds each. */
const WHILE_OTHERS_WAIT: Portions = { admitted: 32, extracted: 32, indexed: 8, passages: 64 };
/** Fewer statements for all of it. */
const BESIDE_OTHERS: Portions = { admitted: 1_000, extracted: 1_000, indexed: 32, passages: 1_000 };

export const portionsOf = ({ hasOneSession }: Pick<Database, 'hasOneSession'>): Portions => (hasOneSession ? WHILE_OTHERS_WAIT : BESIDE_OTHERS);
