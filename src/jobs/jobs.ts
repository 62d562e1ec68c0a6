import { z } from 'zod';
import type { Queue } from '../ports/queue.port.js';
import type { Logger } from '../ports/logger.port.js';
import type { JobHandlers } from './handlers.js';

const ingestPayload = z.object({ ingestionId: z.uuid() });
const annotatePayload = z.union([
  z.object({ ingestionIds: z.array(z.uuid()) }),
  z.object({ annotated: z.object({ tenantId: z.string(), objectIds: z.array(z.uuid()) }) }),
]);

const MAINTENANCE_SECONDS = 10;
/** It does nothing where there is little to do. */
const OPTIMIZE_SECONDS = 15;
const PERCOLATING_SECONDS = 1;
const COMPARING_SECONDS = 2;
const HOUSEKEEPING_SECONDS = 60;
/** A change that has begun goes on in the process that began it at once; another takes it up after so long. */
const MODEL_CHANGE_SECONDS = 3;
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
    await queue.work('annotate', { batchSize: 4, concurrency: 1 }, async (jobs, signal) => {
      const asked = payloads(annotatePayload, jobs);
      // People wait for what they said themselves to be found.
      const annotated = asked.flatMap((payload) => ('annotated' in payload ? payload.annotated : []));
      for (const [tenantId, ofTenant] of Map.groupBy(annotated, (each) => each.tenantId)) {
        await handlers.indexAnnotated(tenantId, ofTenant.flatMap(({ objectIds }) => objectIds), signal);
      }
      const ingestionIds = asked.flatMap((payload) => ('ingestionIds' in payload ? payload.ingestionIds : []));
      if (ingestionIds.length > 0) await handlers.annotate(ingestionIds, signal);
    });
  }
  await queue.every('recover', MAINTENANCE_SECONDS, handlers.recover);
  await queue.every('optimize', OPTIMIZE_SECONDS, handlers.optimize);
  await queue.every('model change', MODEL_CHANGE_SECONDS, handlers.modelChange);
  await queue.every('percolate', PERCOLATING_SECONDS, handlers.percolate);
  await queue.every('compare', COMPARING_SECONDS, handlers.compare);
  await queue.every('housekeeping', HOUSEKEEPING_SECONDS, handlers.housekeeping);
  await queue.every('prune', PRUNING_SECONDS, handlers.prune);
}
