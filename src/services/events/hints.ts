import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventBus } from '../../ports/event-bus.port.js';
import type { Logger } from '../../ports/logger.port.js';

/**
 * Hints of some channels, as one bell: what they say is not looked at, only that there were some, and of which channels. Listens from its
 * construction on. A bus that fails costs time, not correctness: whoever waits here also looks now and then by itself.
 */
export class Hints {
  private readonly stop = new AbortController();
  private heard = 0;
  private rung = new Set<string>();
  private wake: (() => void) | null = null;

  /** @param onHint hears how many came since the last `take` or `wait` */
  constructor(bus: EventBus, channels: readonly string[], logger: Logger, private readonly onHint: (heard: number) => void = () => undefined) {
    setMaxListeners(0, this.stop.signal);
    for (const channel of channels) void this.listen(bus, channel, logger);
  }

  /**
   * Forgets what came so far: whatever is read from now on answers it.
   * @returns the channels that had any since the last `take`
   */
  take(): ReadonlySet<string> {
    this.heard = 0;
    const taken = this.rung;
    this.rung = new Set();
    return taken;
  }

  /**
   * Resolves at the first hint since the last `take`, after `atMost` milliseconds, or when closed.
   * @returns whether there was a hint
   */
  async wait(atMost: number): Promise<boolean> {
    if (this.heard === 0 && !this.stop.signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, atMost);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = null;
    }
    const hinted = this.heard > 0;
    this.heard = 0;
    return hinted;
  }

  /** Lets hints gather. */
  async rest(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return;
    await pause(milliseconds, undefined, { signal: this.stop.signal }).catch(() => undefined); // closed meanwhile, which is as good
  }

  close(): void {
    this.stop.abort();
    this.wake?.();
  }

  private async listen(bus: EventBus, channel: string, logger: Logger): Promise<void> {
    try {
      for await (const _hint of bus.subscribe(channel, { signal: this.stop.signal })) {
        this.heard += 1;
        this.rung.add(channel);
        this.wake?.();
        this.onHint(this.heard);
      }
    } catch (error) {
      if (!this.stop.signal.aborted) logger.warn({ err: error, channel }, 'hints stopped; whoever waits for them goes on by looking every few seconds');
    }
  }
}
