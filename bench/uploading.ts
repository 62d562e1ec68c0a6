import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { BenchServer } from './server.js';

const CREATE = `mutation ($input: CreateUploadInput!) {
  createUpload(input: $input) { upload { id partSize partCount url { url method headers { name value } } } }
}`;
const PARTS = `query ($id: ID!, $numbers: [Int!]) {
  uploadSession(id: $id) { parts(partNumbers: $numbers) { partNumber size url { url method headers { name value } } } }
}`;
const COMPLETE = 'mutation ($id: ID!) { completeUpload(input: { id: $id }) { dataObject { id mimeType fileSize contentHash } } }';
const PARTS_A_READ = 100;

interface SignedUrl {
  url: string;
  method: string;
  headers: { name: string; value: string }[];
}
interface Upload {
  id: string;
  partSize: number | null;
  partCount: number;
  url: SignedUrl | null;
}

const agent = new Agent({ keepAlive: true });

const create = async (server: BenchServer, filename: string, fileSize: number) =>
  (await server.query<{ createUpload: { upload: Upload } }>(CREATE, { input: { filename, fileSize } })).createUpload.upload;

const complete = async (server: BenchServer, id: string) =>
  (await server.query<{ completeUpload: { dataObject: { id: string; mimeType: string; fileSize: number; contentHash: string } } }>(COMPLETE, { id })).completeUpload.dataObject;

export async function uploadInOne(server: BenchServer, filename: string, bytes: Buffer): Promise<string> {
  const { id, url } = await create(server, filename, bytes.length);
  await put(url!, bytes);
  return (await complete(server, id)).id;
}

/** @param partOf the bytes of each part, from 1 */
export async function uploadInParts(server: BenchServer, filename: string, fileSize: number, partOf: (partNumber: number, size: number) => Buffer, onSent?: () => void) {
  const { id, partCount } = await create(server, filename, fileSize);
  for (let first = 1; first <= partCount; first += PARTS_A_READ) {
    const numbers = Array.from({ length: Math.min(PARTS_A_READ, partCount - first + 1) }, (_, i) => first + i);
    const { uploadSession } = await server.query<{ uploadSession: { parts: { partNumber: number; size: number; url: SignedUrl }[] } }>(PARTS, { id, numbers });
    for (const part of uploadSession.parts) await put(part.url, partOf(part.partNumber, part.size));
  }
  onSent?.();
  return complete(server, id);
}

function put({ url, method, headers }: SignedUrl, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const named = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
    const sent = request(url, { method, agent, headers: { ...named, 'Content-Length': bytes.length } }, (response) => {
      buffer(response).then((answer) => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`a part was answered with ${response.statusCode}: ${answer.toString().slice(0, 500)}`));
      }, reject);
    });
    sent.on('error', reject);
    sent.end(bytes);
  });
}
