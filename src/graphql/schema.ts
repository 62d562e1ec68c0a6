import 'reflect-metadata';
import { buildSubgraphSchema, printSubgraphSchema } from '@apollo/subgraph';
import { parse, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, createResolversMap } from 'type-graphql';
import { ID_PREFIXES } from '../domain/ids.js';
import { AggregationResolver } from './aggregations/aggregation.resolver.js';
import { AnnotationResolver } from './annotations/annotation.resolver.js';
import type { GraphQLContext } from './context.js';
import { DuplicateResolver, DuplicatesOfObjectResolver } from './duplicates/duplicate.resolver.js';
import { EmbeddingResolver } from './embeddings/embedding.resolver.js';
import { EventResolver } from './events/event.resolver.js';
import { guardResolvers, type ResolverMap } from './guard-resolvers.js';
import { decodeId } from './ids.js';
import { IngestionResolver } from './ingestions/ingestion.resolver.js';
import { loadNode } from './loaders/nodes.js';
import { ModelChangeResolver } from './model-changes/model-change.resolver.js';
import { NodeResolver } from './node.resolver.js';
import { ObjectResolver } from './objects/object.resolver.js';
import { SavedSearchMatchResolver, SavedSearchResolver } from './saved-searches/saved-search.resolver.js';
import { SearchResolver } from './search/search.resolver.js';
import { UploadResolver } from './uploads/upload.resolver.js';

/** What other subgraphs may refer to, by `@key(fields: "id")`. */
const ENTITIES = ['DataObject', 'Annotation', 'Embedding', 'Aggregation'] as const;

/** The link imports every federation directive that the types use, and no other: composition takes each by name. */
const FEDERATION_LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@inaccessible"])';

export interface BuiltSchema {
  /** The subgraph, ready to run. */
  schema: GraphQLSchema;
  /** The same as text, as it is committed in schema.graphql: our own types and the federation link. */
  sdl: string;
}

/**
 * Decorated classes → type-graphql's schema → SDL with the federation link → Apollo's subgraph schema with the same
 * resolvers. The way through SDL keeps directives, and is why enum values equal their names.
 */
export function buildStrataSchema(): BuiltSchema {
  const decorated = buildSchemaSync({
    resolvers: [
      NodeResolver, ObjectResolver, AnnotationResolver, EmbeddingResolver, AggregationResolver, UploadResolver, IngestionResolver,
      SearchResolver, EventResolver, ModelChangeResolver, DuplicateResolver, DuplicatesOfObjectResolver, SavedSearchResolver, SavedSearchMatchResolver,
    ],
    // GraphQL's own types are checked by graphql-js, the rest by the services; class-validator would check each input again.
    validate: false,
    pubSub: NO_TOPICS,
  });
  const sdl = `${FEDERATION_LINK}\n\n${printSubgraphSchema(decorated)}\n`;
  const resolvers = createResolversMap(decorated) as ResolverMap;
  for (const entity of ENTITIES) {
    resolvers[entity] = {
      ...resolvers[entity],
      // Async: what is thrown then fails one reference, and not the whole batch of a router that serves many people's parts.
      __resolveReference: async ({ id }: { id: string }, context: GraphQLContext) =>
        loadNode(entity, decodeId(ID_PREFIXES[entity], String(id), ['representations']), context),
    };
  }
  // Newer graphql-js types than Apollo's resolver map knows; the shapes are the same.
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: guardResolvers(resolvers) as never }]);
  return { schema, sdl };
}

/** Subscriptions get their events from services; type-graphql asks for a hub all the same. */
const NO_TOPICS = {
  publish(): never {
    throw new Error('Events come from the services, not from topics.');
  },
  subscribe(): never {
    throw new Error('Events come from the services, not from topics.');
  },
};

