import { ArgsType, Field, Int } from 'type-graphql';
import type { PageArgs } from '../../domain/paging.js';

@ArgsType()
export class ConnectionArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'How many from the start, 0 to 500; 50 where neither `first` nor `last` is given. Both: BAD_USER_INPUT.',
  })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only what follows this cursor. A cursor of another list, filter or order: BAD_USER_INPUT.',
  })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: 'How many from the end, 0 to 500.' })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes before this cursor.' })
  before?: string | null;
}

export const pageArgs = ({ first, after, last, before }: ConnectionArgs): PageArgs => ({ first, after, last, before });
