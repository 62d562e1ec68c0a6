import type { Services } from '../graphql/services.js';
import type { JobHandlers } from '../jobs/handlers.js';
import { AggregationService } from '../services/aggregations/aggregation.service.js';
import { AnnotationPassagesWorker } from '../services/annotation-passages/annotation-passages.worker.js';
import { AnnotationService } from '../services/annotations/annotation.service.js';
import { textKeywords } from '../services/annotators/text-keywords.js';
import { textSummary } from '../services/annotators/text-summary.js';
import { Comparer } from '../services/duplicates/comparer.js';
import { DuplicateService } from '../services/duplicates/duplicate.service.js';
import { EmbeddingService } from '../services/embeddings/embedding.service.js';
import { EventService } from '../services/events/event.service.js';
import { AnnotationWorker } from '../services/ingestion/annotation.worker.js';
import { IngestionActivity } from '../services/ingestion/ingestion-activity.js';
import { IngestionService } from '../services/ingestion/ingestion.service.js';
import { IngestionWorker } from '../services/ingestion/ingestion.worker.js';
import { IntakeService } from '../services/intake/intake.service.js';
import { TextIntakeService } from '../services/intake/text-intake.service.js';
import { MaintenanceService } from '../services/maintenance.service.js';
import { ModelChangeService } from '../services/model-change/model-change.service.js';
import { ModelChangeWorker } from '../services/model-change/model-change.worker.js';
import { ModelChangeTurns } from '../services/model-change/turns.js';
import type { ModelsInUse } from '../services/models/models-in-use.js';
import { ExportService } from '../services/moving/export.service.js';
import { ImportService } from '../services/moving/import.service.js';
import { ObjectCache } from '../services/objects/object-cache.js';
import { ObjectService } from '../services/objects/object.service.js';
import { PurgeService } from '../services/objects/purge.service.js';
import { Percolator } from '../services/saved-searches/percolator.js';
import { SavedSearchService } from '../services/saved-searches/saved-search.service.js';
import { SagaRunner, type SagaCheckpoint } from '../services/sagas/saga-runner.js';
import { QueryUploads } from '../services/search/query-uploads.js';
import { SearchService, type SearchOptions } from '../services/search/search.service.js';
import type { ServiceDependencies } from '../services/shared/dependencies.js';
import { UploadService } from '../services/uploads/upload.service.js';

export interface ServiceGraph {
  services: Services;
  handlers: JobHandlers;
  maintenance: MaintenanceService;
  sagas: SagaRunner;
  /** Between installations. */
  moving: { exports: ExportService; imports: ImportService };
  modelChangeTurns: Pick<ModelChangeTurns, 'stop'>;
  /** For the transfer routes. */
  uploads: Pick<UploadService, 'noteRefusal'>;
}

/** While ingestions go on, a batch of annotations is put off for so long at most, and the indexes' housekeeping for so long. */
const ANNOTATION_PATIENCE_MS = 20_000;
const OPTIMIZING_PATIENCE_MS = 5 * 60_000;
/** And one batch of a model change's backfill. */
const BACKFILL_PATIENCE_MS = 5_000;
const COMPARING_PATIENCE_MS = 60_000;

/** The use cases over the parts they need. */
export function createServices(deps: ServiceDependencies & { modelsInUse: ModelsInUse }, options: { sagaCheckpoint?: SagaCheckpoint; doesJobs?: boolean } & SearchOptions): ServiceGraph {
  const sagas = new SagaRunner(deps, options.sagaCheckpoint);
  const objectCache = new ObjectCache(deps.cache);
  const intake = new IntakeService(deps, sagas, objectCache);
  const purge = new PurgeService(deps, sagas, objectCache);
  const uploads = new UploadService(deps, intake);
  const ingestionWorker = new IngestionWorker(deps, objectCache);
  const annotationWorker = new AnnotationWorker(deps, [textSummary, textKeywords]);
  const annotationPassages = new AnnotationPassagesWorker(deps);
  const maintenance = new MaintenanceService(deps, sagas, uploads);
  const search = new SearchService(deps, { ...options, uploads: new QueryUploads(deps, options.caches ?? true) });
  const activity = new IngestionActivity();
  const modelChangeWorker = new ModelChangeWorker(deps, (signal) => activity.lull(BACKFILL_PATIENCE_MS, signal));
  const modelChangeTurns = new ModelChangeTurns(modelChangeWorker, deps.modelsInUse, deps.database, deps.logger, options.doesJobs ?? true);
  const services: Services = {
    objects: new ObjectService({ ...deps, objectCache, purge: (viewer, id) => purge.purge(viewer, id) }),
    annotations: new AnnotationService(deps),
    embeddings: new EmbeddingService(deps),
    aggregations: new AggregationService(deps),
    uploads,
    ingestions: new IngestionService(deps, new TextIntakeService(deps, intake), objectCache),
    search,
    events: new EventService(deps),
    modelChanges: new ModelChangeService(deps, () => modelChangeTurns.wake()),
    duplicates: new DuplicateService({ ...deps, objectCache }),
    savedSearches: new SavedSearchService({ ...deps, search }),
  };
  const comparer = new Comparer(deps);
  const percolator = new Percolator({ ...deps, search });
  const handlers: JobHandlers = {
    ingest: (ids, signal) => activity.during(() => ingestionWorker.run(ids, signal)),
    async annotate(ids, signal) {
      // Nobody waits for annotations, but for the next text to be READY.
      await activity.lull(ANNOTATION_PATIENCE_MS, signal);
      await annotationWorker.run(ids, signal);
    },
    indexAnnotated: (tenantId, objectIds, signal) => annotationPassages.run(tenantId, objectIds, signal),
    recover: () => maintenance.recover(),
    modelChange: (signal) => modelChangeTurns.take(signal),
    housekeeping: () => maintenance.housekeeping(),
    optimize: (signal) => activity.inLull(OPTIMIZING_PATIENCE_MS, signal, (either) => maintenance.optimize(either)),
    percolate: (signal) => percolator.run(signal),
    compare: (signal) => activity.inLull(COMPARING_PATIENCE_MS, signal, (either) => comparer.run(either)),
    prune: () => maintenance.prune(),
  };
  const exports = new ExportService(deps);
  const moving = { exports, imports: new ImportService(deps, sagas, exports) };
  return { services, handlers, maintenance, sagas, uploads, moving, modelChangeTurns };
}
