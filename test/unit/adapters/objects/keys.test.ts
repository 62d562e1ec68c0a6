import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { translated } from '../../../../src/adapters/objects/file-errors.js';
import { checkKey, checkPrefix } from '../../../../src/adapters/objects/keys.js';

const refused = expect.objectContaining({ code: 'BAD_USER_INPUT' }) as Error;
const segment = fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/).filter((text) => text !== '.' && text !== '..');
const keys = fc.array(segment, { minLength: 1, maxLength: 6 }).map((segments) => segments.join('/'));

describe('keys', () => {
  it('are taken, and so is every beginning of one', () => {
    fc.assert(
      fc.property(keys, fc.nat({ max: 240 }), (key, length) => {
        expect(() => checkKey(key)).not.toThrow();
        expect(() => checkPrefix(key.slice(0, length))).not.toThrow();
      }),
    );
  });

  it('never lead out of the folder', () => {
    fc.assert(
      fc.property(
        keys,
        keys,
        fc.constantFrom('..', '.', '', 'a b', '\\', '\0', '~', '%2e%2e'),
        (before, after, bad) => {
          for (const key of [`${before}/${bad}/${after}`, `${bad}/${after}`, `${before}/${bad}`])
            expect(() => checkKey(key)).toThrow(refused);
          expect(() => checkPrefix(`${before}/${bad}/${after}`)).toThrow(refused);
        },
      ),
    );
    expect(() => checkPrefix('/')).toThrow(refused);
  });
});

describe('what the operating system says', () => {
  const fault = (code: string) => Object.assign(new Error(`${code}: /secret/path`), { code, syscall: 'write' });
  it.each([
    ['ENOSPC', 'DEPENDENCY_UNAVAILABLE'],
    ['EIO', 'DEPENDENCY_UNAVAILABLE'],
    ['EACCES', 'DEPENDENCY_UNAVAILABLE'],
    ['EROFS', 'DEPENDENCY_UNAVAILABLE'],
    ['EMFILE', 'DEPENDENCY_UNAVAILABLE'],
    ['ENOENT', 'NOT_FOUND'],
    ['ENOTDIR', 'CONFLICT'],
    ['ENAMETOOLONG', 'BAD_USER_INPUT'],
  ])('%s is %s to the caller, without a path', (from, to) => {
    const error = translated(fault(from), 'a/b') as Error;
    expect(error).toMatchObject({ code: to });
    expect(error.message).not.toContain('/secret');
    if (to === 'DEPENDENCY_UNAVAILABLE')
      expect(error).toMatchObject({ extensions: { dependency: 'objects', retryable: true }, cause: { code: from } });
  });

  it('leaves alone what others threw', () => {
    const error = new Error('of the source');
    expect(translated(error, 'a')).toBe(error);
  });
});
