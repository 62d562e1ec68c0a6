import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import pLimit from 'p-limit';
import { unreachable, type Connection } from '../connection.js';
import { Failure, Interruption } from '../failure.js';
import {
  CompleteUploadDocument,
  CreateUploadDocument,
  UploadPartsDocument,
  type IngestionStateFragment,
  type LinkFragment,
} from '../generated/graphql.js';
import type { FoundFile } from './find-files.js';

const PARTS_AT_ONCE = 3;
const PARTS_A_READ = 100;

export interface Uploaded {
  objectId: string;
  /** The content was there already, and was not sent or not kept twice. */
  deduplicated: boolean;
  /** The newest; null where there was never one. */
  ingestion: IngestionStateFragment | null;
}

/** One file into the store; a content that is there already is not sent. */
export async function uploadFile(
  connection: Connection,
  file: FoundFile,
  metadata: Record<string, unknown>,
  onBytes: (count: number) => void = () => undefined,
): Promise<Uploaded> {
  connection.signal.throwIfAborted();
  const contentHash = file.size === 0 ? undefined : await hashOf(file.path);
  const { createUpload } = await connection.request(CreateUploadDocument, {
    input: { filename: basename(file.path), fileSize: file.size, contentHash, metadata },
  });
  if (createUpload.dataObject) {
    onBytes(file.size);
    return { objectId: createUpload.dataObject.id, deduplicated: true, ingestion: createUpload.dataObject.ingestion ?? null };
  }
  const upload = createUpload.upload!;
  const content = await openAsBlob(file.path);
  if (upload.url) {
    await put(connection, upload.url, content);
    onBytes(file.size);
  } else {
    await putParts(connection, upload.id, upload.partCount, upload.partSize!, content, onBytes);
  }
  const { completeUpload } = await connection.request(CompleteUploadDocument, { input: { id: upload.id } });
  return { objectId: completeUpload.dataObject.id, deduplicated: completeUpload.deduplicated, ingestion: completeUpload.ingestion };
}

async function putParts(
  connection: Connection,
  id: string,
  partCount: number,
  partSize: number,
  content: Blob,
  onBytes: (count: number) => void,
): Promise<void> {
  const limit = pLimit(PARTS_AT_ONCE);
  for (let first = 1; first <= partCount; first += PARTS_A_READ) {
    const partNumbers = Array.from({ length: Math.min(PARTS_A_READ, partCount - first + 1) }, (_, index) => first + index);
    const { uploadSession } = await connection.request(UploadPartsDocument, { id, partNumbers });
    await Promise.all(
      uploadSession!.parts.map((part) =>
        limit(async () => {
          const start = (part.partNumber - 1) * partSize;
          await put(connection, part.url, content.slice(start, start + part.size));
          onBytes(part.size);
        }),
      ),
    );
  }
}

/** Sends bytes to a link of the server's, or of the bucket's. */
export async function put({ signal }: Connection, link: LinkFragment, body: Blob): Promise<void> {
  const headers = link.headers.map(({ name, value }): [string, string] => [name, value]);
  const response = await fetch(link.url, { method: link.method, headers, body, signal }).catch((error: Error) => {
    if (error instanceof Interruption) throw error;
    throw new Failure(`The bytes could not be sent: ${unreachable(link.url, error)}`);
  });
  if (!response.ok) throw new Failure(`The store refused the bytes (HTTP ${response.status}): ${(await response.text()).slice(0, 300)}`);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
