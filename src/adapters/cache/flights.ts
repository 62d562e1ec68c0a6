/** A reading, writing or computing of a key's value. What it brings is kept only while it is `current`. */
export interface Flight {
  readonly key: string;
  /** False once the key was written or dropped in the meantime: what comes of it is answered, and not kept. */
  current: boolean;
}

/** What is under way, so that whoever drops a key also reaches the values that are on their way to it. */
export class Flights {
  readonly #underway = new Set<Flight>();

  begin(key: string): Flight {
    const flight = { key, current: true };
    this.#underway.add(flight);
    return flight;
  }

  end(flight: Flight): void {
    this.#underway.delete(flight);
  }

  overtake(concerns: (key: string) => boolean, except?: Flight): void {
    for (const flight of this.#underway) {
      if (flight === except || !concerns(flight.key)) continue;
      flight.current = false;
      this.#underway.delete(flight);
    }
  }
}

/** Computations that callers of the same moment share. */
export class SharedComputations {
  readonly #underway = new Map<string, { flight: Flight; result: Promise<string | null> }>();

  constructor(private readonly flights: Flights) {}

  /** The one under way for this key, unless it was overtaken: who asks after that wants to know what holds now. */
  find(key: string): Promise<string | null> | undefined {
    const found = this.#underway.get(key);
    return found?.flight.current ? found.result : undefined;
  }

  begin(key: string, compute: (flight: Flight) => Promise<string | null>): Promise<string | null> {
    const flight = this.flights.begin(key);
    const result = compute(flight).finally(() => {
      this.flights.end(flight);
      if (this.#underway.get(key)?.flight === flight) this.#underway.delete(key);
    });
    this.#underway.set(key, { flight, result });
    return result;
  }
}
