import { Field, Float, ID, InputType, Int } from 'type-graphql';
import type { AnnotationType, Json } from '../../domain/model.js';
import { JsonScalar } from '../scalars/scalars.js';
import { AnnotationTypeEnum } from './annotation.type.js';

@InputType('CreateAnnotationInput', { description: 'An annotation to be made.' })
export class CreateAnnotationInput {
  @Field(() => ID, { description: '`obj_…`, a live object.' })
  objectId!: string;

  @Field(() => AnnotationTypeEnum)
  type!: AnnotationType;

  @Field(() => JsonScalar, { description: 'A JSON object of the shape that the type names; another shape: BAD_USER_INPUT.' })
  content!: Json;

  @Field(() => Float, { nullable: true, description: '0 to 1.' })
  confidence?: number | null;

  @Field(() => String, { nullable: true, description: 'The viewer’s by default; another’s needs an admin. What begins with `system:` is refused.' })
  annotatorId?: string | null;

  @Field(() => String, { nullable: true, description: 'The same key within 24 hours answers as the first time; with other input: CONFLICT.' })
  idempotencyKey?: string | null;
}

@InputType('UpdateAnnotationInput', { description: 'What to change of an annotation. What is left out stays.' })
export class UpdateAnnotationInput {
  @Field(() => ID, { description: '`ann_…`' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'The version that the change was thought out for; where it is not the present one: CONFLICT.' })
  expectedVersion?: number | null;

  @Field(() => JsonScalar, { nullable: true, description: 'The new content, whole.' })
  content?: Json;

  @Field(() => Float, { nullable: true, description: '0 to 1; null takes it away.' })
  confidence?: number | null;
}
