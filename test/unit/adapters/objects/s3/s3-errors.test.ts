import { describe, expect, it } from 'vitest';
import { translated } from '../../../../../src/adapters/objects/s3/s3-errors.js';
import { conflict } from '../../../../../src/domain/errors.js';

const attempted = { bucket: 'photos', at: 'https://s3.example', provider: 's3', key: 'a/b', to: 'write' } as const;
const answered = (name: string, httpStatusCode: number) =>
  Object.assign(new Error('as the store says it'), { name, $metadata: { httpStatusCode } });

describe('what S3 says', () => {
  it.each([
    ['NoSuchKey', 404, 'NOT_FOUND'],
    ['NoSuchUpload', 404, 'NOT_FOUND'],
    ['PreconditionFailed', 412, 'CONFLICT'],
    ['InvalidPart', 400, 'CONFLICT'],
    ['EntityTooSmall', 400, 'CONFLICT'],
    ['InvalidRange', 416, 'BAD_USER_INPUT'],
    ['EntityTooLarge', 400, 'PAYLOAD_TOO_LARGE'],
    ['InvalidObjectState', 403, 'NOT_RESTORED'],
    ['SlowDown', 503, 'DEPENDENCY_UNAVAILABLE'],
    ['InternalError', 500, 'DEPENDENCY_UNAVAILABLE'],
    ['TooManyRequests', 429, 'DEPENDENCY_UNAVAILABLE'],
    ['SomethingNew', 400, 'INTERNAL_SERVER_ERROR'],
  ])('%s (%i) is %s', (name, status, code) => {
    const error = answered(name, status);
    expect(translated(error, attempted)).toMatchObject({ code, cause: error });
  });

  it.each(['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall'])('%s is a matter of the parts that were named', (name) => {
    expect(translated(answered(name, 400), attempted)).toMatchObject({ code: 'CONFLICT', path: ['parts'] });
  });

  it.each([
    ['NoSuchBucket', 404, 'bucket', '"strata doctor --fix" makes it'],
    ['InvalidAccessKeyId', 403, 'access_key', 'does not know the access key'],
    ['SignatureDoesNotMatch', 403, 'secret_key', 'The secret key is not the one'],
    ['ExpiredToken', 400, 'access_key', 'have expired'],
    ['RequestTimeTooSkewed', 403, 'endpoint', 'clock'],
    ['PermanentRedirect', 301, 'region', 'region'],
    ['NotImplemented', 501, 'server_side_encryption', 'as the store says it.'],
    ['AccessDenied', 403, 'access_key', 'do not allow to write in the bucket "photos"'],
    ['403', 403, 'access_key', 'do not allow to write in the bucket "photos"'],
  ])('%s (%i) is a matter of the setting %s', (name, status, setting, says) => {
    expect(translated(answered(name, status), attempted)).toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringContaining(says),
      extensions: { setting: `object_storage.s3.${setting}` },
    });
  });

  it('is nothing where nobody answered', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), {
      code: 'ECONNREFUSED',
      $metadata: { attempts: 3 },
    });
    expect(translated(refused, attempted)).toMatchObject({
      code: 'DEPENDENCY_UNAVAILABLE',
      extensions: { dependency: 'objects' },
      cause: refused,
    });
  });

  it('is not said twice', () => {
    const ours = conflict('ours');
    expect(translated(ours, attempted)).toBe(ours);
  });
});
