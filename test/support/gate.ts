/** A place where work is held until the test lets it go on. */
export interface Gate {
  /** Resolves when the first one has come. */
  readonly reached: Promise<void>;
  /** For the work: resolves when the gate is opened, and throws what it is opened with. */
  pass(): Promise<void>;
  open(error?: Error): void;
}

export function gate(): Gate {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  // Nobody may be waiting when it is opened with an error.
  opened.promise.catch(() => undefined);
  return {
    reached: reached.promise,
    pass() {
      reached.resolve();
      return opened.promise;
    },
    open: (error) => (error === undefined ? opened.resolve() : opened.reject(error)),
  };
}
