import type { VectorDatabaseConfig } from '../../config/config.js';
import { isStrataError, StrataError } from '../../domain/errors.js';
import type { Database } from '../../ports/database.port.js';
import type { EventBus } from '../../ports/event-bus.port.js';
import type { Logger } from '../../ports/logger.port.js';
import type { StoreInUse } from '../../ports/repositories/reindex.repository.port.js';
import { Hints } from '../../services/events/hints.js';
import { LiveIndexes, type Indexes } from '../../services/indexing/live-indexes.js';
import { placeOf } from './stores-by-place.js';

/** The settings of a kind of store, as the configuration has them now, whichever kind it chooses. @throws where they are wrong */
export type StoreSettings = (provider: string) => VectorDatabaseConfig;

interface Parts {
  database: Pick<Database, 'reindexes'>;
  events: EventBus;
  logger: Logger;
  open(settings: VectorDatabaseConfig): Promise<Indexes>;
  settingsOf: StoreSettings;
}

const CHANNEL = 'vector store';
/** A hint may be lost. */
const LOOK_MS = 5_000;

/**
 * Where this process's vectors are: in the store that the configuration names, until a move is switched to; from then on in the one
 * that it led to, which the database remembers. Every process hears of it, and takes it up while it works.
 */
export class VectorHome {
  /** Why this process cannot follow; it must not go on to answer from what is left behind. */
  private astray: StrataError | null = null;
  /** One step at a time: whoever looks where to go must not act on it behind another who has gone on. */
  private steps: Promise<unknown> = Promise.resolve();
  private closed = false;

  private constructor(
    private readonly parts: Parts,
    readonly indexes: LiveIndexes,
    private here: VectorDatabaseConfig,
    /** What the database remembered when that was looked at last. */
    private known: string | null,
  ) {}

  /** @throws NOT_CONFIGURED where the vectors lie in a store that the configuration does not have */
  static async open(configured: VectorDatabaseConfig, parts: Parts): Promise<VectorHome> {
    const { reindexes } = parts.database;
    const [inUse, move] = [await reindexes.inUse(), await reindexes.current()];
    const place = placeOf(configured);
    // A choice that is older than the move may name what it leads to just as well: back to where the vectors were, of which a part is there.
    if (move?.place === place && move.verified && move.models === null) {
      // Switched to by hand: the others are to hear of it, too.
      if (inUse?.place !== place) await reindexes.use({ provider: configured.provider, place });
      return new VectorHome(parts, new LiveIndexes(await parts.open(configured)), configured, place);
    }
    // Another address of the same kind of store is its new address.
    const settings = inUse === null || inUse.provider === configured.provider ? configured : settingsFor(inUse, configured, parts.settingsOf);
    if (settings !== configured) parts.logger.warn({ configured: configured.provider, inUse: settings.provider }, 'the vectors were moved; set vector_database.provider to the store that they are in');
    return new VectorHome(parts, new LiveIndexes(await parts.open(settings)), settings, inUse?.place ?? null);
  }

  get settings(): VectorDatabaseConfig {
    return this.here;
  }

  get place(): string {
    return placeOf(this.here);
  }

  /** This process answers from there; the others are told. */
  async moveTo(settings: VectorDatabaseConfig): Promise<void> {
    await this.step(() => this.take(settings));
    this.parts.events.publish(CHANNEL, { place: placeOf(settings) });
  }

  /** Takes up what another process has switched to. */
  follow(): Promise<void> {
    return this.step(() => this.look());
  }

  /** Until the signal aborts: at each hint, and now and then. */
  async keepFollowing(signal: AbortSignal): Promise<void> {
    const hints = new Hints(this.parts.events, [CHANNEL], this.parts.logger);
    signal.addEventListener('abort', () => hints.close(), { once: true });
    for (;;) {
      await hints.wait(LOOK_MS);
      if (signal.aborted) return;
      try {
        await this.follow();
      } catch (error) {
        if (!signal.aborted) this.parts.logger.warn({ error }, 'whether the vectors were moved cannot be seen now; it is looked at again');
      }
    }
  }

  async check(): Promise<void> {
    if (this.astray !== null) throw this.astray;
    await this.indexes.vectors.check();
  }

  /** What is opened from now on is closed at once. */
  async close(): Promise<void> {
    this.closed = true;
    await this.indexes.close();
  }

  private async look(): Promise<void> {
    const inUse = await this.parts.database.reindexes.inUse();
    if (inUse === null) return;
    if (inUse.place === this.known || inUse.place === this.place) {
      this.known = inUse.place;
      this.astray = null;
      return;
    }
    try {
      await this.take(settingsFor(inUse, this.here, this.parts.settingsOf));
    } catch (error) {
      if (!isStrataError(error)) throw error;
      if (this.astray === null) this.parts.logger.error({ error }, 'the vectors were moved to a store that this process cannot open; it is not ready any more');
      this.astray = error;
    }
  }

  private async take(settings: VectorDatabaseConfig): Promise<void> {
    const place = placeOf(settings);
    if (place !== this.place) {
      const opened = await this.parts.open(settings);
      if (this.closed) return new LiveIndexes(opened).close();
      this.indexes.exchange(opened);
      this.here = settings;
      this.parts.logger.info({ provider: settings.provider, place }, 'this process answers from the store that the vectors were moved to');
    }
    this.known = place;
    this.astray = null;
  }

  private step(work: () => Promise<void>): Promise<void> {
    const done = this.steps.then(work);
    this.steps = done.catch(() => undefined);
    return done;
  }
}

/** @throws NOT_CONFIGURED */
function settingsFor(inUse: StoreInUse, configured: VectorDatabaseConfig, settingsOf: StoreSettings): VectorDatabaseConfig {
  let found: string;
  let cause: unknown;
  try {
    const settings = settingsOf(inUse.provider);
    if (placeOf(settings) === inUse.place) return settings;
    found = `for ${inUse.provider} it names ${placeOf(settings)}`;
  } catch (error) {
    cause = error;
    found = `its settings for ${inUse.provider} are not whole`;
  }
  throw new StrataError(
    'NOT_CONFIGURED',
    `The vectors were moved to ${inUse.provider} (${inUse.place}), and this configuration chooses ${configured.provider}; ${found}. Set vector_database.provider to "${inUse.provider}", with the settings of that store.`,
    { extensions: { feature: inUse.provider, setting: 'vector_database.provider' }, cause },
  );
}
