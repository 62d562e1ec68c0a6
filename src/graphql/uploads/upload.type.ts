import { Field, ID, Int, ObjectType } from 'type-graphql';
import { ERROR_CODES, type ErrorCode } from '../../domain/errors.js';
import type { UploadPurpose, UploadSession, UploadStatus } from '../../domain/model.js';
import type { UploadPart } from '../../domain/operations.js';
import { defineEnum } from '../define-enum.js';
import { UserErrorType } from '../errors/user-error.type.js';
import { encodeId } from '../ids.js';
import { NodeType } from '../node.type.js';
import { SignedUrlType } from '../objects/signed-url.type.js';
import { UploadPurposeEnum } from './upload.inputs.js';
import { DateTimeScalar, SafeIntScalar } from '../scalars/scalars.js';

export const UploadStatusEnum = defineEnum<UploadStatus>('UploadStatus', 'How far an upload is.', {
  PENDING: 'Waiting for the bytes and for `completeUpload`.',
  VERIFYING: 'The bytes are being read and compared with what was declared.',
  COMPLETED: 'It became an object.',
  REJECTED: 'The bytes were not as declared, and are gone; `error` says how.',
  ABORTED: 'Given up by the client.',
  EXPIRED: 'Not completed in time.',
});

@ObjectType('UploadPart', { simpleResolvers: true, description: 'One part of a multipart upload.' })
export class UploadPartType {
  @Field(() => Int, { description: 'From 1.' })
  partNumber!: number;

  @Field(() => SafeIntScalar, { description: 'Bytes that the part must have.' })
  size!: number;

  @Field(() => SignedUrlType, { description: 'Signed afresh at each read. The answer’s ETag header goes into `completeUpload`.' })
  url!: SignedUrlType;

  @Field(() => Boolean)
  uploaded!: boolean;

  @Field(() => String, { nullable: true, description: 'What the store answered for it; null until it is uploaded.' })
  etag!: string | null;
}

export const toUploadPart = ({ link, ...part }: UploadPart): UploadPartType => ({ ...part, url: link });

@ObjectType('UploadSession', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'Permission to send bytes: one PUT up to 64 MiB, valid for an hour; above that parts of 16 MiB or more, valid for 7 days.',
})
export class UploadSessionType extends NodeType {
  @Field(() => ID, { description: '`upl_` and 26 characters.' })
  declare id: string;

  @Field(() => UploadStatusEnum)
  status: UploadStatus;

  @Field(() => UploadPurposeEnum)
  purpose: UploadPurpose;

  @Field(() => SafeIntScalar, { nullable: true, description: 'Bytes of each part but the last; null for one PUT.' })
  partSize: number | null;

  @Field(() => Int, { description: '0 for one PUT.' })
  partCount: number;

  @Field(() => UserErrorType, { nullable: true, description: 'Why it was refused; once REJECTED.' })
  error: UserErrorType | null;

  @Field(() => DateTimeScalar)
  expiresAt: Date;

  /** What the relations are read with; not a field. */
  readonly row: UploadSession;

  constructor(row: UploadSession) {
    super();
    this.id = encodeId('upl', row.id);
    this.status = row.status;
    this.purpose = row.purpose;
    this.partSize = row.partSize;
    this.partCount = row.partCount;
    this.error = row.error && new UserErrorType(knownCode(row.error.code), row.error.message, row.error.path);
    this.expiresAt = row.expiresAt;
    this.row = row;
  }
}

/** The column is text, and a row may be older than this program. */
const knownCode = (code: string): ErrorCode => ERROR_CODES.find((known) => known === code) ?? 'INTERNAL_SERVER_ERROR';

export const toUploadSession = (row: UploadSession) => new UploadSessionType(row);
