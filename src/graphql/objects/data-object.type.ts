import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import type { DataObject, DataType, JsonObject, ObjectStatus, RestoreState, StorageTier } from '../../domain/model.js';
import { encodeId } from '../ids.js';
import { NodeType } from '../node.type.js';
import { connectionType } from '../paging/connection.type.js';
import { DateTimeScalar, JsonScalar, SafeIntScalar, Sha256Scalar } from '../scalars/scalars.js';
import { DataTypeEnum, ObjectStatusEnum, RestoreStateEnum, StorageTierEnum } from './object.enums.js';

@Directive('@key(fields: "id")')
@ObjectType('DataObject', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'One piece of content: a text, an image, a sound, a film or a document, with what is known about it.',
})
export class DataObjectType extends NodeType {
  @Field(() => ID, { description: '`obj_` and 26 characters.' })
  declare id: string;

  @Field(() => DataTypeEnum)
  type: DataType;

  @Field(() => ObjectStatusEnum)
  status: ObjectStatus;

  @Field(() => Sha256Scalar, { description: 'SHA-256 of the original bytes. Unique among the live objects of a tenant.' })
  contentHash: string;

  @Field(() => StorageTierEnum)
  storageTier: StorageTier;

  @Field(() => RestoreStateEnum)
  restoreState: RestoreState;

  @Field(() => String, { nullable: true, description: 'The name it was given; null where none was.' })
  filename: string | null;

  @Field(() => String, { description: 'What the bytes are, not what the client said: `image/jpeg`.' })
  mimeType: string;

  @Field(() => SafeIntScalar, { description: 'Bytes of the original content.' })
  fileSize: number;

  @Field(() => JsonScalar, { description: 'A JSON object, the client’s own.' })
  metadata: JsonObject;

  @Field(() => JsonScalar, {
    description:
      'What was measured about the content, one key a kind: `image` {width, height, dominantColours, perceptualHash, …}, `audio` {durationSeconds, sampleRate, channels}, `video`, `document` {pages, title, …}, `text` {encoding, words, …}. Empty until it was read.',
  })
  facts: JsonObject;

  @Field(() => Int, { description: 'Begins at 1; counts changes of metadata, filename and content, not of status or tier.' })
  version: number;

  @Field(() => Boolean, { description: 'In the bin: not found by search, in lists only with `includeDeleted`, until it is undeleted or purged.' })
  isDeleted: boolean;

  @Field(() => DateTimeScalar)
  createdAt: Date;

  @Field(() => DateTimeScalar)
  updatedAt: Date;

  /** What the relations are read with; not a field. */
  readonly row: DataObject;

  constructor(row: DataObject) {
    super();
    this.id = encodeId('obj', row.id);
    this.type = row.type;
    this.status = row.status;
    this.contentHash = row.contentHash;
    this.storageTier = row.storageTier;
    this.restoreState = row.restoreState;
    this.filename = row.filename;
    this.mimeType = row.mimeType;
    this.fileSize = row.fileSize;
    this.metadata = row.metadata;
    this.facts = row.facts;
    this.version = row.version;
    this.isDeleted = row.isDeleted;
    this.createdAt = row.createdAt;
    this.updatedAt = row.updatedAt;
    this.row = row;
  }
}

export const toDataObject = (row: DataObject) => new DataObjectType(row);

export const DataObjectConnectionType = connectionType('DataObject', 'objects', DataObjectType, toDataObject);
export type DataObjectConnectionType = InstanceType<typeof DataObjectConnectionType>;
