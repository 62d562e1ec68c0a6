import { describe, expect, it } from 'vitest';
import { encodeCursor } from '../../../../src/domain/paging.js';
import { decodeChangeCursor, encodeChangeCursor } from '../../../../src/services/events/change-cursor.js';

describe('change cursors', () => {
  it('come back as the position that they were made of', () => {
    expect(decodeChangeCursor('a', encodeChangeCursor('a', '18446744073709551615.9223372036854775807'))).toBe('18446744073709551615.9223372036854775807');
  });

  it.each([
    ['', 'nothing'],
    ['!!', 'no base64'],
    [Buffer.from('[1]').toString('base64url'), 'other JSON'],
    [encodeChangeCursor('b', '1.1'), 'another tenant’s'],
    [encodeChangeCursor('a', "1.1'; DROP TABLE events"), 'no position'],
    [encodeChangeCursor('a', '18446744073709551616.1'), 'a transaction beyond the last'],
    [encodeChangeCursor('a', '1.9223372036854775808'), 'a sequence beyond the last'],
    [encodeCursor({ value: '1.1', id: '0190a000-0000-7000-8000-000000000000' }, 'x'), 'a list’s'],
  ])('refuse %s: %s', (cursor) => {
    expect(() => decodeChangeCursor('a', cursor)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT', path: ['after'] }));
  });
});
