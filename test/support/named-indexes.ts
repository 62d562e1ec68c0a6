import type { KeywordIndex } from '../../src/ports/keyword-index.port.js';
import type { VectorStore } from '../../src/ports/vector-store.port.js';
import type { Indexes } from '../../src/services/indexing/live-indexes.js';

/** Indexes that say who they are, and whether they were closed. */
export class NamedIndexes {
  closed = false;

  constructor(readonly name: string) {}

  readonly indexes: Indexes = {
    vectors: {
      fetch: async () => new Map([[this.name, new Float32Array()]]),
      check: async () => undefined,
      close: async () => void (this.closed = true),
    } as unknown as VectorStore,
    keywords: { close: async () => undefined } as unknown as KeywordIndex,
    hybrid: null,
    indexSync: null,
  };
}
