import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Int, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { ModelChange } from '../../domain/model-change.js';
import type { GraphQLContext } from '../context.js';
import { decodeId } from '../ids.js';
import { ModelChangeEstimateType, ModelChangeFailureType, ModelChangeType, toEstimate, toFailure, toModelChange } from './model-change.type.js';

@ArgsType()
class ModelChangeArgs {
  @Field(() => String, { nullable: true, description: 'The model to leave; left out, the one in use that embeds what `to` does.' })
  from?: string | null;

  @Field(() => String, { description: 'The new model, one of `embeddingModels` that is available.' })
  to!: string;

  @Field(() => Boolean, { defaultValue: false, description: 'The new model comes beside those in use; none is left for it.' })
  beside!: boolean;
}

const ID_ARG = { description: '`mch_…`' } as const;
const uuidOf = (id: string) => decodeId('mch', id, ['id']);

/** All of it takes an admin key of the tenant "default", since it concerns every tenant. */
@Resolver(() => ModelChangeType)
export class ModelChangeResolver {
  @Query(() => ModelChangeEstimateType, { description: 'What a change would cost: some passages are embedded with the new model to measure it, and nothing is written. Admins of the tenant `default`.' })
  async modelChangeEstimate(@Args(() => ModelChangeArgs) { from, to, beside }: ModelChangeArgs, @Ctx() { services, viewer, signal }: GraphQLContext) {
    return toEstimate(await services.modelChanges.estimate(viewer, { from, to, beside }, signal));
  }

  @Query(() => ModelChangeType, { nullable: true, description: 'The one that is open, or else the newest; null where there was none. Admins of the tenant `default`.' })
  async modelChange(@Ctx() { services, viewer }: GraphQLContext): Promise<ModelChangeType | null> {
    const change = await services.modelChanges.current(viewer);
    return change && toModelChange(change);
  }

  @Query(() => [ModelChangeType], { description: 'Newest first, 100 at most. Admins of the tenant `default`.' })
  async modelChanges(@Arg('first', () => Int, { defaultValue: 20 }) first: number, @Ctx() { services, viewer }: GraphQLContext) {
    return (await services.modelChanges.list(viewer, first)).map(toModelChange);
  }

  @Mutation(() => ModelChangeType, {
    description: 'Begins to embed every object with the new model, in the background; searches go on with the old one. Again: the same change, whose failures are tried again in the background. CONFLICT while another one is open.',
  })
  async startModelChange(@Args(() => ModelChangeArgs) { from, to, beside }: ModelChangeArgs, @Ctx() { services, viewer }: GraphQLContext) {
    return toModelChange(await services.modelChanges.start(viewer, { from, to, beside }));
  }

  @Mutation(() => ModelChangeType, {
    description: 'From now on searches ask the new model, in every process. Again: the same answer. CONFLICT where it is not READY, a process lacks the model, or objects failed.',
  })
  async cutOverModelChange(
    @Arg('id', () => ID, ID_ARG) id: string,
    @Arg('acceptFailures', () => Boolean, { defaultValue: false, description: 'Though some objects could not be embedded with it.' }) acceptFailures: boolean,
    @Ctx() { services, viewer }: GraphQLContext,
  ) {
    return toModelChange(await services.modelChanges.cutOver(viewer, uuidOf(id), { acceptFailures }));
  }

  @Mutation(() => ModelChangeType, { description: 'Searches ask the old model again; nothing is lost by it. Again: the same answer. CONFLICT after the clean-up.' })
  async rollBackModelChange(@Arg('id', () => ID, ID_ARG) id: string, @Ctx() { services, viewer }: GraphQLContext) {
    return toModelChange(await services.modelChanges.rollBack(viewer, uuidOf(id)));
  }

  @Mutation(() => ModelChangeType, { description: 'Removes the vectors of the model that is not searched any more, in the background. Again: the same answer.' })
  async cleanUpModelChange(@Arg('id', () => ID, ID_ARG) id: string, @Ctx() { services, viewer }: GraphQLContext) {
    return toModelChange(await services.modelChanges.cleanUp(viewer, uuidOf(id)));
  }

  @Mutation(() => ModelChangeType, { description: 'Gives a change up that is not cut over: the new model’s vectors are removed, in the background. Again: the same answer.' })
  async abortModelChange(@Arg('id', () => ID, ID_ARG) id: string, @Ctx() { services, viewer }: GraphQLContext) {
    return toModelChange(await services.modelChanges.abort(viewer, uuidOf(id)));
  }

  @Subscription(() => ModelChangeType, {
    description: 'The present state first, then each change; ends where it does not move on by itself: at READY, CUT_OVER, ROLLED_BACK, CLEANED and ABORTED. NOT_FOUND.',
    subscribe: ({ args, context }: { args: { id: string }; context: GraphQLContext }) => context.services.modelChanges.progress(context.viewer, uuidOf(args.id), context.signal),
  })
  modelChangeProgress(@Root() change: ModelChange, @Arg('id', () => ID, ID_ARG) _id: string): ModelChangeType {
    return toModelChange(change);
  }

  @FieldResolver(() => Int, { description: 'Objects that something was written of since the change began, or that are tried again, and that have yet to be looked at; a cut-over waits for them. They are counted for each answer.' })
  waiting(@Root() change: ModelChangeType, @Ctx() { services, viewer }: GraphQLContext) {
    return services.modelChanges.waiting(viewer, change.row);
  }

  @FieldResolver(() => [ModelChangeFailureType], { description: 'Objects that could not be embedded with the new model, 100 at most.' })
  async failures(@Root() change: ModelChangeType, @Arg('first', () => Int, { defaultValue: 20 }) first: number, @Ctx() { services, viewer }: GraphQLContext) {
    return change.failed === 0 ? [] : (await services.modelChanges.failures(viewer, change.row.id, first)).map(toFailure);
  }
}
