import type { Job as BossJob, PgBoss } from 'pg-boss';

import { HEARTBEAT_REFRESH_SECONDS } from './pgboss.options.js';

/** How soon a job is found that nobody in this process announced: enqueued elsewhere, or due for its retry. */
const LOOK_MS = 2_000;
/** pg-boss's own clock a worker: they wait to be woken, and look by themselves only in case that should ever fail. */
const OWN_POLL_SECONDS = 60;

interface Worker {
  id: string;
  busy: boolean;
}

/**
 * The workers of one queue in this process. To look for work costs a statement, so the clock wakes only one of them; it, and
 * whoever else finds a full batch, wakes one more, until somebody finds nothing left.
 */
export class WorkerGroup {
  private readonly workers: Worker[] = [];
  private clock: NodeJS.Timeout | undefined;

  constructor(
    private readonly boss: PgBoss,
    private readonly queue: string,
    private readonly batchSize: number,
  ) {}

  async start(concurrency: number, handler: (jobs: BossJob[]) => Promise<void>): Promise<void> {
    for (let index = 0; index < concurrency; index += 1) {
      // The worker begins before its id is known here; until then there is nobody to wake.
      const worker: Worker = { id: '', busy: false };
      this.workers.push(worker);
      worker.id = await this.boss.work(
        this.queue,
        {
          batchSize: this.batchSize,
          pollingIntervalSeconds: OWN_POLL_SECONDS,
          heartbeatRefreshSeconds: HEARTBEAT_REFRESH_SECONDS,
        },
        async (jobs: BossJob[]) => {
          worker.busy = true;
          if (jobs.length === this.batchSize) this.wake();
          try {
            await handler(jobs);
          } finally {
            worker.busy = false;
            // Where there was work there may be more: it looks again at once rather than after its pause.
            this.boss.notifyWorker(worker.id);
          }
        },
      );
    }
    this.clock = setInterval(() => this.wake(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.clock);
  }

  /** Has one more worker look now. Where all are busy, each looks anyway once it is done. */
  wake(): void {
    const idle = this.workers.find((worker) => !worker.busy && worker.id !== '');
    if (idle !== undefined) this.boss.notifyWorker(idle.id);
  }
}
