import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * A process beside this one that ends the servers and removes their folder when this one asks for it or dies, be it by
 * SIGKILL: so no server is left behind, however a test run ends.
 */
export class Guard {
  private readonly process: ChildProcess;

  constructor() {
    // In a group of its own, which a terminal's Ctrl-C does not reach.
    this.process = spawn(process.execPath, [fileURLToPath(new URL('guard.mjs', import.meta.url))], {
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
  }

  /** `signal` is the one that ends the server soon: to PostgreSQL, SIGTERM means to wait for its clients. */
  watch(group: number, signal: NodeJS.Signals): void {
    this.tell({ group, signal });
  }

  forget(group: number): void {
    this.tell({ forget: group });
  }

  removeLater(folder: string): void {
    this.tell({ folder });
  }

  /** Ends everything; resolves once nothing of it is left. */
  async end(): Promise<void> {
    if (this.process.exitCode === null) {
      const ended = once(this.process, 'exit');
      this.process.stdin!.end();
      await ended;
    }
    if (this.process.exitCode !== 0) throw new Error('A server could not be ended.');
  }

  private tell(message: object): void {
    this.process.stdin!.write(`${JSON.stringify(message)}\n`);
  }
}
