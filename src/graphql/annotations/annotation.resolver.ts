import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { given } from '../absent.js';
import type { GraphQLContext } from '../context.js';
import { toAnnotationFilter } from '../filters/filter.mapping.js';
import { decodeId } from '../ids.js';
import { objectOf } from '../loaders/object-of.js';
import { AnnotationsArgs } from '../objects/object.resolver.js';
import { DataObjectType } from '../objects/data-object.type.js';
import { pageArgs } from '../paging/connection-args.js';
import { settleEach } from '../settle-each.js';
import { CreateAnnotationInput, UpdateAnnotationInput } from './annotation.inputs.js';
import { AnnotationConnectionType, AnnotationType, CreateAnnotationResultUnion, toAnnotation } from './annotation.type.js';

@Resolver(() => AnnotationType)
export class AnnotationResolver {
  @Query(() => AnnotationConnectionType, { description: 'The annotations that match, over all objects, newest first.' })
  async annotations(@Args(() => AnnotationsArgs) args: AnnotationsArgs, @Ctx() context: GraphQLContext) {
    const filter = toAnnotationFilter(args.filter, ['filter']);
    return new AnnotationConnectionType(await context.services.annotations.page(context.viewer, { ...pageArgs(args), filter }));
  }

  @Mutation(() => [CreateAnnotationResultUnion], {
    description: 'Makes annotations, at most 1,000: one result per input, in order, each for itself. Needs an annotator.',
  })
  createAnnotations(@Arg('input', () => [CreateAnnotationInput]) input: CreateAnnotationInput[], @Ctx() context: GraphQLContext) {
    return settleEach(
      input,
      {
        map: (item, path) => ({
          objectId: decodeId('obj', item.objectId, [...path, 'objectId']),
          type: item.type,
          content: item.content,
          confidence: given(item.confidence),
          annotatorId: given(item.annotatorId),
          idempotencyKey: given(item.idempotencyKey),
        }),
        run: (items) => context.services.annotations.create(context.viewer, items),
        toNode: toAnnotation,
      },
      context,
    );
  }

  @Mutation(() => AnnotationType, { description: 'Changes content or confidence. Needs its annotator, or an admin. BAD_USER_INPUT, NOT_FOUND, CONFLICT, FORBIDDEN.' })
  async updateAnnotation(@Arg('input', () => UpdateAnnotationInput) input: UpdateAnnotationInput, @Ctx() context: GraphQLContext) {
    const row = await context.services.annotations.update(context.viewer, {
      id: decodeId('ann', input.id, ['input', 'id']),
      expectedVersion: given(input.expectedVersion),
      content: given(input.content),
      confidence: input.confidence,
    });
    return toAnnotation(row);
  }

  @Mutation(() => AnnotationType, { description: 'Marks an annotation as deleted; again: the same answer. NOT_FOUND, FORBIDDEN.' })
  async deleteAnnotation(@Arg('id', () => ID, { description: '`ann_…`' }) id: string, @Ctx() context: GraphQLContext) {
    return toAnnotation(await context.services.annotations.delete(context.viewer, decodeId('ann', id, ['id'])));
  }

  @Mutation(() => AnnotationType, { description: 'Takes the deletion back; again: the same answer. NOT_FOUND, FORBIDDEN.' })
  async undeleteAnnotation(@Arg('id', () => ID, { description: '`ann_…`' }) id: string, @Ctx() context: GraphQLContext) {
    return toAnnotation(await context.services.annotations.undelete(context.viewer, decodeId('ann', id, ['id'])));
  }

  @FieldResolver(() => DataObjectType, { description: 'What it speaks of.' })
  object(@Root() annotation: AnnotationType, @Ctx() context: GraphQLContext): Promise<DataObjectType> {
    return objectOf(annotation.row, context);
  }
}
