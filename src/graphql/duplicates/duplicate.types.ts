import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { DuplicateTier, FoundDuplicate } from '../../domain/near-duplicates.js';
import type { DuplicateGroupNode, MergedDuplicates } from '../../domain/operations.js';
import { defineEnum } from '../define-enum.js';
import { encodeId } from '../ids.js';
import { DataObjectType, toDataObject } from '../objects/data-object.type.js';
import { connectionType } from '../paging/connection.type.js';

export const DuplicateTierEnum = defineEnum<DuplicateTier>('DuplicateTier', 'In what two contents are the same, the strongest first.', {
  BYTES: 'Byte for byte. Live objects never are: this is about those in the bin, hence only with `includeDeleted`.',
  DECODED: 'Once decoded: every pixel of the picture as it is shown, every sample of a lossless sound, every character of a text but for white space.',
  PERCEPTUAL: 'Pictures and films look alike (hashes of 64 bits, at most 7 of which differ); sounds sound alike (85 % of the bits of their Chromaprints are equal; needs ffmpeg); texts share 80 % of their runs of three words.',
  SEMANTIC: 'Near in the space of one embedding model: from a cosine on that is each model’s own (0.95 for texts, 0.85 for the descriptors of pictures and sounds), or that is asked for.',
});

@ObjectType('DuplicateGroup', { simpleResolvers: true, description: 'Objects that are nearly the same: each is near to the oldest of them.' })
export class DuplicateGroupType {
  @Field(() => ID, { description: 'The tier and the oldest object. It stays while that one leads.' })
  id: string;

  @Field(() => DuplicateTierEnum)
  tier: DuplicateTier;

  @Field(() => Float, { description: '0 to 1: the least of an object’s to the oldest. Of hashes and Chromaprints the share of equal bits, of texts that of common runs of words, of vectors the cosine.' })
  similarity: number;

  @Field(() => Int, { description: 'How many objects there are.' })
  count: number;

  @Field(() => [DataObjectType], { description: 'The oldest first; at most 100.' })
  objects: DataObjectType[];

  @Field(() => DataObjectType, { description: 'Which to keep, as a suggestion: the one of the most pixels, then of the most bytes, then the oldest.' })
  keep: DataObjectType;

  constructor({ tier, leader, similarity, count, objects, keep }: DuplicateGroupNode) {
    this.id = `${tier}:${encodeId('obj', leader)}`;
    this.tier = tier;
    this.similarity = similarity;
    this.count = count;
    this.objects = objects.map(toDataObject);
    this.keep = toDataObject(keep!);
  }
}

export const DuplicateGroupConnectionType = connectionType('DuplicateGroup', 'groups of duplicates', DuplicateGroupType, (row: DuplicateGroupNode) => new DuplicateGroupType(row));
export type DuplicateGroupConnectionType = InstanceType<typeof DuplicateGroupConnectionType>;

@ObjectType('Duplicate', { simpleResolvers: true, description: 'Another object that is nearly the same.' })
export class DuplicateType {
  @Field(() => DuplicateTierEnum, { description: 'The strongest that holds.' })
  tier: DuplicateTier;

  @Field(() => Float, { description: '0 to 1.' })
  similarity: number;

  @Field(() => String, { nullable: true, description: 'In whose space; of SEMANTIC alone.' })
  model: string | null;

  /** What the object is read with; not a field. */
  readonly objectId: string;

  constructor({ otherId, tier, similarity, model }: FoundDuplicate) {
    this.tier = tier;
    this.similarity = similarity;
    this.model = model;
    this.objectId = otherId;
  }
}

@InputType('MergeDuplicatesInput', { description: 'Several objects to become one.' })
export class MergeDuplicatesInput {
  @Field(() => ID, { description: '`obj_…`, a live object: the one that stays.' })
  keep!: string;

  @Field(() => [ID], { description: '`obj_…`, at most 500 live objects; they go to the bin.' })
  merge!: string[];

  @Field(() => Int, { nullable: true, description: 'The version of the kept object that this was thought out for; where it is not the present one: CONFLICT.' })
  expectedVersion?: number | null;

  @Field(() => String, { nullable: true, description: 'The same key within 24 hours answers as the first time; with other input: CONFLICT.' })
  idempotencyKey?: string | null;
}

@ObjectType('MergeDuplicatesPayload', { simpleResolvers: true, description: 'What became of a merge.' })
export class MergeDuplicatesPayloadType {
  @Field(() => DataObjectType, { description: 'The one that stayed.' })
  dataObject: DataObjectType;

  @Field(() => [ID], { description: 'Those that are in the bin now; `undeleteDataObject` brings one back, without what was moved.' })
  merged: string[];

  @Field(() => Int, { description: 'Annotations that are the kept object’s now.' })
  annotationsMoved: number;

  @Field(() => Int, { description: 'Annotations that stayed with their objects: the kept one has the same, or they would not be right there.' })
  annotationsLeft: number;

  @Field(() => [String], { description: 'Why some would not be right there.' })
  warnings: string[];

  constructor({ object, merged, annotationsMoved, annotationsLeft, warnings }: MergedDuplicates) {
    this.dataObject = toDataObject(object);
    this.merged = merged.map((id) => encodeId('obj', id));
    this.annotationsMoved = annotationsMoved;
    this.annotationsLeft = annotationsLeft;
    this.warnings = warnings;
  }
}
