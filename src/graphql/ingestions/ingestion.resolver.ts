import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { IngestionStatus } from '../../domain/model.js';
import { given } from '../absent.js';
import type { GraphQLContext } from '../context.js';
import { decodeId } from '../ids.js';
import { objectOf } from '../loaders/object-of.js';
import { DataObjectType } from '../objects/data-object.type.js';
import { ConnectionArgs, pageArgs } from '../paging/connection-args.js';
import { IngestionStatusEnum } from './ingestion.enums.js';
import { IngestionConnectionType, IngestionType, toIngestion } from './ingestion.type.js';

@ArgsType()
class IngestionsArgs extends ConnectionArgs {
  @Field(() => [IngestionStatusEnum], { nullable: true, description: 'Any of these; an empty list matches nothing.' })
  status?: IngestionStatus[] | null;
}

@Resolver(() => IngestionType)
export class IngestionResolver {
  @Query(() => IngestionType, { nullable: true, description: 'One ingestion; null where there is none.' })
  async ingestion(@Arg('id', () => ID, { description: '`ing_…`' }) id: string, @Ctx() context: GraphQLContext) {
    const row = await context.loaders.ingestions.load(decodeId('ing', id, ['id']));
    return row && toIngestion(row);
  }

  @Query(() => IngestionConnectionType, { description: 'The ingestions, newest first.' })
  async ingestions(@Args(() => IngestionsArgs) args: IngestionsArgs, @Ctx() context: GraphQLContext) {
    const page = await context.services.ingestions.page(context.viewer, { ...pageArgs(args), status: given(args.status) });
    return new IngestionConnectionType(page);
  }

  @Mutation(() => IngestionType, { description: 'Resumes a failed ingestion at the stage that failed, under the same id. Needs an editor. NOT_FOUND; CONFLICT where it did not fail.' })
  async retryIngestion(@Arg('id', () => ID, { description: '`ing_…`' }) id: string, @Ctx() context: GraphQLContext) {
    return toIngestion(await context.services.ingestions.retry(context.viewer, decodeId('ing', id, ['id'])));
  }

  @FieldResolver(() => DataObjectType, { description: 'What is being taken in.' })
  object(@Root() ingestion: IngestionType, @Ctx() context: GraphQLContext): Promise<DataObjectType> {
    return objectOf(ingestion.row, context);
  }
}
