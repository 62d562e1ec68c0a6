import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import Table from 'cli-table3';
import { withConnection } from '../connection.js';
import type { CommandContext, SettingOptions } from '../context.js';
import { Failure } from '../failure.js';
import { ObjectDetailsDocument, ObjectTextDocument } from '../generated/graphql.js';

export interface GetOptions extends SettingOptions {
  output?: string;
  text?: boolean;
  json?: boolean;
}

export async function get(context: CommandContext, id: string, options: GetOptions): Promise<number> {
  return withConnection(context, options, async (connection) => {
    if (options.text) {
      const { dataObject } = await connection.request(ObjectTextDocument, { id });
      if (!dataObject) throw new Failure(`There is no object "${id}".`);
      process.stdout.write(dataObject.text == null ? '' : `${dataObject.text}\n`);
      return 0;
    }
    const { dataObject: object } = await connection.request(ObjectDetailsDocument, { id });
    if (!object) throw new Failure(`There is no object "${id}".`);
    if (options.output !== undefined) {
      if (!object.downloadUrl) throw new Failure('The bytes of this object are not there any more.');
      await save(object.downloadUrl.url, options.output);
    } else if (options.json) {
      process.stdout.write(`${JSON.stringify(object, null, 2)}\n`);
    } else {
      const table = new Table({ style: { head: [], border: [] }, colWidths: [18, 100], wordWrap: true });
      const { downloadUrl, annotations, embeddings, ingestion, metadata, ...plain } = object;
      const rows: [string, unknown][] = [
        ...Object.entries(plain),
        ['metadata', metadata],
        ['download', downloadUrl?.url ?? 'none'],
        ['embeddings', embeddings.length],
        ['ingestion', ingestion ? `${ingestion.status} ${ingestion.stage}${ingestion.error ? `: ${ingestion.error.message}` : ''}` : 'none'],
        ...annotations.nodes.map((annotation): [string, unknown] => [annotation.annotatorId, annotation.content]),
      ];
      for (const [name, value] of rows) table.push([name, typeof value === 'string' ? value : JSON.stringify(value)]);
      process.stdout.write(`${table.toString()}\n`);
    }
    return 0;
  });
}

async function save(url: string, output: string): Promise<void> {
  const response = await fetch(url);
  if (!response.ok || !response.body) throw new Failure(`The store did not hand out the bytes (HTTP ${response.status}).`);
  await pipeline(Readable.fromWeb(response.body as never), output === '-' ? process.stdout : createWriteStream(output), { end: output !== '-' });
}
