/** A failure that is told to whoever typed the command, in a sentence or two. */
export class Failure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Failure';
  }

  /** Of anything that was thrown: its own sentence where it has one fit to be read, with the stack where it is a defect of ours. */
  static messageOf(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    const fitToRead = ['Failure', 'StrataError', 'ConfigError'].includes(error.name);
    return fitToRead ? error.message : (error.stack ?? error.message);
  }
}
