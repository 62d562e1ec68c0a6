import { z } from 'zod';
import type { Queue } from '../ports/queue.port.js';
import type { Logger } from '../ports/logger.port.js';
import type { JobHandlers } from './handlers.js';

const ingestPayload = z.object({ ingestionId: z.uuid() });
const annotatePayload = z.object({ ingestionIds: z.array(z.uuid()) });

const MAINTENANCE_SECONDS = 10;
/** It does nothing where there is little to do. */
const OPTIMIZE_SECONDS = 15;
const HOUSEKEEPING_SECONDS = 60;
const PRUNING_SECONDS = 3_600;

/** Binds every job to its handler. A payload that does not parse is a defect of ours and is logged; repeating it would not mend it. */
export async function registerJobs(
  queue: Queue,
  handlers: JobHandlers,
  options: { concurrency: number; batchSize: number; kinds?: readonly string[] },
  logger: Logger,
): Promise<void> {
  const wanted = (name: string) => options.kinds === undefined || options.kinds.includes(name);
  const payloads = <T>(schema: z.ZodType<T>, jobs: readonly { id: string; data: object }[]): T[] =>
    jobs.flatMap((job) => {
      const parsed = schema.safeParse(job.data);
      if (parsed.success) return [parsed.data];
      logger.error({ job: job.id, problems: parsed.error.issues }, 'a job with a malformed payload was dropped');
      return [];
    });
  if (wanted('ingest')) {
    await queue.work('ingest', { batchSize: options.batchSize, concurrency: options.concurrency }, (jobs, signal) =>
      handlers.ingest(payloads(ingestPayload, jobs).map((payload) => payload.ingestionId), signal),
    );
  }
  if (wanted('annotate')) {
    await queue.work('annotate', { batchSize: 4, concurrency: 1 }, (jobs, signal) =>
      handlers.annotate(payloads(annotatePayload, jobs).flatMap((payload) => payload.ingestionIds), signal),
    );
  }
  await queue.every('recover', MAINTENANCE_SECONDS, handlers.recover);
  await queue.every('optimize', OPTIMIZE_SECONDS, handlers.optimize);
  await queue.every('housekeeping', HOUSEKEEPING_SECONDS, handlers.housekeeping);
  await queue.every('prune', PRUNING_SECONDS, handlers.prune);
}
