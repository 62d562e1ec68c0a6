import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import pLimit from 'p-limit';
import type { Connection } from '../connection.js';
import { Failure } from '../failure.js';
import { CompleteUploadDocument, CreateUploadDocument, UploadPartsDocument, type LinkFragment } from '../generated/graphql.js';
import type { FoundFile } from './find-files.js';

const PARTS_AT_ONCE = 3;
const PARTS_A_READ = 100;

export interface Uploaded {
  objectId: string;
  deduplicated: boolean;
  /** null where the content was there already. */
  ingestionId: string | null;
}

/** One file into the store; a content that is there already is not sent. */
export async function uploadFile(
  connection: Connection,
  file: FoundFile,
  metadata: Record<string, unknown>,
  onBytes: (count: number) => void,
): Promise<Uploaded> {
  const contentHash = await hashOf(file.path);
  const { createUpload } = await connection.request(CreateUploadDocument, {
    input: { filename: basename(file.path), fileSize: file.size, contentHash, metadata },
  });
  if (createUpload.dataObject) {
    onBytes(file.size);
    return { objectId: createUpload.dataObject.id, deduplicated: true, ingestionId: null };
  }
  const upload = createUpload.upload!;
  const content = await openAsBlob(file.path);
  if (upload.url) {
    await put(upload.url, content);
    onBytes(file.size);
  } else {
    await putParts(connection, upload.id, upload.partCount, Number(upload.partSize), content, onBytes);
  }
  const { completeUpload } = await connection.request(CompleteUploadDocument, { input: { id: upload.id } });
  return { objectId: completeUpload.dataObject.id, deduplicated: completeUpload.deduplicated, ingestionId: completeUpload.ingestion.id };
}

async function putParts(connection: Connection, id: string, partCount: number, partSize: number, content: Blob, onBytes: (count: number) => void): Promise<void> {
  const limit = pLimit(PARTS_AT_ONCE);
  for (let first = 1; first <= partCount; first += PARTS_A_READ) {
    const partNumbers = Array.from({ length: Math.min(PARTS_A_READ, partCount - first + 1) }, (_, index) => first + index);
    const { uploadSession } = await connection.request(UploadPartsDocument, { id, partNumbers });
    await Promise.all(
      uploadSession!.parts.map((part) =>
        limit(async () => {
          const start = (part.partNumber - 1) * partSize;
          await put(part.url, content.slice(start, start + Number(part.size)));
          onBytes(Number(part.size));
        }),
      ),
    );
  }
}

async function put(link: LinkFragment, body: Blob): Promise<void> {
  const response = await fetch(link.url, { method: link.method, headers: link.headers.map(({ name, value }): [string, string] => [name, value]), body });
  if (!response.ok) throw new Failure(`The store refused the bytes (HTTP ${response.status}): ${(await response.text()).slice(0, 300)}`);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
