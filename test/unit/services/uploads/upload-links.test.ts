import { describe, expect, it } from 'vitest';
import type { UploadSession, Viewer } from '../../../../src/domain/model.js';
import { UploadService } from '../../../../src/services/uploads/upload.service.js';

const link = { url: 'http://localhost/storage/temp/x', method: 'PUT', headers: [], expiresAt: new Date() };
const service = new UploadService(
  { objectStore: { signUpload: async () => link, signPart: async () => link, listParts: async () => [] } } as unknown as ConstructorParameters<typeof UploadService>[0],
  {} as ConstructorParameters<typeof UploadService>[1],
);
const viewer = (role: Viewer['role']): Viewer => ({ id: role, tenantId: 'here', role });
const session = (given: Partial<UploadSession>): UploadSession => ({
  id: 'x', tenantId: 'here', purpose: 'OBJECT', createdBy: 'editor', status: 'PENDING', filename: 'a.bin', fileSize: 5, contentHash: null, type: null, metadata: {}, stagingKey: 'temp/x', partSize: null,
  partCount: 0, storeUploadId: null, objectId: null, ingestionId: null, replaces: null, deduplicated: false, error: null, createdAt: new Date(),
  expiresAt: new Date(Date.now() + 60_000), ...given,
});
const multipart = session({ partSize: 16, partCount: 1, storeUploadId: 's', fileSize: 16 });

describe('links to send bytes to', () => {
  it.each(['editor', 'admin'] as const)('are given to a viewer with the role %s', async (role) => {
    expect(await service.link(viewer(role), session({}))).toEqual(link);
    expect(await service.parts(viewer(role), multipart, null)).toMatchObject([{ partNumber: 1, size: 16, link }]);
  });

  it.each(['reader', 'annotator'] as const)('are refused to the role %s, who may look at the session all the same', async (role) => {
    await expect(service.link(viewer(role), session({}))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(service.parts(viewer(role), multipart, null)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await service.link(viewer(role), session({ status: 'COMPLETED' }))).toBeNull();
    expect(await service.parts(viewer(role), session({}), null)).toEqual([]);
  });
});
