/** A failure that is told to whoever typed the command, in a sentence or two. */
export class Failure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Failure';
  }

  /**
   * Of anything that was thrown: its own sentence where that is fit to be read, what the operating system said where it
   * refused, and the stack only where it is a defect of ours.
   */
  static messageOf(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    const fitToRead = ['Failure', 'StrataError', 'ConfigError'].includes(error.name);
    return fitToRead || isSystemError(error) ? error.message : (error.stack ?? error.message);
  }
}

/** A command that was typed wrongly; its exit code differs, so that scripts can tell. */
export class UsageFailure extends Failure {}

/** Ctrl-C, or a polite request to end, while a command was at work. */
export class Interruption extends Failure {
  constructor(readonly signal: 'SIGINT' | 'SIGTERM') {
    super('Interrupted. What was stored stays, and its processing goes on with the next start.');
  }
}

const isSystemError = (error: Error): boolean => 'syscall' in error && 'code' in error;
