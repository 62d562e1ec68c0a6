import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { ChangeKind } from '../../domain/model.js';
import type { ObjectChange } from '../../domain/operations.js';
import { defineEnum } from '../define-enum.js';
import { encodeId } from '../ids.js';
import { SavedSearchMatchType } from '../saved-searches/saved-search.types.js';
import { DateTimeScalar } from '../scalars/scalars.js';

export const ChangeKindEnum = defineEnum<ChangeKind>('ChangeKind', 'What happened to an object.', {
  CREATED: 'It was taken in.',
  UPDATED: 'Its metadata, filename, content or status changed.',
  DELETED: 'It went to the bin.',
  UNDELETED: 'It came back from the bin.',
  PURGED: 'It is gone for good.',
  MATCHED: 'Saved searches found it, for the first time in this version; `savedSearches` says which.',
});

@ObjectType('DataObjectChange', { simpleResolvers: true, description: 'Something that happened to an object.' })
export class DataObjectChangeType {
  @Field(() => String, { description: 'Hand it to `after` to go on where a connection broke, within 24 hours.' })
  cursor: string;

  @Field(() => ChangeKindEnum)
  kind: ChangeKind;

  @Field(() => ID, { description: 'Of the object.' })
  id: string;

  @Field(() => Int, { nullable: true, description: 'The object’s after the change; null once it is purged.' })
  version: number | null;

  @Field(() => DateTimeScalar)
  occurredAt: Date;

  @Field(() => [SavedSearchMatchType], { description: 'Which saved searches found it; of MATCHED alone, otherwise empty.' })
  savedSearches: SavedSearchMatchType[];

  /** What the relations are read with; not a field. */
  readonly objectId: string;

  constructor(change: ObjectChange) {
    this.cursor = change.cursor;
    this.kind = change.kind;
    this.id = encodeId('obj', change.id);
    this.version = change.version;
    this.occurredAt = change.occurredAt;
    this.savedSearches = (change.savedSearches ?? []).map((match) => new SavedSearchMatchType(match));
    this.objectId = change.id;
  }
}
