import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { isStrataError } from '../../domain/errors.js';
import type { IngestText } from '../../domain/operations.js';
import { given } from '../absent.js';
import type { GraphQLContext } from '../context.js';
import { beneath } from '../errors.js';
import { decodeId } from '../ids.js';
import { checkLength, MAX_PARTS } from '../lists.js';
import { DataObjectType, toDataObject } from '../objects/data-object.type.js';
import { SignedUrlType } from '../objects/signed-url.type.js';
import { settleEach } from '../settle-each.js';
import { CompleteUploadInput, CreateUploadInput, IngestTextInput } from './upload.inputs.js';
import {
  CompleteUploadPayloadType, CreateUploadPayloadType, IngestPayloadType, IngestTextResultUnion, toCreateUploadPayload, toIngestPayload,
} from './upload.payloads.js';
import { toUploadPart, toUploadSession, UploadPartType, UploadSessionType } from './upload.type.js';

@Resolver(() => UploadSessionType)
export class UploadResolver {
  @Query(() => UploadSessionType, { nullable: true, description: 'One upload; null where there is none.' })
  async uploadSession(@Arg('id', () => ID, { description: '`upl_…`' }) id: string, @Ctx() context: GraphQLContext) {
    const row = await context.loaders.uploads.load(decodeId('upl', id, ['id']));
    return row && toUploadSession(row);
  }

  @Mutation(() => CreateUploadPayloadType, {
    description:
      'Begins an upload: send the bytes to its URL, then call `completeUpload`. Content that a live object already has is answered with that object and no upload. Needs an editor; for a query, a reader. BAD_USER_INPUT, PAYLOAD_TOO_LARGE, CONFLICT.',
  })
  async createUpload(@Arg('input', () => CreateUploadInput) input: CreateUploadInput, @Ctx() context: GraphQLContext) {
    const created = await context.services.uploads.create(context.viewer, {
      filename: input.filename,
      fileSize: input.fileSize,
      contentHash: given(input.contentHash),
      type: given(input.type),
      metadata: given(input.metadata),
      replaces: input.replaces == null ? undefined : decodeId('obj', input.replaces, ['input', 'replaces']),
      purpose: given(input.purpose),
      idempotencyKey: given(input.idempotencyKey),
    });
    return toCreateUploadPayload(created);
  }

  @Mutation(() => CompleteUploadPayloadType, {
    description:
      'Checks the bytes and makes them an object. Again: the same answer; while a first call is at it, this one waits for it. CONTENT_MISMATCH, UNSUPPORTED_MEDIA, UPLOAD_EXPIRED, NOT_FOUND, CONFLICT where parts are missing.',
  })
  async completeUpload(@Arg('input', () => CompleteUploadInput) input: CompleteUploadInput, @Ctx() context: GraphQLContext) {
    const parts = given(input.parts);
    if (parts) checkLength(parts, MAX_PARTS, ['input', 'parts']);
    const id = decodeId('upl', input.id, ['input', 'id']);
    return toIngestPayload(await context.services.uploads.complete(context.viewer, { id, parts: parts?.map((part) => ({ ...part })) }));
  }

  @Mutation(() => UploadSessionType, { description: 'Gives an upload up and frees its bytes; again: the same answer. NOT_FOUND; CONFLICT once it is completed.' })
  async abortUpload(@Arg('id', () => ID, { description: '`upl_…`' }) id: string, @Ctx() context: GraphQLContext) {
    return toUploadSession(await context.services.uploads.abort(context.viewer, decodeId('upl', id, ['id'])));
  }

  @Mutation(() => IngestPayloadType, { description: 'Takes in a text, without an upload. Needs an editor. BAD_USER_INPUT, CONFLICT, PAYLOAD_TOO_LARGE.' })
  async ingestText(@Arg('input', () => IngestTextInput) input: IngestTextInput, @Ctx() context: GraphQLContext) {
    const [result] = await context.services.ingestions.ingestTexts(context.viewer, [toIngestText(input)]);
    if (isStrataError(result)) throw beneath(['input'], result);
    return toIngestPayload(result!);
  }

  @Mutation(() => [IngestTextResultUnion], {
    description: 'Takes in texts, at most 1,000: one result per input, in order, each for itself. Needs an editor.',
  })
  ingestTexts(@Arg('input', () => [IngestTextInput]) input: IngestTextInput[], @Ctx() context: GraphQLContext) {
    const run = (texts: IngestText[]) => context.services.ingestions.ingestTexts(context.viewer, texts);
    return settleEach(input, { map: toIngestText, run, toNode: toIngestPayload }, context);
  }

  @FieldResolver(() => SignedUrlType, { nullable: true, description: 'Where to PUT the bytes; null for a multipart upload, or when it is not PENDING. Needs an editor; for a query, its creator.' })
  url(@Root() upload: UploadSessionType, @Ctx() context: GraphQLContext): Promise<SignedUrlType | null> {
    return context.services.uploads.link(context.viewer, upload.row);
  }

  @FieldResolver(() => [UploadPartType], { description: 'Parts with their URLs, signed afresh. Empty for one PUT. Needs an editor.' })
  async parts(
    @Root() upload: UploadSessionType,
    @Arg('partNumbers', () => [Int], {
      nullable: true,
      description: 'At most 100, from 1; left out, the first 100 that are not uploaded.',
    })
    partNumbers: number[] | null,
    @Ctx() context: GraphQLContext,
  ) {
    const parts = await context.services.uploads.parts(context.viewer, upload.row, partNumbers ?? null);
    return parts.map(toUploadPart);
  }

  @FieldResolver(() => DataObjectType, { nullable: true, description: 'What it became; once COMPLETED.' })
  async dataObject(@Root() { row }: UploadSessionType, @Ctx() context: GraphQLContext) {
    const object = row.objectId === null ? null : await context.loaders.objects.load(row.objectId);
    return object && toDataObject(object);
  }
}

const toIngestText = (input: IngestTextInput): IngestText => ({
  text: input.text,
  filename: given(input.filename),
  metadata: given(input.metadata),
  idempotencyKey: given(input.idempotencyKey),
});
