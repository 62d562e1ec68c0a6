import { Directive, Field, Float, ID, Int, ObjectType, createUnionType } from 'type-graphql';
import type { Annotation, AnnotationType as Kind, JsonObject } from '../../domain/model.js';
import { defineEnum } from '../define-enum.js';
import { UserErrorType } from '../errors/user-error.type.js';
import { encodeId } from '../ids.js';
import { NodeType } from '../node.type.js';
import { connectionType } from '../paging/connection.type.js';
import { DateTimeScalar, JsonScalar } from '../scalars/scalars.js';

export const AnnotationTypeEnum = defineEnum<Kind>('AnnotationType', 'What an annotation says, and so the shape of its content.', {
  CLASSIFICATION: '`{labels: [{label, score?}]}`',
  EXTRACTION: '`{entities: [{text, type, start?, end?}]}`, offsets in UTF-16 code units of the object’s text.',
  SUMMARY: '`{text}`',
  DETECTION: '`{boxes: [{label, x, y, width, height, score?}]}`, 0 to 1 of the image as it is shown, from its upper left corner.',
  TRANSCRIPTION: '`{segments: [{start, end, text}]}`, in seconds.',
  CAPTION: '`{text}`',
  OTHER: 'Any JSON object.',
});

@Directive('@key(fields: "id")')
@ObjectType('Annotation', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'What someone, or a program, says about an object.',
})
export class AnnotationType extends NodeType {
  @Field(() => ID, { description: '`ann_` and 26 characters.' })
  declare id: string;

  @Field(() => String, { description: 'Who says it. `system:<name>@<version>` is the server’s own.' })
  annotatorId: string;

  @Field(() => AnnotationTypeEnum)
  type: Kind;

  @Field(() => JsonScalar, { description: 'A JSON object of the shape that the type names.' })
  content: JsonObject;

  @Field(() => Float, { nullable: true, description: '0 to 1; null where none was given.' })
  confidence: number | null;

  @Field(() => Int, { description: 'Begins at 1; counts changes of content and confidence.' })
  version: number;

  @Field(() => Boolean)
  isDeleted: boolean;

  @Field(() => DateTimeScalar)
  createdAt: Date;

  @Field(() => DateTimeScalar)
  updatedAt: Date;

  /** What the relations are read with; not a field. */
  readonly row: Annotation;

  constructor(row: Annotation) {
    super();
    this.id = encodeId('ann', row.id);
    this.annotatorId = row.annotatorId;
    this.type = row.type;
    this.content = row.content;
    this.confidence = row.confidence;
    this.version = row.version;
    this.isDeleted = row.isDeleted;
    this.createdAt = row.createdAt;
    this.updatedAt = row.updatedAt;
    this.row = row;
  }
}

export const toAnnotation = (row: Annotation) => new AnnotationType(row);

export const AnnotationConnectionType = connectionType('Annotation', 'annotations', AnnotationType, toAnnotation);
export type AnnotationConnectionType = InstanceType<typeof AnnotationConnectionType>;

export const CreateAnnotationResultUnion = createUnionType({
  name: 'CreateAnnotationResult',
  description: 'What became of one of the inputs: the annotation, or why there is none.',
  types: () => [AnnotationType, UserErrorType] as const,
});
