import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import type { Aggregation, AggregationType as Kind, Json, JsonObject } from '../../domain/model.js';
import { defineEnum } from '../define-enum.js';
import { encodeId } from '../ids.js';
import { NodeType } from '../node.type.js';
import { connectionType } from '../paging/connection.type.js';
import { DateTimeScalar, JsonScalar } from '../scalars/scalars.js';

export const AggregationTypeEnum = defineEnum<Kind>('AggregationType', 'What an aggregation computes over its source objects.', {
  COUNT: 'How many objects and annotations, by type.',
  LABEL_HISTOGRAM: 'How often each label of the classifications and detections occurs.',
  CONFIDENCE_STATISTICS: 'Count, mean, deviation, extremes and quantiles of the annotations’ confidence.',
  ANNOTATOR_AGREEMENT: 'Raw agreement, Cohen’s kappa a pair of annotators, Krippendorff’s alpha.',
  METADATA_STATISTICS: 'Values of one metadata path: frequencies, or count, mean, deviation, extremes and quantiles of numbers.',
  TIMELINE: 'Objects a day, week or month.',
  CENTROID: 'The mean of the vectors of one model.',
  CUSTOM: 'Computed by the client and stored here.',
});

@Directive('@key(fields: "id")')
@ObjectType('Aggregation', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'A figure over a set of objects, computed once and kept together with what it was computed from.',
})
export class AggregationType extends NodeType {
  @Field(() => ID, { description: '`agg_` and 26 characters.' })
  declare id: string;

  @Field(() => AggregationTypeEnum)
  type: Kind;

  @Field(() => Int, { description: 'How many objects it was computed from. Purging one later does not change it.' })
  sourceCount: number;

  @Field(() => JsonScalar, { description: 'A JSON object: what the computation was told.' })
  parameters: JsonObject;

  @Field(() => JsonScalar, { description: 'The figures; their shape follows the type.' })
  result: Json;

  @Field(() => String, { description: 'Who asked for it.' })
  createdBy: string;

  @Field(() => DateTimeScalar)
  createdAt: Date;

  @Field(() => DateTimeScalar, { description: 'The moment that the figures speak of.' })
  computedAt: Date;

  /** What the relations are read with; not a field. */
  readonly row: Aggregation;

  constructor(row: Aggregation) {
    super();
    this.id = encodeId('agg', row.id);
    this.type = row.type;
    this.sourceCount = row.sourceCount;
    this.parameters = row.parameters;
    this.result = row.result;
    this.createdBy = row.createdBy;
    this.createdAt = row.createdAt;
    this.computedAt = row.computedAt;
    this.row = row;
  }
}

export const toAggregation = (row: Aggregation) => new AggregationType(row);

export const AggregationConnectionType = connectionType('Aggregation', 'aggregations', AggregationType, toAggregation);
export type AggregationConnectionType = InstanceType<typeof AggregationConnectionType>;
