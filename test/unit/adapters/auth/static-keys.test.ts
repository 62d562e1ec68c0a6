import { describe, expect, it } from 'vitest';
import { StaticKeys } from '../../../../src/adapters/auth/static-keys.js';

const keys = new StaticKeys([
  { key: 'first-key-of-sixteen', viewer: 'alice', tenant: 'default', role: 'admin' },
  { key: 'second-key-of-sixteen', viewer: 'bob', tenant: 'lab', role: 'reader' },
]);
const refused = expect.objectContaining({ code: 'UNAUTHENTICATED' }) as Error;
const bob = { id: 'bob', tenantId: 'lab', role: 'reader' };

describe('keys from the configuration', () => {
  it.each([
    'second-key-of-sixteen',
    'Bearer second-key-of-sixteen',
    'bearer   second-key-of-sixteen ',
    ' second-key-of-sixteen',
  ])('know the viewer of %j', (credentials) => {
    expect(keys.authenticate(credentials)).toEqual(bob);
  });

  it.each([
    null,
    '',
    '  ',
    'second-key-of-sixtee',
    'second-key-of-sixteen1',
    'SECOND-KEY-OF-SIXTEEN',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    'Basic second-key-of-sixteen',
  ])('refuse %j', (credentials) => {
    expect(() => keys.authenticate(credentials)).toThrow(refused);
  });

  it('never repeat what was sent', () => {
    expect(() => keys.authenticate('Bearer some-wrong-key')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('some-wrong-key') }) as Error,
    );
  });

  it('may hold spaces', () => {
    const spaced = new StaticKeys([
      { key: 'four words make a key', viewer: 'carol', tenant: 'default', role: 'editor' },
    ]);
    for (const credentials of ['Bearer four words make a key', 'four words make a key'])
      expect(spaced.authenticate(credentials)).toMatchObject({ id: 'carol' });
  });
});

describe('without keys', () => {
  it('everybody is the anonymous admin of the default tenant', () => {
    const open = new StaticKeys([]);
    for (const credentials of [null, 'Bearer anything'])
      expect(open.authenticate(credentials)).toEqual({ id: 'anonymous', tenantId: 'default', role: 'admin' });
    expect(() => {
      open.authenticate(null).role = 'reader';
    }).toThrow(TypeError);
  });
});
