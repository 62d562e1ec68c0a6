import type { IngestionRepository, Lease } from '../../ports/repositories/ingestion.repository.port.js';
import type { Logger } from '../../ports/logger.port.js';

/** Long enough for a busy event loop, short enough that a dead worker's work is taken up within half a minute. */
export const LEASE_SECONDS = 30;
const HEARTBEAT_MS = 8_000;

/** Keeps a batch's leases alive while it is worked on. Losing one is no fault here: the epoch in each write refuses what is late. */
export class LeaseKeeper {
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly ingestions: IngestionRepository,
    private readonly logger: Logger,
    private readonly leases: readonly Lease[],
  ) {
    this.timer = setInterval(() => void this.beat(), HEARTBEAT_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async beat(): Promise<void> {
    try {
      await this.ingestions.extendLeases(this.leases, LEASE_SECONDS);
    } catch (error) {
      this.logger.warn({ error }, 'the heartbeat of ingestions under way failed');
    }
  }
}
