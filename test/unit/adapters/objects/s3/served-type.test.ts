import { describe, expect, it } from 'vitest';
import { servedType } from '../../../../../src/adapters/objects/s3/served-type.js';

describe('what the store itself serves', () => {
  it.each(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'audio/mpeg', 'audio/wav', 'video/mp4', 'video/webm'])(
    'may show %s',
    (type) => {
      expect(servedType(type, 'INLINE')).toEqual({ contentType: type, disposition: 'inline' });
      expect(servedType(`${type.toUpperCase()}; charset=utf-8`, 'INLINE').contentType).toBe(type);
      expect(servedType(type, 'ATTACHMENT')).toEqual({ contentType: type, disposition: 'attachment' });
    },
  );

  it.each([
    'text/html',
    'image/svg+xml',
    'text/plain',
    'application/pdf',
    'application/json',
    'image/pngx',
    '',
    'text/html;image/png',
  ])('hands %j out as bytes to be saved', (type) => {
    expect(servedType(type, 'INLINE')).toEqual({ contentType: 'application/octet-stream', disposition: 'attachment' });
  });
});
