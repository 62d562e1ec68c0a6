import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { Json } from '../../domain/model.js';
import type { SavedSearch } from '../../domain/operations.js';
import { encodeId } from '../ids.js';
import { NodeType } from '../node.type.js';
import { connectionType } from '../paging/connection.type.js';
import { DateTimeScalar, JsonScalar } from '../scalars/scalars.js';
import { SearchInput } from '../search/search.inputs.js';

@ObjectType('SavedSearch', {
  implements: NodeType,
  simpleResolvers: true,
  description:
    'A search under a name. Whatever becomes READY or changes is held against it once, and `dataObjectChanged` tells what it found. An object matches where a passage of it has every word of the query (score 1), or where its cosine in a model’s space is at least the search’s `minVectorScore` or, where it says none, that model’s `wordsCosine` or `likenessCosine`; `minScore` then bounds that score.',
})
export class SavedSearchType extends NodeType {
  @Field(() => ID, { description: '`ssr_` and 26 characters.' })
  declare id: string;

  @Field(() => String)
  name: string;

  @Field(() => JsonScalar, { description: 'The SearchInput that was saved.' })
  input: Json;

  @Field(() => String, { description: 'Who saved it.' })
  owner: string;

  @Field(() => Int, { description: 'Begins at 1; counts changes.' })
  version: number;

  @Field(() => DateTimeScalar)
  createdAt: Date;

  @Field(() => DateTimeScalar)
  updatedAt: Date;

  /** What the results are found with; not a field. */
  readonly row: SavedSearch;

  constructor(row: SavedSearch) {
    super();
    this.id = encodeId('ssr', row.id);
    this.name = row.name;
    this.input = row.input;
    this.owner = row.owner;
    this.version = row.version;
    this.createdAt = row.createdAt;
    this.updatedAt = row.updatedAt;
    this.row = row;
  }
}

export const toSavedSearch = (row: SavedSearch) => new SavedSearchType(row);

export const SavedSearchConnectionType = connectionType('SavedSearch', 'saved searches', SavedSearchType, toSavedSearch);
export type SavedSearchConnectionType = InstanceType<typeof SavedSearchConnectionType>;

@ObjectType('SavedSearchMatch', { simpleResolvers: true, description: 'A saved search that found the object.' })
export class SavedSearchMatchType {
  @Field(() => ID, { description: 'Of the saved search.' })
  id: string;

  @Field(() => Float, { description: '1 where a passage has every word, else the greatest cosine that is enough in its space.' })
  score: number;

  /** What the search is read with; not a field. */
  readonly savedSearchId: string;

  constructor({ id, score }: { id: string; score: number }) {
    this.id = encodeId('ssr', id);
    this.score = score;
    this.savedSearchId = id;
  }
}

@InputType('CreateSavedSearchInput', { description: 'A search to be kept.' })
export class CreateSavedSearchInput {
  @Field(() => String, { description: '1 to 200 characters.' })
  name!: string;

  @Field(() => SearchInput, { description: 'Checked as `search` checks it.' })
  search!: SearchInput;
}

@InputType('UpdateSavedSearchInput', { description: 'What to change of a saved search. What is left out stays.' })
export class UpdateSavedSearchInput {
  @Field(() => ID, { description: '`ssr_…`' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'The version that the change was thought out for; where it is not the present one: CONFLICT.' })
  expectedVersion?: number | null;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => SearchInput, { nullable: true, description: 'In place of the whole search. What the earlier one had found is told again where this one finds it, when it changes.' })
  search?: SearchInput | null;
}
