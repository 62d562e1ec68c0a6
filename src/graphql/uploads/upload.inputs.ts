import { Field, ID, InputType, Int } from 'type-graphql';
import type { DataType, Json, UploadPurpose } from '../../domain/model.js';
import { defineEnum } from '../define-enum.js';
import { DataTypeEnum } from '../objects/object.enums.js';
import { JsonScalar, SafeIntScalar, Sha256Scalar } from '../scalars/scalars.js';

export const UploadPurposeEnum = defineEnum<UploadPurpose>('UploadPurpose', 'What an upload is for.', {
  OBJECT: 'To become an object, by `completeUpload`.',
  QUERY: 'To search with, by its id as `uploadId`, until it expires after an hour: it becomes no object, and nothing of it is kept. Takes a reader. At most 64 MiB (PAYLOAD_TOO_LARGE) and 100 at once (RATE_LIMITED).',
});

@InputType('CreateUploadInput', { description: 'What is about to be uploaded. The bytes are held to it.' })
export class CreateUploadInput {
  @Field(() => String, { description: 'Its name; among text formats the extension decides the type.' })
  filename!: string;

  @Field(() => SafeIntScalar, { description: 'Bytes, at least 1. More than `limits.max_upload`: PAYLOAD_TOO_LARGE.' })
  fileSize!: number;

  @Field(() => Sha256Scalar, {
    nullable: true,
    description: 'Given: the bytes are compared with it, and content that a live object already has needs no upload at all.',
  })
  contentHash?: string | null;

  @Field(() => DataTypeEnum, { nullable: true, description: 'Given: the bytes must agree, or it is a CONTENT_MISMATCH.' })
  type?: DataType | null;

  @Field(() => JsonScalar, { nullable: true, description: 'A JSON object, the client’s own. Anything else: BAD_USER_INPUT.' })
  metadata?: Json;

  @Field(() => ID, {
    nullable: true,
    description: 'The object whose content these bytes replace. It keeps its id, metadata and annotations, and its version rises. CONFLICT where another live object has the content.',
  })
  replaces?: string | null;

  @Field(() => UploadPurposeEnum, { nullable: true, defaultValue: 'OBJECT' })
  purpose?: UploadPurpose | null;

  @Field(() => String, { nullable: true, description: 'The same key within 24 hours answers as the first time; with other input: CONFLICT.' })
  idempotencyKey?: string | null;
}

@InputType('CompletedPartInput', { description: 'A part that was uploaded.' })
export class CompletedPartInput {
  @Field(() => Int, { description: 'From 1.' })
  partNumber!: number;

  @Field(() => String, { description: 'The ETag header of the answer to its PUT.' })
  etag!: string;
}

@InputType('CompleteUploadInput', { description: 'Says that all bytes were sent.' })
export class CompleteUploadInput {
  @Field(() => ID, { description: '`upl_…`' })
  id!: string;

  @Field(() => [CompletedPartInput], { nullable: true, description: 'For multipart uploads; left out, what the store has is taken.' })
  parts?: CompletedPartInput[] | null;
}

@InputType('IngestTextInput', { description: 'A text to be taken in without an upload.' })
export class IngestTextInput {
  @Field(() => String, { description: 'At least one character.' })
  text!: string;

  @Field(() => String, { nullable: true, description: 'Its extension decides the type: `.md` makes a DOCUMENT; none: TEXT.' })
  filename?: string | null;

  @Field(() => JsonScalar, { nullable: true, description: 'A JSON object, the client’s own. Anything else: BAD_USER_INPUT.' })
  metadata?: Json;

  @Field(() => String, { nullable: true, description: 'The same key within 24 hours answers as the first time; with other input: CONFLICT.' })
  idempotencyKey?: string | null;
}
