import { setTimeout as pause } from 'node:timers/promises';
import { readiness } from './installation.js';

const LOOK_MS = 50;

/**
 * What a load balancer does: it sends requests in turn to those that say they are ready, and to another where a connection is
 * refused. Nothing else is tried again.
 */
export class Balancer {
  private ready: string[] = [];
  private nodes: readonly string[] = [];
  private turn = 0;
  private readonly looking: Promise<void>;
  private closed = false;

  constructor() {
    this.looking = this.look();
  }

  /** From the next look on. */
  use(...urls: string[]): void {
    this.nodes = urls;
  }

  /** Those that get requests at present. */
  get serving(): readonly string[] {
    return this.ready;
  }

  /** Whose turn it is. */
  next(): string {
    const url = this.ready[this.turn++ % this.ready.length];
    if (url === undefined) throw new Error('No API is ready.');
    return url;
  }

  async post(body: object): Promise<unknown> {
    for (let tries = 0; ; tries++) {
      const url = this.next();
      try {
        const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
        return await response.json();
      } catch (error) {
        if (!isRefused(error) || tries === 10) throw error;
        await pause(LOOK_MS);
      }
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.looking;
  }

  private async look(): Promise<void> {
    while (!this.closed) {
      const nodes = this.nodes;
      const states = await Promise.all(nodes.map(readiness));
      this.ready = nodes.filter((_, index) => states[index]!.status === 200);
      await pause(LOOK_MS);
    }
  }
}

function isRefused(error: unknown): boolean {
  const cause = (error as { cause?: { code?: string; errors?: { code?: string }[] } }).cause;
  return cause?.code === 'ECONNREFUSED' || cause?.errors?.every(({ code }) => code === 'ECONNREFUSED') === true;
}
