import { describe, expect, it } from 'vitest';
import type { DataObject } from '../../../../src/domain/model.js';
import { signDownloadLink } from '../../../../src/services/objects/download-link.js';

const object = (change: Partial<DataObject>) => ({ id: '0190a000-0000-7000-8000-000000000000', storageKey: 'k', storageTier: 'STANDARD', restoreState: 'NONE', filename: 'f', mimeType: 'image/png', ...change }) as DataObject;
const store = (there = true) => ({
  head: async () => (there ? { key: 'k', size: 1, etag: 'e', modifiedAt: new Date(0) } : null),
  signDownload: async (key: string, options: object) => ({ url: JSON.stringify({ key, ...options }), method: 'GET' as const, headers: [], expiresAt: new Date(0) }),
});
const sign = async (change: Partial<DataObject>, options = { expiresIn: 60, disposition: 'INLINE' as const }, there = true) => {
  const link = await signDownloadLink(store(there), object(change), options);
  return link === null ? null : (JSON.parse(link.url) as { disposition: string; expiresIn: number });
};

describe('signDownloadLink', () => {
  it.each(['text/html', 'text/html; charset=utf-8', 'image/svg+xml', 'application/xhtml+xml', 'text/xml'])('never shows %s in the page', async (mimeType) => {
    expect((await sign({ mimeType }))!.disposition).toBe('ATTACHMENT');
  });

  it.each(['image/png', 'text/plain', 'application/pdf'])('shows %s in the page', async (mimeType) => {
    expect((await sign({ mimeType }))!.disposition).toBe('INLINE');
  });

  it.each([0, -1, 604_801, 1.5, Number.NaN])('refuses %d seconds', async (expiresIn) => {
    await expect(sign({}, { expiresIn, disposition: 'INLINE' })).rejects.toMatchObject({ code: 'BAD_USER_INPUT', path: ['expiresIn'] });
  });

  it.each([1, 604_800])('takes %d seconds', async (expiresIn) => {
    expect((await sign({}, { expiresIn, disposition: 'INLINE' }))!.expiresIn).toBe(expiresIn);
  });

  it('is null where the bytes are gone, and NOT_RESTORED in the archive until they are restored', async () => {
    expect(await sign({}, undefined, false)).toBeNull();
    await expect(sign({ storageTier: 'ARCHIVE' })).rejects.toMatchObject({ code: 'NOT_RESTORED', message: expect.stringContaining('obj_') });
    await expect(sign({ storageTier: 'ARCHIVE', restoreState: 'IN_PROGRESS' })).rejects.toMatchObject({ code: 'NOT_RESTORED' });
    expect(await sign({ storageTier: 'ARCHIVE', restoreState: 'AVAILABLE' })).not.toBeNull();
  });
});
