/** How often subscriptions look by themselves, and how far behind their consumers may be. */
export interface EventTiming {
  /** Milliseconds without a hint after which a subscription looks by itself: the bus is only a hint. */
  lookMs: number;
  /** Milliseconds between two looks, at least: hints that come at once are answered at once. */
  restMs: number;
  /** How long changes can be replayed. */
  keepSeconds: number;
  /** Writes of the tenant during which a consumer takes nothing, while something waits for it; then it is closed. */
  patience: number;
}

export const EVENT_TIMING: EventTiming = { lookMs: 3_000, restMs: 50, keepSeconds: 86_400, patience: 1_000 };
