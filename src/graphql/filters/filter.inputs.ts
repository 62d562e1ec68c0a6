import { Field, Float, ID, InputType } from 'type-graphql';
import type { AnnotationType, DataType, Json, ObjectStatus, StorageTier } from '../../domain/model.js';
import { AnnotationTypeEnum } from '../annotations/annotation.type.js';
import { DataTypeEnum, ObjectStatusEnum, StorageTierEnum } from '../objects/object.enums.js';
import { DateTimeScalar, JsonScalar, SafeIntScalar, Sha256Scalar } from '../scalars/scalars.js';

@InputType('DateTimeRange', { description: 'From `gte`, inclusive, to `lt`, exclusive; either may be left out.' })
export class DateTimeRangeInput {
  @Field(() => DateTimeScalar, { nullable: true })
  gte?: Date | null;

  @Field(() => DateTimeScalar, { nullable: true })
  lt?: Date | null;
}

@InputType('SizeRange', { description: 'Bytes from `gte` to `lte`, both inclusive; either may be left out.' })
export class SizeRangeInput {
  @Field(() => SafeIntScalar, { nullable: true })
  gte?: number | null;

  @Field(() => SafeIntScalar, { nullable: true })
  lte?: number | null;
}

@InputType('MetadataFilter', {
  description:
    'A condition on one place in the metadata; all comparisons given must hold, at least one is needed. They hold only within one JSON type: `gt: 3` never matches the string "4". A path that leads nowhere matches only `exists: false`.',
})
export class MetadataFilterInput {
  @Field(() => String, { description: 'Keys and list positions with dots between: `camera.model`, `tags.0`; `a\\.b` is the key "a.b".' })
  path!: string;

  @Field(() => JsonScalar, { nullable: true, description: 'The same JSON value. A null that stands alone asks for an explicit null.' })
  equals?: Json;

  @Field(() => JsonScalar, { nullable: true, description: 'There, and another JSON value.' })
  notEquals?: Json;

  @Field(() => [JsonScalar], { nullable: true, description: 'One of these; an empty list matches nothing.' })
  in?: Json[] | null;

  @Field(() => JsonScalar, { nullable: true, description: 'Greater: numbers, or strings by code points.' })
  gt?: Json;

  @Field(() => JsonScalar, { nullable: true })
  gte?: Json;

  @Field(() => JsonScalar, { nullable: true })
  lt?: Json;

  @Field(() => JsonScalar, { nullable: true })
  lte?: Json;

  @Field(() => JsonScalar, { nullable: true, description: 'A list that has this element, or an object that has this part.' })
  contains?: Json;

  @Field(() => Boolean, { nullable: true, description: 'Whether the path leads anywhere; an explicit null counts as there.' })
  exists?: boolean | null;
}

@InputType('AnnotationFilter', { description: 'All conditions given must hold; an empty list matches nothing.' })
export class AnnotationFilterInput {
  @Field(() => [AnnotationTypeEnum], { nullable: true })
  types?: AnnotationType[] | null;

  @Field(() => [String], { nullable: true })
  annotatorIds?: string[] | null;

  @Field(() => String, { nullable: true, description: 'A label of a classification or of a detection’s box, exactly.' })
  label?: string | null;

  @Field(() => Float, { nullable: true, description: 'At least so sure, 0 to 1; annotations without a confidence do not match.' })
  minConfidence?: number | null;

  @Field(() => [ID], { nullable: true, description: '`obj_…`, at most 500.' })
  objectIds?: string[] | null;

  @Field(() => DateTimeRangeInput, { nullable: true })
  createdAt?: DateTimeRangeInput | null;

  @Field(() => Boolean, { nullable: true, description: 'Deleted annotations too; false by default.' })
  includeDeleted?: boolean | null;
}

@InputType('DataObjectFilter', { description: 'All conditions given must hold; an empty list of alternatives matches nothing.' })
export class DataObjectFilterInput {
  @Field(() => [DataTypeEnum], { nullable: true })
  types?: DataType[] | null;

  @Field(() => [ObjectStatusEnum], { nullable: true })
  status?: ObjectStatus[] | null;

  @Field(() => [StorageTierEnum], { nullable: true })
  tiers?: StorageTier[] | null;

  @Field(() => [String], { nullable: true, description: 'Exactly, as in `mimeType`.' })
  mimeTypes?: string[] | null;

  @Field(() => Sha256Scalar, { nullable: true })
  contentHash?: string | null;

  @Field(() => DateTimeRangeInput, { nullable: true })
  createdAt?: DateTimeRangeInput | null;

  @Field(() => SizeRangeInput, { nullable: true })
  fileSize?: SizeRangeInput | null;

  @Field(() => [MetadataFilterInput], { nullable: true, description: 'All must hold.' })
  metadata?: MetadataFilterInput[] | null;

  @Field(() => [MetadataFilterInput], { nullable: true, description: 'The same over what was measured about the content (`DataObject.facts`), such as `image.width`. All must hold.' })
  facts?: MetadataFilterInput[] | null;

  @Field(() => AnnotationFilterInput, { nullable: true, description: 'At least one annotation must match.' })
  annotation?: AnnotationFilterInput | null;

  @Field(() => Boolean, { nullable: true, description: 'Objects in the bin too; false by default. Only the outermost one counts, and search ignores it.' })
  includeDeleted?: boolean | null;

  @Field(() => [DataObjectFilterInput], { nullable: true, description: 'All must match.' })
  and?: DataObjectFilterInput[] | null;

  @Field(() => [DataObjectFilterInput], { nullable: true, description: 'At least one must match; an empty list matches nothing.' })
  or?: DataObjectFilterInput[] | null;

  @Field(() => DataObjectFilterInput, { nullable: true, description: 'Must not match.' })
  not?: DataObjectFilterInput | null;
}
