import {
  StrataError,
  badInput,
  conflict,
  dependencyUnavailable,
  internal,
  isStrataError,
  notFound,
  payloadTooLarge,
} from '../../../domain/errors.js';

/** What a request was about, for the sentence that says why it failed. */
export interface Attempted {
  bucket: string;
  /** For people: where the bucket is. */
  at: string;
  provider: 's3' | 'minio';
  key?: string;
  to?: 'read' | 'write' | 'list' | 'delete' | 'set up';
}

/** @returns what S3 calls it: `NoSuchKey`; for answers without a body what the SDK makes of the status: `NotFound`, `403` */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');

export function statusOf(error: unknown): number | undefined {
  const metadata: unknown = error instanceof Error && '$metadata' in error ? error.$metadata : undefined;
  const status: unknown =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** What the store or the way to it said, in the words of the port. */
export function translated(error: unknown, attempted: Attempted): unknown {
  if (isStrataError(error)) return error;
  const status = statusOf(error);
  // Known before anything was asked of the store.
  if (['CredentialsProviderError', 'ExpiredToken'].includes(nameOf(error))) return setUp(error, attempted);
  // Asking again may help, and has been tried. Without a status nobody answered; 408 and 429 ask for patience.
  if (status === undefined || status >= 500 || status === 408 || status === 429) {
    return nameOf(error) === 'NotImplemented' ? setUp(error, attempted) : dependencyUnavailable('objects', error);
  }
  const known = ofTheRequest(error, attempted);
  if (known === undefined) return setUp(error, attempted);
  const { code, message, path, extensions } = known;
  return new StrataError(code, message, { path, extensions, cause: error });
}

function ofTheRequest(error: unknown, { key = '' }: Attempted): StrataError | undefined {
  switch (nameOf(error)) {
    case 'NoSuchKey':
    case 'NotFound':
      return notFound('stored object', key);
    case 'NoSuchUpload':
      return notFound('upload in parts of', key);
    case 'PreconditionFailed':
      return conflict(`The stored object "${key}" was changed since it was read.`);
    case 'InvalidRange':
      return badInput(`The range lies outside of the bytes of "${key}".`);
    case 'InvalidPart':
    case 'InvalidPartOrder':
      return conflict(`A part of "${key}" is missing, or is another than the one that is named. Upload it again.`, ['parts']);
    case 'EntityTooSmall':
      return conflict(`A part of "${key}" is too small: all but the last must be of 5 MiB or more. Upload it again.`, ['parts']);
    case 'EntityTooLarge':
      return payloadTooLarge(`The store does not take an object as large as "${key}".`);
    case 'InvalidObjectState':
      return new StrataError(
        'NOT_RESTORED',
        `"${key}" lies in the archive. It must be restored before it can be read.`,
      );
  }
}

/** Nothing that the caller did: whoever runs the server must change something, and the sentence says what. */
function setUp(error: unknown, { bucket, at, provider, to = 'read' }: Attempted): StrataError {
  const section = `object_storage.${provider}`;
  const wrong = (setting: string, message: string) =>
    new StrataError('NOT_CONFIGURED', message, {
      extensions: { dependency: 'objects', feature: 'Object storage', setting: `${section}.${setting}` },
      cause: error,
    });
  switch (nameOf(error)) {
    case 'NoSuchBucket':
      return wrong('bucket', `The bucket "${bucket}" does not exist at ${at}. "strata doctor --fix" makes it.`);
    case 'InvalidBucketName':
      return wrong(
        'bucket',
        `The store at ${at} does not take "${bucket}" for the name of a bucket. Name another in ${section}.bucket.`,
      );
    case 'InvalidAccessKeyId':
      return wrong('access_key', `The store at ${at} does not know the access key. Correct ${section}.access_key.`);
    case 'SignatureDoesNotMatch':
      return wrong(
        'secret_key',
        `The secret key is not the one that belongs to the access key at ${at}. Correct ${section}.secret_key.`,
      );
    case 'ExpiredToken':
    case 'InvalidToken':
    case 'InvalidClientTokenId':
      return wrong('access_key', `The credentials for ${at} have expired or were withdrawn. Give new ones.`);
    case 'CredentialsProviderError':
      return wrong(
        'access_key',
        `No credentials were found for ${at}. Set ${section}.access_key and secret_key, or give them as the AWS SDK expects them.`,
      );
    case 'RequestTimeTooSkewed':
      return wrong(
        'endpoint',
        `This machine's clock differs from that of ${at} by more than 15 minutes. Set it right.`,
      );
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return wrong(
        'region',
        `The bucket "${bucket}" does not lie in the region that is set. Correct ${section}.region.`,
      );
    case 'NotImplemented':
    case 'InvalidEncryptionAlgorithmError':
    case 'KMS.NotFoundException':
    case 'KMS.DisabledException':
      return wrong(
        'server_side_encryption',
        `The store at ${at} cannot do what was asked of it: ${sentenceOf(error)} Where that is about encryption, change ${section}.server_side_encryption, or give the store its keys.`,
      );
  }
  if (statusOf(error) === 403 || nameOf(error) === 'AccessDenied')
    return wrong(
      'access_key',
      `The credentials do not allow to ${to} in the bucket "${bucket}" at ${at}. Allow it, or give others in ${section}.`,
    );
  return internal(`The store at ${at} refused a request: ${nameOf(error)}.`, error);
}

function sentenceOf(error: unknown): string {
  const message = error instanceof Error && error.message !== '' ? error.message : nameOf(error);
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
