export interface RerankOptions {
  /** `query` overtakes what is waiting as `ingest`. */
  priority?: 'query' | 'ingest';
  signal?: AbortSignal;
}

/**
 * Reads a question and a text together and says how well the one answers the other: slower than comparing vectors by orders of
 * magnitude, and better; so it orders the head of a ranking anew (Nogueira and Cho, Passage Re-ranking with BERT, 2019). Away from the
 * event loop. A worker that died: `DEPENDENCY_UNAVAILABLE` with `dependency: "models"`.
 */
export interface Reranker {
  readonly name: string;
  /** Of the weights. */
  readonly revision: string;
  /** 0 to 1 a text, in order: the sigmoid of the model's logit. A pair beyond what the model reads is cut. */
  score(query: string, texts: readonly string[], options?: RerankOptions): Promise<number[]>;
  /** Runs it once. Throws where it cannot be used. */
  check(): Promise<void>;
  close(): Promise<void>;
}
