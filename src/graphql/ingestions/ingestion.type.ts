import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { Ingestion, IngestionErrorCode, IngestionStage, IngestionStatus } from '../../domain/model.js';
import { encodeId } from '../ids.js';
import { NodeType } from '../node.type.js';
import { connectionType } from '../paging/connection.type.js';
import { DateTimeScalar } from '../scalars/scalars.js';
import { IngestionErrorCodeEnum, IngestionStageEnum, IngestionStatusEnum } from './ingestion.enums.js';

@ObjectType('IngestionError', { simpleResolvers: true, description: 'Why an ingestion failed, or is being tried again.' })
export class IngestionErrorType {
  @Field(() => IngestionErrorCodeEnum)
  code!: IngestionErrorCode;

  @Field(() => String, { description: 'What was wrong, in English. Not meant to be parsed.' })
  message!: string;

  @Field(() => Boolean, { description: '`retryIngestion` may help.' })
  retryable!: boolean;
}

@ObjectType('Ingestion', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'The durable work that makes an object findable. It survives a restart of the server.',
})
export class IngestionType extends NodeType {
  @Field(() => ID, { description: '`ing_` and 26 characters.' })
  declare id: string;

  @Field(() => IngestionStatusEnum)
  status: IngestionStatus;

  @Field(() => IngestionStageEnum, { description: 'The stage under way, or the one that failed.' })
  stage: IngestionStage;

  @Field(() => Float, { description: '0 to 1, never falling within an attempt.' })
  progress: number;

  @Field(() => Int, { description: 'How often it was begun.' })
  attempts: number;

  @Field(() => IngestionErrorType, { nullable: true, description: 'The last failure; null where there was none since.' })
  error: IngestionErrorType | null;

  @Field(() => [String], { description: 'What went less well than it could: a guessed encoding, frames left out.' })
  warnings: string[];

  @Field(() => DateTimeScalar)
  createdAt: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it succeeded or failed for good.' })
  finishedAt: Date | null;

  /** What the relations are read with; not a field. */
  readonly row: Ingestion;

  constructor(row: Ingestion) {
    super();
    this.id = encodeId('ing', row.id);
    this.status = row.status;
    this.stage = row.stage;
    this.progress = row.progress;
    this.attempts = row.attempts;
    this.error = row.error;
    this.warnings = row.warnings;
    this.createdAt = row.createdAt;
    this.finishedAt = row.finishedAt;
    this.row = row;
  }
}

export const toIngestion = (row: Ingestion) => new IngestionType(row);

export const IngestionConnectionType = connectionType('Ingestion', 'ingestions', IngestionType, toIngestion);
export type IngestionConnectionType = InstanceType<typeof IngestionConnectionType>;
