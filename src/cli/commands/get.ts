import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { unreachable, withConnection } from '../connection.js';
import type { CommandContext, ClientOptions } from '../context.js';
import { Failure, UsageFailure } from '../failure.js';
import { ObjectDetailsDocument, ObjectTextDocument } from '../generated/graphql.js';
import { objectLines } from '../output/object-lines.js';
import { coloursFor, widthOf } from '../output/terminal.js';
import { bytesOf } from '../response-bytes.js';

export interface GetOptions extends ClientOptions {
  output?: string;
  text?: boolean;
  json?: boolean;
}

export async function get(context: CommandContext, id: string, options: GetOptions): Promise<number> {
  if ([options.output, options.text, options.json].filter(Boolean).length > 1) throw new UsageFailure('One of --output, --text and --json at a time.');
  return withConnection(context, options, async (connection) => {
    const { stdout } = process;
    if (options.text) {
      const { dataObject } = await connection.request(ObjectTextDocument, { id });
      if (!dataObject) throw new Failure(`There is no object "${id}".`);
      if (dataObject.text == null) throw new Failure('There is no text in this object.');
      stdout.write(`${dataObject.text}\n`);
      return 0;
    }
    const { dataObject: object } = await connection.request(ObjectDetailsDocument, { id });
    if (!object) throw new Failure(`There is no object "${id}".`);
    if (options.output !== undefined) {
      if (!object.downloadUrl) throw new Failure('The bytes of this object are not there any more.');
      await save(object.downloadUrl.url, options.output);
    } else if (options.json) {
      stdout.write(`${JSON.stringify(object, null, 2)}\n`);
    } else {
      stdout.write(`${objectLines(object, widthOf(stdout), coloursFor(stdout)).join('\n')}\n`);
    }
    return 0;
  });
}

/** Into a file beside it first: what stands under the name is whole. */
async function save(url: string, output: string): Promise<void> {
  const response = await fetch(url).catch((error: Error) => {
    throw new Failure(`The bytes could not be fetched: ${unreachable(url, error)}`);
  });
  if (!response.ok || !response.body) throw new Failure(`The store did not hand out the bytes (HTTP ${response.status}).`);
  const bytes = bytesOf(response);
  if (output === '-') return pipeline(bytes, process.stdout, { end: false });
  const partial = `${output}.partial`;
  try {
    await pipeline(bytes, createWriteStream(partial));
    await rename(partial, output);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
