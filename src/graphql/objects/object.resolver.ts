import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { NEWEST_FIRST, type Disposition } from '../../domain/operations.js';
import { AggregationConnectionType } from '../aggregations/aggregation.type.js';
import { AnnotationConnectionType } from '../annotations/annotation.type.js';
import { given } from '../absent.js';
import type { GraphQLContext } from '../context.js';
import { EmbeddingType, toEmbedding } from '../embeddings/embedding.type.js';
import { AnnotationFilterInput, DataObjectFilterInput } from '../filters/filter.inputs.js';
import { toAnnotationFilter, toObjectFilter } from '../filters/filter.mapping.js';
import { decodeId } from '../ids.js';
import { IngestionType, toIngestion } from '../ingestions/ingestion.type.js';
import { ConnectionArgs, pageArgs } from '../paging/connection-args.js';
import { Sha256Scalar } from '../scalars/scalars.js';
import { SearchConnectionType } from '../search/search.types.js';
import { firstOfSearch } from '../search/search.mapping.js';
import { DataObjectConnectionType, DataObjectType, toDataObject } from './data-object.type.js';
import { DispositionEnum } from './object.enums.js';
import { DataObjectOrderInput, UpdateDataObjectInput } from './object.inputs.js';
import { PurgePayloadType, toPurgePayload } from './purge-payload.type.js';
import { SignedUrlType } from './signed-url.type.js';

@ArgsType()
class DataObjectsArgs extends ConnectionArgs {
  @Field(() => DataObjectFilterInput, { nullable: true })
  filter?: DataObjectFilterInput | null;

  @Field(() => DataObjectOrderInput, { nullable: true, description: 'Newest first by default.' })
  orderBy?: DataObjectOrderInput | null;
}

@ArgsType()
export class AnnotationsArgs extends ConnectionArgs {
  @Field(() => AnnotationFilterInput, { nullable: true })
  filter?: AnnotationFilterInput | null;
}

const DOWNLOAD_SECONDS = 3_600;

@Resolver(() => DataObjectType)
export class ObjectResolver {
  @Query(() => DataObjectType, { nullable: true, description: 'One object, in the bin or not; null where there is none.' })
  async dataObject(@Arg('id', () => ID, { description: '`obj_…`' }) id: string, @Ctx() context: GraphQLContext) {
    const row = await context.loaders.objects.load(decodeId('obj', id, ['id']));
    return row && toDataObject(row);
  }

  @Query(() => DataObjectType, { nullable: true, description: 'The live object that has this content; null where there is none.' })
  async dataObjectByHash(@Arg('contentHash', () => Sha256Scalar) contentHash: string, @Ctx() context: GraphQLContext) {
    const row = await context.services.objects.byHash(context.viewer, contentHash);
    return row && toDataObject(row);
  }

  @Query(() => DataObjectConnectionType, { description: 'The objects that match, newest first. Those in the bin only with `includeDeleted`.' })
  async dataObjects(@Args(() => DataObjectsArgs) args: DataObjectsArgs, @Ctx() context: GraphQLContext) {
    const page = await context.services.objects.page(context.viewer, {
      ...pageArgs(args),
      filter: toObjectFilter(args.filter, ['filter']),
      order: args.orderBy ? { field: args.orderBy.field, direction: args.orderBy.direction } : NEWEST_FIRST,
    });
    return new DataObjectConnectionType(page);
  }

  @Mutation(() => DataObjectType, { description: 'Changes metadata or filename. Needs an editor. BAD_USER_INPUT, NOT_FOUND, CONFLICT.' })
  async updateDataObject(@Arg('input', () => UpdateDataObjectInput) input: UpdateDataObjectInput, @Ctx() context: GraphQLContext) {
    const row = await context.services.objects.update(context.viewer, {
      id: decodeId('obj', input.id, ['input', 'id']),
      expectedVersion: given(input.expectedVersion),
      metadata: given(input.metadata),
      filename: input.filename,
    });
    return toDataObject(row);
  }

  @Mutation(() => DataObjectType, { description: 'Puts an object into the bin; again: the same answer. Needs an editor. NOT_FOUND.' })
  async deleteDataObject(@Arg('id', () => ID, { description: '`obj_…`' }) id: string, @Ctx() context: GraphQLContext) {
    return toDataObject(await context.services.objects.delete(context.viewer, decodeId('obj', id, ['id'])));
  }

  @Mutation(() => DataObjectType, {
    description: 'Takes an object out of the bin and makes it findable; again: the same answer. Needs an editor. NOT_FOUND; CONFLICT beside a live object of the same content.',
  })
  async undeleteDataObject(@Arg('id', () => ID, { description: '`obj_…`' }) id: string, @Ctx() context: GraphQLContext) {
    return toDataObject(await context.services.objects.undelete(context.viewer, decodeId('obj', id, ['id'])));
  }

  @Mutation(() => PurgePayloadType, {
    description: 'Removes an object for good: bytes, rows, vectors, whatever is cached. Again: the same answer. Needs an admin. NOT_FOUND.',
  })
  async purgeDataObject(@Arg('id', () => ID, { description: '`obj_…`' }) id: string, @Ctx() context: GraphQLContext) {
    return toPurgePayload(await context.services.objects.purge(context.viewer, decodeId('obj', id, ['id'])));
  }

  @FieldResolver(() => String, {
    description: 'Where the bytes are: `s3://bucket/key`, or `file:` and a path within the data folder. Never a signed URL.',
  })
  storageLocation(@Root() object: DataObjectType, @Ctx() context: GraphQLContext): string {
    return context.services.objects.storageLocation(object.row);
  }

  @FieldResolver(() => String, { nullable: true, description: 'What could be read out of it, whole; null where there is none. The texts of one request may come to 64 MB.' })
  text(@Root() object: DataObjectType, @Ctx() context: GraphQLContext): Promise<string | null> {
    return context.loaders.texts.load(object.row.id);
  }

  @FieldResolver(() => SignedUrlType, {
    nullable: true,
    description: 'A link to the original bytes, with Range and ETag; null where they are gone. NOT_RESTORED for what lies in an archive.',
  })
  downloadUrl(
    @Root() object: DataObjectType,
    @Arg('expiresIn', () => Int, { nullable: true, defaultValue: DOWNLOAD_SECONDS, description: 'Seconds, 1 to 604,800 (7 days).' })
    expiresIn: number | null,
    @Arg('disposition', () => DispositionEnum, { nullable: true, defaultValue: 'ATTACHMENT' }) disposition: Disposition | null,
    @Ctx() context: GraphQLContext,
  ): Promise<SignedUrlType | null> {
    return context.services.objects.downloadLink(context.viewer, object.row, {
      expiresIn: expiresIn ?? DOWNLOAD_SECONDS,
      disposition: disposition ?? 'ATTACHMENT',
    });
  }

  @FieldResolver(() => AnnotationConnectionType, { description: 'What is said about it, newest first.' })
  async annotations(@Root() object: DataObjectType, @Args(() => AnnotationsArgs) args: AnnotationsArgs, @Ctx() context: GraphQLContext) {
    const loader = context.loaders.annotationPages({ ...pageArgs(args), filter: toAnnotationFilter(args.filter, ['filter']) });
    return new AnnotationConnectionType(await loader.load(object.row.id));
  }

  @FieldResolver(() => [EmbeddingType], { description: 'The vectors that stand for it and its passages, by model and position.' })
  async embeddings(
    @Root() object: DataObjectType,
    @Arg('model', () => String, { nullable: true, description: 'One of `embeddingModels`; left out, all.' }) model: string | null,
    @Ctx() context: GraphQLContext,
  ) {
    const rows = await context.loaders.objectEmbeddings(model ?? null).load(object.row.id);
    return rows.map(toEmbedding);
  }

  @FieldResolver(() => AggregationConnectionType, { description: 'The aggregations that were computed from it among others, newest first.' })
  async aggregations(@Root() object: DataObjectType, @Args(() => ConnectionArgs) args: ConnectionArgs, @Ctx() context: GraphQLContext) {
    return new AggregationConnectionType(await context.loaders.aggregationPages(pageArgs(args)).load(object.row.id));
  }

  @FieldResolver(() => SearchConnectionType, {
    nullable: true,
    description: 'Objects like this one, by the vectors of one model; null while it has none. The same as a search with its `objectId`.',
  })
  async similar(
    @Root() object: DataObjectType,
    @Arg('first', () => Int, { nullable: true, defaultValue: 10, description: '0 to 500.' }) first: number | null,
    @Arg('model', () => String, { nullable: true, description: 'One of `embeddingModels`; left out, the active one for its type.' })
    model: string | null,
    @Ctx() context: GraphQLContext,
  ) {
    const result = await context.loaders.similar({ first: firstOfSearch(first), model: model ?? null }).load(object.row.id);
    return result && new SearchConnectionType(result);
  }

  @FieldResolver(() => IngestionType, { nullable: true, description: 'The newest.' })
  async ingestion(@Root() object: DataObjectType, @Ctx() context: GraphQLContext) {
    const row = await context.loaders.newestIngestions.load(object.row.id);
    return row && toIngestion(row);
  }
}
