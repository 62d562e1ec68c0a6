import { Directive, Field, ObjectType } from 'type-graphql';

@Directive('@shareable')
@ObjectType('PageInfo', { simpleResolvers: true, description: 'Where a page lies in its list, after the Relay specification.' })
export class PageInfoType {
  @Field(() => Boolean, { description: 'Something follows the last edge of this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Something comes before the first edge of this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first edge; null where the page is empty.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last edge, for `after`; null where the page is empty.' })
  endCursor!: string | null;
}

export function pageInfo(page: {
  cursors: readonly string[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
}): PageInfoType {
  return {
    hasNextPage: page.hasNextPage,
    hasPreviousPage: page.hasPreviousPage,
    startCursor: page.cursors[0] ?? null,
    endCursor: page.cursors.at(-1) ?? null,
  };
}
