import { createHash } from 'node:crypto';
import { contentMismatch, unsupportedMedia, type StrataError } from '../../domain/errors.js';
import { releaseChunk } from '../../domain/release-chunk.js';
import type { UploadSession } from '../../domain/model.js';
import type { MediaReader, Sniffed } from '../../ports/media.port.js';
import type { ObjectStore } from '../../ports/object-store.port.js';

/** Enough of a file for its type to be known. */
const HEAD_BYTES = 65_536;

export interface ReadContent {
  contentHash: string;
  size: number;
  /** Of the bytes that were read: the copy is made on the condition that they are still the same. */
  etag: string;
  head: Uint8Array;
}

/** Reads staged bytes once, in a stream: hash, size and the head that tells the type. */
export async function readContent(store: ObjectStore, key: string): Promise<ReadContent> {
  const { stream, etag } = await store.get(key);
  const hash = createHash('sha256');
  const head: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    if (size < HEAD_BYTES) head.push(Buffer.from(chunk.subarray(0, HEAD_BYTES - size)));
    size += chunk.length;
    releaseChunk(chunk);
  }
  return { contentHash: hash.digest('hex'), size, etag, head: Buffer.concat(head) };
}

/** What the bytes are; or why they are not what was declared. */
export async function judgeContent(media: MediaReader, upload: UploadSession, content: ReadContent): Promise<Sniffed | StrataError> {
  if (content.size !== upload.fileSize) {
    return contentMismatch(`The upload was declared with ${upload.fileSize} bytes and has ${content.size}.`, ['input', 'fileSize']);
  }
  if (upload.contentHash !== null && upload.contentHash !== content.contentHash) {
    return contentMismatch(`The upload was declared with SHA-256 ${upload.contentHash} and has ${content.contentHash}.`, ['input', 'contentHash']);
  }
  const sniffed = await media.sniff(content.head, upload.filename);
  if (sniffed === null) {
    return unsupportedMedia('The bytes are of no kind that is taken in: texts, documents (PDF, DOCX, HTML, Markdown, CSV, JSON), images, sounds and films are.', ['input']);
  }
  if (upload.type !== null && upload.type !== sniffed.type) {
    return contentMismatch(`The upload was declared as ${upload.type}, and its bytes are ${sniffed.type} (${sniffed.mimeType}).`, ['input', 'type']);
  }
  return sniffed;
}
