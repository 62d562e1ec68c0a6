import { v7 as uuidv7 } from 'uuid';
import type { IngestionRepository, LeasedIngestion } from '../../ports/repositories/ingestion.repository.port.js';
import type { NewAnnotation } from '../../ports/repositories/annotation.repository.port.js';
import type { TextAnnotator } from '../annotators/text-annotator.js';
import { ingestionChannel } from '../shared/changes.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { isExhausted } from './failure.js';
import { LEASE_SECONDS, LeaseKeeper } from './lease-keeper.js';

type Dependencies = Pick<ServiceDependencies, 'database' | 'events' | 'metrics' | 'logger' | 'limits'>;
type Lease = Parameters<IngestionRepository['succeed']>[0][number];

/** ANNOTATE: what the system's own annotators find, behind READY, so that nobody waits for it. Their failure is a warning. */
export class AnnotationWorker {
  private readonly owner = uuidv7();

  constructor(
    private readonly deps: Dependencies,
    private readonly annotators: readonly TextAnnotator[],
  ) {}

  async run(ingestionIds: readonly string[], signal: AbortSignal): Promise<void> {
    const claimed = await this.deps.database.ingestions.claim(ingestionIds, 'annotate', this.owner, LEASE_SECONDS);
    if (claimed.length === 0) return;
    const leases = claimed.map(leaseOf);
    const keeper = new LeaseKeeper(this.deps.database.ingestions, this.deps.logger, leases);
    try {
      for (const [tenantId, ofTenant] of Map.groupBy(claimed, (ingestion) => ingestion.tenantId)) await this.annotate(tenantId, ofTenant, signal);
    } catch (error) {
      // What was not finished is free for the next one at once; what was, holds no lease any more.
      if (signal.aborted) await this.deps.database.ingestions.release(leases);
      throw error;
    } finally {
      keeper.stop();
    }
  }

  private async annotate(tenantId: string, ingestions: readonly LeasedIngestion[], signal: AbortSignal): Promise<void> {
    const { database } = this.deps;
    const objectIds = ingestions.map((ingestion) => ingestion.objectId);
    const texts = new Map((await database.objects.findTexts(tenantId, objectIds)).map((text) => [text.objectId, text.text]));
    const found: NewAnnotation[] = [];
    const warnings = new Map<LeasedIngestion, string[]>();
    for (const ingestion of ingestions) {
      const text = texts.get(ingestion.objectId);
      if (text === undefined) continue;
      signal.throwIfAborted();
      if (isExhausted(ingestion, this.deps.limits.jobs.maxAttempts)) {
        warnings.set(ingestion, ['The system annotators did not get to the end of this text, however often they began. It has none of their annotations.']);
        continue;
      }
      for (const annotator of this.annotators) this.consult(annotator, ingestion, text, found, warnings);
      // Each text costs milliseconds; other requests get their turn in between.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const types = new Map((await database.objects.findByIds(tenantId, objectIds)).map((object) => [object.id, object.type]));
    const done = await database.transaction(async (tx) => {
      const held = await tx.ingestions.lockLeases(ingestions.map(leaseOf));
      const ours = new Set(ingestions.filter((ingestion) => held.some((lease) => lease.ingestionId === ingestion.id)).map((ingestion) => ingestion.objectId));
      await tx.annotations.upsertSystem(found.filter((annotation) => ours.has(annotation.objectId)));
      await tx.ingestions.addWarnings([...warnings].map(([ingestion, sentences]) => ({ lease: leaseOf(ingestion), warnings: sentences })));
      // Labels are among the facets that cached searches hold.
      if (found.length > 0) await tx.objects.raiseGeneration(tenantId);
      return tx.ingestions.succeed(held);
    });
    for (const ingestion of done) {
      const type = types.get(ingestion.objectId);
      if (type) this.deps.metrics.countIngestion(type, 'SUCCEEDED');
      this.deps.events.publish(ingestionChannel(ingestion.id), { id: ingestion.id });
    }
  }

  private consult(annotator: TextAnnotator, ingestion: LeasedIngestion, text: string, found: NewAnnotation[], warnings: Map<LeasedIngestion, string[]>): void {
    const annotatorId = `system:${annotator.name}@${annotator.version}`;
    try {
      const result = annotator.annotate(text);
      if (result === null) return;
      found.push({ id: uuidv7(), tenantId: ingestion.tenantId, objectId: ingestion.objectId, annotatorId, type: annotator.type, ...result });
    } catch (error) {
      this.deps.logger.warn({ ingestion: ingestion.id, annotator: annotatorId, error }, 'a system annotator failed');
      warnings.set(ingestion, [...(warnings.get(ingestion) ?? []), `The annotator ${annotatorId} failed on this text.`]);
    }
  }
}

const leaseOf = (ingestion: LeasedIngestion): Lease => ({ ingestionId: ingestion.id, epoch: ingestion.epoch });
