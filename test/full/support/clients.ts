import { createHash } from 'node:crypto';
import { ask } from '../../e2e/support/strata.js';

/** What clients do, in the calls that they need for it. */

export interface Taken {
  objectId: string;
  ingestionId: string;
  deduplicated: boolean;
}
interface Payload {
  dataObject: { id: string };
  ingestion: { id: string };
  deduplicated: boolean;
}
const taken = ({ dataObject, ingestion, deduplicated }: Payload): Taken => ({ objectId: dataObject.id, ingestionId: ingestion.id, deduplicated });

const PAYLOAD = '{ dataObject { id } ingestion { id } deduplicated }';
export const INGEST_TEXT = `mutation ($input: IngestTextInput!) { ingestText(input: $input) ${PAYLOAD} }`;

/** How an operation gets to an API, and its data back; rejects where there are errors. */
export type Asking = <Data>(query: string, variables?: object) => Promise<Data>;
const at = (url: string): Asking => (query, variables) => ask(url, query, variables);

export async function ingestTextBy(asking: Asking, text: string, more: object = {}): Promise<Taken> {
  return taken((await asking<{ ingestText: Payload }>(INGEST_TEXT, { input: { text, ...more } })).ingestText);
}

export const ingestText = (url: string, text: string, more: object = {}): Promise<Taken> => ingestTextBy(at(url), text, more);

export async function ingestTexts(url: string, texts: readonly string[], metadata: object = {}): Promise<Taken[]> {
  const input = texts.map((text, number) => ({ text, filename: `${sha256(Buffer.from(text)).slice(0, 8)}-${number}.txt`, metadata }));
  const { ingestTexts: results } = await ask<{ ingestTexts: (Payload & { message?: string })[] }>(
    url,
    `mutation ($input: [IngestTextInput!]!) { ingestTexts(input: $input) { ... on IngestPayload ${PAYLOAD} ... on UserError { message } } }`,
    { input },
  );
  return results.map((result) => {
    if (result.message !== undefined) throw new Error(result.message);
    return taken(result);
  });
}

interface Signed {
  url: string;
  method: string;
  headers: { name: string; value: string }[];
}

/** Up to where the bytes are sent. @returns the upload's id */
export const send = (url: string, filename: string, bytes: Buffer): Promise<string> => sendBy(at(url), filename, bytes);

async function sendBy(asking: Asking, filename: string, bytes: Buffer): Promise<string> {
  const { createUpload } = await asking<{ createUpload: { upload: { id: string; url: Signed } } }>(
    'mutation ($input: CreateUploadInput!) { createUpload(input: $input) { upload { id url { url method headers { name value } } } } }',
    { input: { filename, fileSize: bytes.length } },
  );
  const { id, url: signed } = createUpload.upload;
  const headers = signed.headers.map(({ name, value }): [string, string] => [name, value]);
  const response = await fetch(signed.url, { method: signed.method, headers, body: new Uint8Array(bytes) });
  if (!response.ok) throw new Error(`the store answers ${response.status} to an upload: ${await response.text()}`);
  return id;
}

export const complete = (url: string, uploadId: string): Promise<Taken> => completeBy(at(url), uploadId);

async function completeBy(asking: Asking, uploadId: string): Promise<Taken> {
  const { completeUpload } = await asking<{ completeUpload: Payload }>(`mutation ($id: ID!) { completeUpload(input: { id: $id }) ${PAYLOAD} }`, { id: uploadId });
  return taken(completeUpload);
}

export const uploadBy = async (asking: Asking, filename: string, bytes: Buffer): Promise<Taken> => completeBy(asking, await sendBy(asking, filename, bytes));
export const upload = (url: string, filename: string, bytes: Buffer): Promise<Taken> => uploadBy(at(url), filename, bytes);

export interface Progress {
  id: string;
  status: string;
  stage: string;
  progress: number;
  attempts: number;
}

export async function ingestionsOf(url: string, ids: readonly string[]): Promise<Progress[]> {
  const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Ingestion { id status stage progress attempts } } }';
  return (await ask<{ nodes: Progress[] }>(url, document, { ids })).nodes;
}

const WORDS = 'harbour lantern meadow orchard glacier violin compass saffron thunder willow copper marble falcon canyon velvet ember'.split(' ');

/** Different at each number, and long enough for a passage. */
export const textNumber = (number: number, about = 'note'): string =>
  `This ${about} number ${number} is about the ${WORDS[number % WORDS.length]} and the ${WORDS[(number * 7 + 3) % WORDS.length]}. Nobody has written ${about} ${number} before.`;

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
