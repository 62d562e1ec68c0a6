import { Field, ID, InputType, Int } from 'type-graphql';
import type { Json } from '../../domain/model.js';
import type { ObjectOrderField, OrderDirection } from '../../domain/operations.js';
import { JsonScalar } from '../scalars/scalars.js';
import { DataObjectOrderFieldEnum, OrderDirectionEnum } from './object.enums.js';

@InputType('DataObjectOrder', { description: 'How to order a list of objects. The id breaks ties in the same direction.' })
export class DataObjectOrderInput {
  @Field(() => DataObjectOrderFieldEnum)
  field!: ObjectOrderField;

  @Field(() => OrderDirectionEnum)
  direction!: OrderDirection;
}

@InputType('UpdateDataObjectInput', { description: 'What to change of an object. What is left out stays.' })
export class UpdateDataObjectInput {
  @Field(() => ID, { description: '`obj_…`' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'The version that the change was thought out for; where it is not the present one: CONFLICT.' })
  expectedVersion?: number | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'A JSON merge patch (RFC 7396): keys that are given are set, null takes a key away, objects merge, lists are replaced. Anything but an object: BAD_USER_INPUT.',
  })
  metadata?: Json;

  @Field(() => String, { nullable: true, description: 'The new name; null takes it away.' })
  filename?: string | null;
}
