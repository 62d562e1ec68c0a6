import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { AggregationType as Kind } from '../../domain/model.js';
import { given } from '../absent.js';
import type { GraphQLContext } from '../context.js';
import { toObjectFilter } from '../filters/filter.mapping.js';
import { decodeId } from '../ids.js';
import { decodeIds } from '../lists.js';
import { DataObjectConnectionType } from '../objects/data-object.type.js';
import { ConnectionArgs, pageArgs } from '../paging/connection-args.js';
import { CreateAggregationInput } from './aggregation.inputs.js';
import { AggregationConnectionType, AggregationType, AggregationTypeEnum, toAggregation } from './aggregation.type.js';

@ArgsType()
class AggregationsArgs extends ConnectionArgs {
  @Field(() => AggregationTypeEnum, { nullable: true })
  type?: Kind | null;
}

@Resolver(() => AggregationType)
export class AggregationResolver {
  @Query(() => AggregationConnectionType, { description: 'The stored aggregations, newest first.' })
  async aggregations(@Args(() => AggregationsArgs) args: AggregationsArgs, @Ctx() context: GraphQLContext) {
    const page = await context.services.aggregations.page(context.viewer, { ...pageArgs(args), type: given(args.type) });
    return new AggregationConnectionType(page);
  }

  @Mutation(() => AggregationType, {
    description: 'Computes an aggregation and stores it with its sources. Needs an editor. BAD_USER_INPUT, NOT_FOUND, CONFLICT, NOT_CONFIGURED.',
  })
  async createAggregation(@Arg('input', () => CreateAggregationInput) input: CreateAggregationInput, @Ctx() context: GraphQLContext) {
    const row = await context.services.aggregations.create(context.viewer, {
      type: input.type,
      objectIds: input.objectIds ? decodeIds('obj', input.objectIds, ['input', 'objectIds']) : undefined,
      filter: toObjectFilter(input.filter, ['input', 'filter']),
      parameters: given(input.parameters),
      result: given(input.result),
      idempotencyKey: given(input.idempotencyKey),
    });
    return toAggregation(row);
  }

  @Mutation(() => ID, { description: 'Removes an aggregation; its sources stay. Answers its id. Needs an editor. NOT_FOUND.' })
  async deleteAggregation(@Arg('id', () => ID, { description: '`agg_…`' }) id: string, @Ctx() context: GraphQLContext): Promise<string> {
    await context.services.aggregations.delete(context.viewer, decodeId('agg', id, ['id']));
    return id;
  }

  @FieldResolver(() => DataObjectConnectionType, { description: 'What it was computed from, newest first, as it is now: also what is in the bin, not what was purged.' })
  async sourceObjects(@Root() aggregation: AggregationType, @Args(() => ConnectionArgs) args: ConnectionArgs, @Ctx() context: GraphQLContext) {
    return new DataObjectConnectionType(await context.loaders.sourcePages(pageArgs(args)).load(aggregation.row.id));
  }
}
