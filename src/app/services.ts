import type { Services } from '../graphql/services.js';
import type { JobHandlers } from '../jobs/handlers.js';
import type { Cache } from '../ports/cache.port.js';
import { AggregationService } from '../services/aggregations/aggregation.service.js';
import { AnnotationService } from '../services/annotations/annotation.service.js';
import { textKeywords } from '../services/annotators/text-keywords.js';
import { textSummary } from '../services/annotators/text-summary.js';
import { EmbeddingService } from '../services/embeddings/embedding.service.js';
import { EventService } from '../services/events/event.service.js';
import { AnnotationWorker } from '../services/ingestion/annotation.worker.js';
import { IngestionActivity } from '../services/ingestion/ingestion-activity.js';
import { IngestionService } from '../services/ingestion/ingestion.service.js';
import { IngestionWorker } from '../services/ingestion/ingestion.worker.js';
import { IntakeService } from '../services/intake/intake.service.js';
import { TextIntakeService } from '../services/intake/text-intake.service.js';
import { MaintenanceService } from '../services/maintenance.service.js';
import { ExportService } from '../services/moving/export.service.js';
import { ImportService } from '../services/moving/import.service.js';
import { ObjectCache } from '../services/objects/object-cache.js';
import { ObjectService } from '../services/objects/object.service.js';
import { PurgeService } from '../services/objects/purge.service.js';
import { SagaRunner, type SagaCheckpoint } from '../services/sagas/saga-runner.js';
import { SearchService } from '../services/search/search.service.js';
import type { ServiceDependencies } from '../services/shared/dependencies.js';
import { UploadService } from '../services/uploads/upload.service.js';

export interface ServiceGraph {
  services: Services;
  handlers: JobHandlers;
  maintenance: MaintenanceService;
  sagas: SagaRunner;
  /** Between installations. */
  moving: { exports: ExportService; imports: ImportService };
  /** For the transfer routes. */
  uploads: Pick<UploadService, 'noteRefusal'>;
}

/** While ingestions go on, a batch of annotations is put off for so long at most, and the indexes' housekeeping for so long. */
const ANNOTATION_PATIENCE_MS = 20_000;
const OPTIMIZING_PATIENCE_MS = 5 * 60_000;

/** The use cases over the parts they need. */
export function createServices(deps: ServiceDependencies, options: { sagaCheckpoint?: SagaCheckpoint; rankings?: Pick<Cache, 'get' | 'set'>; caches?: boolean }): ServiceGraph {
  const sagas = new SagaRunner(deps, options.sagaCheckpoint);
  const objectCache = new ObjectCache(deps.cache);
  const intake = new IntakeService(deps, sagas, objectCache);
  const purge = new PurgeService(deps, sagas, objectCache);
  const uploads = new UploadService(deps, intake);
  const ingestionWorker = new IngestionWorker(deps, objectCache);
  const annotationWorker = new AnnotationWorker(deps, [textSummary, textKeywords]);
  const maintenance = new MaintenanceService(deps, sagas, uploads);
  const services: Services = {
    objects: new ObjectService({ ...deps, objectCache, purge: (viewer, id) => purge.purge(viewer, id) }),
    annotations: new AnnotationService(deps),
    embeddings: new EmbeddingService(deps),
    aggregations: new AggregationService(deps),
    uploads,
    ingestions: new IngestionService(deps, new TextIntakeService(deps, intake), objectCache),
    search: new SearchService(deps, { rankings: options.rankings, caches: options.caches }),
    events: new EventService(deps),
  };
  const activity = new IngestionActivity();
  const handlers: JobHandlers = {
    ingest: (ids, signal) => activity.during(() => ingestionWorker.run(ids, signal)),
    async annotate(ids, signal) {
      // Nobody waits for annotations, but for the next text to be READY.
      await activity.lull(ANNOTATION_PATIENCE_MS, signal);
      await annotationWorker.run(ids, signal);
    },
    recover: () => maintenance.recover(),
    housekeeping: () => maintenance.housekeeping(),
    optimize: (signal) => activity.inLull(OPTIMIZING_PATIENCE_MS, signal, (either) => maintenance.optimize(either)),
    prune: () => maintenance.prune(),
  };
  const exports = new ExportService(deps);
  const moving = { exports, imports: new ImportService(deps, sagas, exports) };
  return { services, handlers, maintenance, sagas, uploads, moving };
}
