import type { HybridStore } from '../../ports/hybrid-store.port.js';
import type { KeywordIndex } from '../../ports/keyword-index.port.js';
import type { VectorStore } from '../../ports/vector-store.port.js';
import type { IndexSync } from './index-sync.js';

/** What words and vectors are found in. */
export interface Indexes {
  vectors: VectorStore;
  keywords: KeywordIndex;
  hybrid: HybridStore | null;
  /** Null where every index is part of the database. */
  indexSync: IndexSync | null;
}

/**
 * The indexes that a process answers from, behind parts that stay the same while those are exchanged. A call that is under way ends
 * where it began: the stores that were left are closed only with the rest.
 */
export class LiveIndexes implements Indexes {
  readonly vectors: VectorStore = forwarding(() => this.current.vectors);
  readonly keywords: KeywordIndex = forwarding(() => this.current.keywords);
  private readonly left: Indexes[] = [];

  constructor(private current: Indexes) {}

  get hybrid(): HybridStore | null {
    return this.current.hybrid;
  }

  get indexSync(): IndexSync | null {
    return this.current.indexSync;
  }

  /** Those of this moment, for what has to be asked of one store from beginning to end. */
  now(): Indexes {
    return this.current;
  }

  exchange(indexes: Indexes): void {
    this.left.push(this.current);
    this.current = indexes;
  }

  async close(): Promise<void> {
    const closed = await Promise.allSettled([...this.left, this.current].flatMap(({ vectors, keywords }) => [vectors.close(), keywords.close()]));
    const failed = closed.filter((each) => each.status === 'rejected').map(({ reason }) => reason as unknown);
    if (failed.length > 0) throw failed.length === 1 ? failed[0] : new AggregateError(failed, 'indexes did not close');
  }
}

/** Each access goes to the part as it is at that moment, and a method to that part to its end. */
function forwarding<Part extends object>(part: () => Part): Part {
  return new Proxy({} as Part, {
    get(_, name) {
      const target = part();
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** The same parts, with the indexes of this moment: what is asked of one store from beginning to end must not end in another. */
export function ofNow<Parts extends { indexesNow?: () => Indexes }>(parts: Parts): Parts {
  return parts.indexesNow === undefined ? parts : { ...parts, ...parts.indexesNow() };
}
