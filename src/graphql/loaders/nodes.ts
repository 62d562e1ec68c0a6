import type { EntityName } from '../../domain/ids.js';
import { toAggregation } from '../aggregations/aggregation.type.js';
import { toAnnotation } from '../annotations/annotation.type.js';
import type { GraphQLContext } from '../context.js';
import { toEmbedding } from '../embeddings/embedding.type.js';
import { toIngestion } from '../ingestions/ingestion.type.js';
import { toModelChange } from '../model-changes/model-change.type.js';
import type { NodeType } from '../node.type.js';
import { toDataObject } from '../objects/data-object.type.js';
import { toSavedSearch } from '../saved-searches/saved-search.types.js';
import { toUploadSession } from '../uploads/upload.type.js';
import type { Loaders } from './loaders.js';

/** How each kind of thing that has an id is read by it. The answers are new objects: `_entities` writes onto them. */
const READERS: Record<EntityName, (loaders: Loaders, uuid: string) => Promise<NodeType | null>> = {
  DataObject: async (loaders, uuid) => mapped(await loaders.objects.load(uuid), toDataObject),
  Annotation: async (loaders, uuid) => mapped(await loaders.annotations.load(uuid), toAnnotation),
  Embedding: async (loaders, uuid) => mapped(await loaders.embeddings.load(uuid), toEmbedding),
  Aggregation: async (loaders, uuid) => mapped(await loaders.aggregations.load(uuid), toAggregation),
  Ingestion: async (loaders, uuid) => mapped(await loaders.ingestions.load(uuid), toIngestion),
  SavedSearch: async (loaders, uuid) => mapped(await loaders.savedSearches.load(uuid), toSavedSearch),
  UploadSession: async (loaders, uuid) => mapped(await loaders.uploads.load(uuid), toUploadSession),
  ModelChange: async (loaders, uuid) => mapped(await loaders.modelChanges.load(uuid), toModelChange),
};

const mapped = <Row, Node>(row: Row | null, toNode: (row: Row) => Node): Node | null => (row === null ? null : toNode(row));

export const loadNode = (entity: EntityName, uuid: string, context: GraphQLContext) => READERS[entity](context.loaders, uuid);
