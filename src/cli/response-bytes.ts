import { Readable } from 'node:stream';

/** What an answer holds, as a stream of Node's. */
export const bytesOf = (response: Response): Readable => Readable.fromWeb(response.body as import('node:stream/web').ReadableStream<Uint8Array>);
