/** What a span is about: names and small values, never content and never the values of a statement. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanFacts {
  /** `internal` where it is left out. */
  kind?: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  attributes?: SpanAttributes;
  /** The span that is current where it is left out; null begins a trace of its own. */
  parent?: Span | TraceCarrier | null;
  /** Others that it has to do with. */
  links?: readonly (Span | TraceCarrier)[];
}

/** W3C trace context, as it travels in headers and in the data of jobs. */
export interface TraceCarrier {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** A stretch of work under way. */
export interface Span {
  readonly carrier: TraceCarrier;
  set(attributes: SpanAttributes): void;
  /** @param error what it failed with, where it did; its code is recorded, and its message where that repeats nobody's values */
  end(error?: unknown): void;
}

/**
 * Follows work across the parts of the program, and across processes. What is current travels with the asynchronous work that
 * was begun within it. Tracing never fails and never waits: a collector out of reach costs spans, nothing else.
 */
export interface Tracer {
  /** Not current until `within` makes it so. */
  start(name: string, facts?: SpanFacts): Span;
  /** The span is current for `work` and all that this begins; null: none is. */
  within<T>(span: Span | null, work: () => T): T;
  /** `start`, `within`, and `end` when the work has settled. */
  during<T>(name: string, facts: SpanFacts, work: (span: Span) => Promise<T>): Promise<T>;
  current(): Span | null;
}
