import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expiryOf, sign, verify, type Grant } from '../../../../src/adapters/objects/signing.js';

const SECRET = 'a secret for tests';
const NOW = 1_800_000_000_000;
const refused = expect.objectContaining({ code: 'FORBIDDEN' }) as Error;

const grants: fc.Arbitrary<Grant> = fc.record(
  {
    method: fc.constantFrom('GET' as const, 'PUT' as const),
    key: fc.stringMatching(/^[A-Za-z0-9._-]{1,20}(\/[A-Za-z0-9._-]{1,20}){0,3}$/),
    expires: fc.integer({ min: NOW / 1_000 + 1, max: NOW / 1_000 + 604_800 }),
    contentType: fc.string(),
    size: fc.nat(),
    sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
    disposition: fc.constantFrom('ATTACHMENT' as const, 'INLINE' as const),
    filename: fc.string({ unit: 'grapheme' }),
    uploadId: fc.uuid(),
    part: fc.integer({ min: 1, max: 10_000 }),
  },
  { requiredKeys: ['method', 'key', 'expires'] },
);
const throughAddress = (query: URLSearchParams) => new URL(`http://x/storage/a?${query.toString()}`).searchParams;

describe('a signed address', () => {
  it('gives back what was granted', () => {
    fc.assert(
      fc.property(grants, (grant) => {
        expect(verify({ ...grant, query: throughAddress(sign(grant, SECRET)) }, SECRET, NOW)).toEqual(grant);
      }),
    );
  });

  it('is refused with any term changed, added or taken away', () => {
    fc.assert(
      fc.property(grants, fc.nat(), fc.string({ minLength: 1 }), (grant, which, text) => {
        const query = sign(grant, SECRET);
        const names = [...query.keys()];
        const name = names[which % names.length]!;
        const changed = new URLSearchParams(query);
        changed.set(name, `${query.get(name)}${text}`);
        const without = new URLSearchParams(query);
        without.delete(name);
        const added = new URLSearchParams(query);
        added.append(name, text);
        // Behind the signature's own bytes, base64 ignores what is no letter of its alphabet; the terms are what counts.
        const attempts = name === 'signature' ? [without] : [changed, without, added];
        for (const attempt of attempts)
          expect(() => verify({ ...grant, query: attempt }, SECRET, NOW)).toThrow(refused);
      }),
    );
  });

  it('holds for its method, its key and its secret', () => {
    const grant: Grant = { method: 'GET', key: 'a/b', expires: NOW / 1_000 + 60, contentType: 'text/plain' };
    const query = sign(grant, SECRET);
    expect(() => verify({ method: 'GET', key: 'a/b', query }, SECRET, NOW)).not.toThrow();
    expect(() => verify({ method: 'PUT', key: 'a/b', query }, SECRET, NOW)).toThrow(refused);
    expect(() => verify({ method: 'GET', key: 'a/c', query }, SECRET, NOW)).toThrow(refused);
    expect(() => verify({ method: 'GET', key: 'a/b', query }, 'another', NOW)).toThrow(refused);
    expect(() => verify({ method: 'GET', key: `a/b\ncontentType=text%2Fhtml`, query }, SECRET, NOW)).toThrow(refused);
    expect(() => verify({ method: 'GET', key: 'a/b', query: new URLSearchParams() }, SECRET, NOW)).toThrow(refused);
  });

  it('expires at its second', () => {
    const grant: Grant = { method: 'GET', key: 'a', expires: 1_000 };
    const query = sign(grant, SECRET);
    expect(() => verify({ ...grant, query }, SECRET, 999_999)).not.toThrow();
    expect(() => verify({ ...grant, query }, SECRET, 1_000_000)).toThrow('has expired');
  });

  it('needs a secret, and a time of at most seven days', () => {
    expect(() => sign({ method: 'GET', key: 'a', expires: 1 }, '')).toThrow('empty secret');
    expect(expiryOf(1, 500)).toBe(2);
    for (const seconds of [0, -1, 604_801, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => expiryOf(seconds, NOW)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});
