import { describe, expect, it } from 'vitest';
import { copyFailure } from '../../../../../src/adapters/db/engine/copy-failure.js';

describe('why the database was not copied', () => {
  it.each([
    ['ENOSPC', /^The database could not be copied: the disk is full\. Make room .+, and try again\.$/],
    ['53100', /the disk is full/],
    ['EACCES', /this user may not write there/],
    ['EIO', /it was refused \(EIO\)/],
  ])('is said for %s without a path', (code, says) => {
    const failure = copyFailure({ message: `${code}: no, copyfile '/secret/place'`, code });
    expect(failure).toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE', extensions: { dependency: 'database', retryable: true } });
    expect(failure.message).toMatch(says);
    expect(failure.message).not.toContain('/secret');
    expect(failure.cause).toMatchObject({ message: `${code}: no, copyfile '/secret/place'` });
  });

  it('is a defect where nobody refused', () => {
    expect(copyFailure({ message: 'x is undefined' })).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', cause: { message: 'x is undefined' } });
  });
});
