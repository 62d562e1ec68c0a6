import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ApiFailure, withConnection, type Connection } from '../connection.js';
import type { CommandContext, ClientOptions } from '../context.js';
import { Failure } from '../failure.js';
import { bytesPath, FOLDER_FORMAT, KINDS, LineWriter, MANIFEST, type Kind, type Manifest } from '../moving/export-folder.js';
import { jsonLines } from '../moving/json-lines.js';
import { progressOn } from '../moving/progress.js';
import { readableSize } from '../output/terminal.js';
import { bytesOf } from '../response-bytes.js';
import { filterOf } from './search.js';

export interface ExportOptions extends ClientOptions {
  tenant?: string;
  filter?: string;
  bytes: boolean;
  vectors: boolean;
}

type Place = { tenantId: string; id: string } | null;
interface ExportedObject {
  object: { id: string; tenantId: string; contentHash: string; fileSize: number };
  annotations: object[];
  text: object | null;
  passages: object[];
  embeddings: object[];
}

export async function exportTo(context: CommandContext, folder: string, options: ExportOptions): Promise<number> {
  const entries = await readdir(folder).catch(() => []);
  if (entries.length > 0) throw new Failure(`The folder "${folder}" is not empty. Name a new one; an export never mixes with another.`);
  const progress = progressOn(process.stderr);
  try {
    return await withConnection(context, { ...options, jobs: false }, async (connection) => {
      const { version, models } = (await (await connection.admin('GET', 'export/about')).json()) as Pick<Manifest, 'version' | 'models'>;
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const writers = new Map<Kind, LineWriter>();
      for (const kind of KINDS) writers.set(kind, await LineWriter.open(folder, kind));
      progress.step('exporting', null);
      let [objects, bytes, gone] = [0, 0, 0];
      for await (const found of pages<ExportedObject>(connection, 'export/objects', { tenantId: options.tenant ?? null, filter: filterOf(options) ?? null, vectors: options.vectors })) {
        const page: ExportedObject[] = [];
        for (const each of found) {
          const saved = options.bytes ? await saveBytes(connection, folder, each.object) : 0;
          if (saved === null) continue;
          page.push(each);
          bytes += saved;
        }
        await writers.get('objects')!.write(page.map(({ object }) => object));
        await writers.get('annotations')!.write(page.flatMap(({ annotations }) => annotations));
        await writers.get('texts')!.write(page.flatMap(({ text }) => text ?? []));
        await writers.get('passages')!.write(page.flatMap(({ passages }) => passages));
        await writers.get('embeddings')!.write(page.flatMap(({ embeddings }) => embeddings));
        objects += page.length;
        gone += found.length - page.length;
        progress.update(objects, `${objects} objects, ${readableSize(bytes)}`);
      }
      // What was made over objects that are not all here would say something else there.
      if (options.filter === undefined) {
        for await (const page of pages<object>(connection, 'export/aggregations', { tenantId: options.tenant ?? null })) await writers.get('aggregations')!.write(page);
      }
      const files = {} as Manifest['files'];
      for (const kind of KINDS) files[kind] = await writers.get(kind)!.end();
      const manifest: Manifest = { format: FOLDER_FORMAT, version, createdAt: new Date().toISOString(), models: options.vectors ? models : [], hasBytes: options.bytes, files };
      await writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
      progress.end();
      process.stdout.write(`exported ${files.objects.lines} objects, ${files.annotations.lines} annotations, ${files.embeddings.lines} vectors, ${readableSize(bytes)}\n`);
      if (gone > 0) process.stdout.write(`${gone} objects were left out: their bytes were gone before their turn came, as after a purge\n`);
      return 0;
    });
  } finally {
    progress.end();
  }
}

async function* pages<Line extends object>(connection: Connection, path: string, choice: object): AsyncGenerator<Line[]> {
  let after: Place = null;
  do {
    const page: Line[] = [];
    let next: Place = null;
    for await (const line of jsonLines<Line | { next: Place }>(await connection.admin('POST', path, { ...choice, after }))) {
      if ('next' in line) next = line.next;
      else page.push(line);
    }
    if (page.length > 0) yield page;
    after = next;
  } while (after !== null);
}

/** @returns how many were fetched: 0 where the content is in the folder already; null where the server has it no more */
async function saveBytes(connection: Connection, folder: string, { tenantId, contentHash, fileSize }: ExportedObject['object']): Promise<number | null> {
  const path = bytesPath(folder, contentHash);
  if ((await stat(path).catch(() => null)) !== null) return 0;
  const answer = await connection.admin('GET', `export/bytes/${encodeURIComponent(tenantId)}/${contentHash}`).catch((error: unknown) => {
    if (error instanceof ApiFailure && error.code === 'NOT_FOUND') return null;
    throw error;
  });
  if (answer === null) return null;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await pipeline(bytesOf(answer), createWriteStream(`${path}.partial`, { mode: 0o600 }));
  await rename(`${path}.partial`, path);
  return fileSize;
}
