import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Float, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { DuplicateTier } from '../../domain/near-duplicates.js';
import { given } from '../absent.js';
import type { GraphQLContext } from '../context.js';
import { DataObjectFilterInput } from '../filters/filter.inputs.js';
import { toObjectFilter } from '../filters/filter.mapping.js';
import { decodeId } from '../ids.js';
import { decodeIds } from '../lists.js';
import { objectOf } from '../loaders/object-of.js';
import { DataObjectType } from '../objects/data-object.type.js';
import { ConnectionArgs, pageArgs } from '../paging/connection-args.js';
import { DuplicateGroupConnectionType, DuplicateTierEnum, DuplicateType, MergeDuplicatesInput, MergeDuplicatesPayloadType } from './duplicate.types.js';

const LEAST = '0 to 1; left out: for SEMANTIC each model’s own bound, which was measured or configured (docs/duplicates.md), and for PERCEPTUAL whatever the hashes say.';
const DEFAULT_DUPLICATES = 10;

@ArgsType()
class DuplicateGroupsArgs extends ConnectionArgs {
  @Field(() => [DuplicateTierEnum], { nullable: true, description: 'Left out: all. A group that a stronger tier shows whole is not shown again.' })
  tier?: DuplicateTier[] | null;

  @Field(() => DataObjectFilterInput, { nullable: true, description: 'Of the objects that are compared.' })
  filter?: DataObjectFilterInput | null;

  @Field(() => Float, { nullable: true, description: LEAST })
  minSimilarity?: number | null;
}

@Resolver(() => DuplicateType)
export class DuplicateResolver {
  @Query(() => DuplicateGroupConnectionType, {
    description:
      'Objects that are there more than once, as groups: by tier, then by the age of the oldest. New objects are compared in the background, soon after they are READY. TOO_COMPLEX beyond 200,000 pairs.',
  })
  async duplicateGroups(@Args(() => DuplicateGroupsArgs) args: DuplicateGroupsArgs, @Ctx() context: GraphQLContext) {
    const page = await context.services.duplicates.groups(context.viewer, {
      ...pageArgs(args), tiers: given(args.tier), filter: toObjectFilter(args.filter, ['filter']), minSimilarity: given(args.minSimilarity),
    });
    return new DuplicateGroupConnectionType(page);
  }

  @Mutation(() => MergeDuplicatesPayloadType, {
    description:
      'One object in place of several: people’s annotations move to it, with author, version and times; what its metadata lacks comes from the others; they go to the bin. Needs an editor. BAD_USER_INPUT, NOT_FOUND, CONFLICT.',
  })
  async mergeDuplicates(@Arg('input', () => MergeDuplicatesInput) input: MergeDuplicatesInput, @Ctx() context: GraphQLContext) {
    return new MergeDuplicatesPayloadType(
      await context.services.duplicates.merge(context.viewer, {
        keep: decodeId('obj', input.keep, ['input', 'keep']),
        merge: decodeIds('obj', input.merge, ['input', 'merge']),
        expectedVersion: given(input.expectedVersion),
        idempotencyKey: given(input.idempotencyKey),
      }),
    );
  }

  @FieldResolver(() => DataObjectType, { description: 'The other one.' })
  object(@Root() duplicate: DuplicateType, @Ctx() context: GraphQLContext): Promise<DataObjectType> {
    return objectOf(duplicate, context);
  }
}

@Resolver(() => DataObjectType)
export class DuplicatesOfObjectResolver {
  @FieldResolver(() => [DuplicateType], { description: 'Live objects that are nearly the same, each once, the strongest tier first.' })
  async duplicates(
    @Root() object: DataObjectType,
    @Arg('tier', () => [DuplicateTierEnum], { nullable: true, description: 'Left out: all.' }) tier: DuplicateTier[] | null,
    @Arg('minSimilarity', () => Float, { nullable: true, description: LEAST }) minSimilarity: number | null,
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_DUPLICATES, description: '0 to 100.' }) first: number | null,
    @Ctx() context: GraphQLContext,
  ): Promise<DuplicateType[]> {
    const loader = context.loaders.duplicates({ tiers: given(tier), minSimilarity: given(minSimilarity), first: first ?? DEFAULT_DUPLICATES });
    return (await loader.load(object.row.id)).map((found) => new DuplicateType(found));
  }
}
