import { resolve } from 'node:path';
import { decodeTypeId } from '../../../src/domain/type-id.js';
import { stagingKey } from '../../../src/services/storage/keys.js';
import { COMPLETE_UPLOAD, CREATE_UPLOAD, type ApiClient, type TestApi } from '../../support/api.js';

export const SAMPLES = resolve(import.meta.dirname, '../../../samples');

export const SESSION = `query($id: ID!, $numbers: [Int!]) { uploadSession(id: $id) {
  id status partCount url { url method headers { name value } } dataObject { id } error { code message path }
  parts(partNumbers: $numbers) { partNumber size uploaded etag url { url method headers { name value } } }
} }`;
export const DOWNLOAD = `query($id: ID!, $expires: Int, $disposition: Disposition) { dataObject(id: $id) {
  mimeType contentHash fileSize storageLocation downloadUrl(expiresIn: $expires, disposition: $disposition) { url method headers { name value } expiresAt }
} }`;
export const ABORT = 'mutation($id: ID!) { abortUpload(id: $id) { id status url { url } } }';

export const create = async (client: ApiClient, input: object) => (await client.ask(CREATE_UPLOAD, { input })).createUpload;
export const complete = async (client: ApiClient, id: string, parts?: object[]) => (await client.ask(COMPLETE_UPLOAD, { id, parts })).completeUpload;
export const session = async (client: ApiClient, id: string, numbers?: number[]) => (await client.ask(SESSION, { id, numbers })).uploadSession;
export const link = async (client: ApiClient, id: string, options: object = {}) => (await client.ask(DOWNLOAD, { id, ...options })).dataObject.downloadUrl as { url: string };
/** What lies at an upload's staging key. */
export const stagedOf = ({ serving }: TestApi, id: string) => serving.app.objectStore.head(stagingKey(decodeTypeId('upl', id)!));
export const bytesOf = (text: string) => Buffer.from(text);
