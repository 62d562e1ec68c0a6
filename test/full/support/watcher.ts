import { overEvents, overWebSocket } from '../../e2e/support/strata.js';

/** What stands in front of the APIs. */
export interface Balancing {
  /** Where the next request or subscription is sent. */
  next(): string;
  /** One operation's answer; rejects where there is none. */
  post(body: object): Promise<unknown>;
}

const CHANGES = 'subscription ($after: String) { dataObjectChanged(after: $after) { cursor kind id } }';

interface Change {
  dataObjectChanged: { cursor: string; kind: string; id: string };
}

/**
 * A client that follows what is taken in: wherever its subscription ends, it begins another behind the last change that it
 * heard of, at an API that is ready.
 */
export class Watcher {
  /** Of the objects that were made, in order, as often as it heard so. */
  readonly created: string[] = [];
  /** How the subscriptions ended that did so before `until` held: `complete`, or a WebSocket's code. */
  readonly ends: (string | number)[] = [];
  private after: string | null;

  constructor(
    private readonly balancer: Balancing,
    private readonly way: 'WebSocket' | 'events',
    cursor: string,
  ) {
    this.after = cursor;
  }

  async watch(until: () => boolean): Promise<void> {
    const begin = this.way === 'WebSocket' ? overWebSocket<Change> : overEvents<Change>;
    while (!until()) {
      try {
        for await (const { dataObjectChanged } of begin(this.balancer.next(), CHANGES, { after: this.after })) {
          this.after = dataObjectChanged.cursor;
          if (dataObjectChanged.kind === 'CREATED') this.created.push(dataObjectChanged.id);
          if (until()) return;
        }
        this.ends.push('complete');
      } catch (error) {
        const { code } = error as { code?: number };
        if (code === undefined) throw error;
        this.ends.push(code);
      }
    }
  }
}

/** Where a subscription stands, found by one that hears of something. @param knock makes something happen */
export async function cursorOfNow(url: string, knock: () => Promise<unknown>): Promise<string> {
  const changes = overWebSocket<Change>(url, CHANGES, {});
  const first = changes.next();
  let heard = false;
  first.then(() => (heard = true), () => (heard = true));
  // Until the subscription stands, what happens is not heard.
  while (!heard) {
    await knock();
    await Promise.race([first, new Promise((resolve) => setTimeout(resolve, 200))]);
  }
  const { value } = await first;
  await changes.return(undefined);
  return (value as Change).dataObjectChanged.cursor;
}
