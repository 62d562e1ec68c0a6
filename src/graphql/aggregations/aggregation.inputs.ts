import { Field, ID, InputType } from 'type-graphql';
import type { AggregationType, Json } from '../../domain/model.js';
import { DataObjectFilterInput } from '../filters/filter.inputs.js';
import { JsonScalar } from '../scalars/scalars.js';
import { AggregationTypeEnum } from './aggregation.type.js';

@InputType('CreateAggregationInput', { description: 'An aggregation over `objectIds` or over `filter`: one of them, not both.' })
export class CreateAggregationInput {
  @Field(() => AggregationTypeEnum)
  type!: AggregationType;

  @Field(() => [ID], { nullable: true, description: '`obj_…`, at most 500.' })
  objectIds?: string[] | null;

  @Field(() => DataObjectFilterInput, { nullable: true, description: 'All objects that match at this moment.' })
  filter?: DataObjectFilterInput | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'A JSON object. METADATA_STATISTICS needs `{path}`, as in a MetadataFilter; TIMELINE takes `{interval: "day" | "week" | "month"}`.',
  })
  parameters?: Json;

  @Field(() => JsonScalar, { nullable: true, description: 'For CUSTOM alone: the figures.' })
  result?: Json;

  @Field(() => String, { nullable: true, description: 'The same key within 24 hours answers as the first time; with other input: CONFLICT.' })
  idempotencyKey?: string | null;
}
