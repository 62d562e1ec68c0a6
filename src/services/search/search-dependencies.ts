import type { Database } from '../../ports/database.port.js';
import type { EmbeddingRepository, PassageRepository } from '../../ports/repositories/passage.repository.port.js';
import type { FacetRepository } from '../../ports/repositories/facet.repository.port.js';
import type { ObjectRepository } from '../../ports/repositories/object.repository.port.js';
import type { ServiceDependencies, ServiceLimits } from '../shared/dependencies.js';

/** What search reads; it writes nothing but the cache. */
export interface SearchDependencies extends Pick<ServiceDependencies, 'vectors' | 'keywords' | 'hybrid' | 'indexesNow' | 'cache' | 'embedder' | 'logger' | 'metrics'> {
  database: Pick<Database, 'noteSearch'> & {
    objects: Pick<ObjectRepository, 'findByIds' | 'matchingIds' | 'sift' | 'generation'>;
    passages: Pick<PassageRepository, 'findByIds'>;
    embeddings: Pick<EmbeddingRepository, 'findByIds' | 'findByObjects'>;
    facets: FacetRepository;
  };
  limits: Pick<ServiceLimits, 'maxQueryLength' | 'searchTimeoutSeconds'>;
}
