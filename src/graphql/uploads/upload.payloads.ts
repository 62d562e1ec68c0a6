import { Field, ObjectType, createUnionType } from 'type-graphql';
import type { CreatedUpload, Ingested } from '../../domain/operations.js';
import { UserErrorType } from '../errors/user-error.type.js';
import { IngestionType, toIngestion } from '../ingestions/ingestion.type.js';
import { DataObjectType, toDataObject } from '../objects/data-object.type.js';
import { toUploadSession, UploadSessionType } from './upload.type.js';

@ObjectType('CreateUploadPayload', { simpleResolvers: true, description: 'Either where to send the bytes, or the object that has them already.' })
export class CreateUploadPayloadType {
  @Field(() => UploadSessionType, { nullable: true, description: 'null where nothing need be uploaded.' })
  upload!: UploadSessionType | null;

  @Field(() => DataObjectType, { nullable: true, description: 'The live object with that content; it keeps its own metadata and filename.' })
  dataObject!: DataObjectType | null;

  @Field(() => Boolean, { description: 'The content was there already.' })
  deduplicated!: boolean;
}

export const toCreateUploadPayload = ({ upload, object, deduplicated }: CreatedUpload): CreateUploadPayloadType => ({
  upload: upload && toUploadSession(upload),
  dataObject: object && toDataObject(object),
  deduplicated,
});

@ObjectType('CompleteUploadPayload', { simpleResolvers: true, description: 'What an upload became.' })
export class CompleteUploadPayloadType {
  @Field(() => DataObjectType)
  dataObject!: DataObjectType;

  @Field(() => IngestionType, { description: 'The work that makes it findable; watch it with `ingestionProgress`.' })
  ingestion!: IngestionType;

  @Field(() => Boolean, { description: 'The content was there already; this is the object that has it.' })
  deduplicated!: boolean;
}

@ObjectType('IngestPayload', { simpleResolvers: true, description: 'What a text became.' })
export class IngestPayloadType {
  @Field(() => DataObjectType)
  dataObject: DataObjectType;

  @Field(() => IngestionType, { description: 'The work that makes it findable; watch it with `ingestionProgress`.' })
  ingestion: IngestionType;

  @Field(() => Boolean, { description: 'The content was there already; this is the object that has it.' })
  deduplicated: boolean;

  constructor(result: Ingested) {
    this.dataObject = toDataObject(result.object);
    this.ingestion = toIngestion(result.ingestion);
    this.deduplicated = result.deduplicated;
  }
}

export const toIngestPayload = (result: Ingested) => new IngestPayloadType(result);

export const IngestTextResultUnion = createUnionType({
  name: 'IngestTextResult',
  description: 'What became of one of the texts: an object, or why there is none.',
  types: () => [IngestPayloadType, UserErrorType] as const,
});
