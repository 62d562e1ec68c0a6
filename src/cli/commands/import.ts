import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { withConnection, type Connection } from '../connection.js';
import type { CommandContext, ClientOptions } from '../context.js';
import { Failure, UsageFailure } from '../failure.js';
import { bytesPath, type Manifest } from '../moving/export-folder.js';
import { read, TENANT } from '../moving/export-lines.js';
import { jsonLines } from '../moving/json-lines.js';
import { progressOn, type Progress } from '../moving/progress.js';
import { bytesMustBeWhole, linesMustBeWhole, linesOf, mustBeRight, ObjectParts, readManifest } from '../moving/read-export.js';
import { readableSize } from '../output/terminal.js';

export interface ImportOptions extends ClientOptions {
  tenant?: string;
}

interface ObjectLine {
  id: string;
  tenantId: string;
  contentHash: string;
  fileSize: number;
}
type Part = { objectId: string };
interface Parts {
  object: ObjectLine;
  annotations: Part[];
  text: Part | null;
  passages: Part[];
  embeddings: Part[];
}
interface Counts {
  objects: number;
  there: number;
  annotations: number;
  queued: number;
}

/** Objects, parts and bytes that are sent at once, at most; a larger object is sent alone. */
const OBJECTS_A_BATCH = 50;
const PARTS_A_BATCH = 2_000;
const BYTES_A_BATCH = 32_000_000;
const AGGREGATIONS_A_BATCH = 50;
/** Bytes that wait too long are swept; they are sent again. */
const ATTEMPTS = 5;

export async function importFrom(context: CommandContext, folder: string, options: ImportOptions): Promise<number> {
  mustBeTenant(options.tenant);
  const manifest = await readManifest(folder);
  const progress = progressOn(process.stderr);
  try {
    await mustBeSound(folder, manifest, options.tenant, progress);
    const totals: Counts & { left: number } = { objects: 0, there: 0, annotations: 0, queued: 0, left: 0 };
    return await withConnection(context, options, async (connection) => {
      progress.step('importing', manifest.files.objects.lines);
      let done = 0;
      for await (const batch of batches(folder, options.tenant)) {
        const { counts, left } = await send(connection, folder, manifest, batch);
        for (const key of ['objects', 'there', 'annotations', 'queued'] as const) totals[key] += counts[key];
        totals.left += left;
        progress.update((done += batch.length), `${done} of ${manifest.files.objects.lines} objects`);
      }
      const aggregations = await sendAggregations(connection, folder, options.tenant);
      progress.end();
      process.stdout.write(`imported ${totals.objects} objects, ${totals.annotations} annotations, ${aggregations} aggregations; ${totals.there} objects were there already\n`);
      if (totals.queued > 0) process.stdout.write(`${totals.queued} objects are processed anew by the server\n`);
      if (totals.left > 0) process.stdout.write(`${totals.left} objects were left out: their bytes are neither in the export nor here\n`);
      return 0;
    });
  } finally {
    progress.end();
  }
}

function mustBeTenant(given: string | undefined): void {
  const fault = given === undefined ? null : read(TENANT, given).fault;
  if (fault !== null) throw new UsageFailure(`--tenant ${fault.says}`);
}

/** All of it is looked at before anything is sent. */
async function mustBeSound(folder: string, manifest: Manifest, tenant: string | undefined, progress: Progress): Promise<void> {
  progress.step('checking', null);
  let checked = 0;
  const onBytes = (count: number) => progress.update((checked += count), readableSize(checked));
  await linesMustBeWhole(folder, manifest, onBytes);
  await mustBeRight(folder, manifest, tenant);
  await bytesMustBeWhole(folder, manifest, onBytes);
}

/** Of one tenant each. */
async function* batches(folder: string, tenant: string | undefined): AsyncGenerator<Parts[]> {
  const reader = new ObjectParts<Part>(folder);
  let batch: Parts[] = [];
  let [parts, bytes] = [0, 0];
  for await (const line of linesOf<ObjectLine>(folder, 'objects')) {
    const object = tenant === undefined ? line : { ...line, tenantId: tenant };
    const found = await reader.of(object.id);
    const [annotations, [text = null], passages, embeddings] = [found.annotations, found.texts, found.passages, found.embeddings].map((lines) => lines.map(({ value }) => value)) as [Part[], Part[], Part[], Part[]];
    const size = annotations.length + passages.length + embeddings.length;
    const isFull = batch.length >= OBJECTS_A_BATCH || parts + size > PARTS_A_BATCH || bytes + object.fileSize > BYTES_A_BATCH;
    if (batch.length > 0 && (isFull || batch[0]!.object.tenantId !== object.tenantId)) {
      yield batch;
      [batch, parts, bytes] = [[], 0, 0];
    }
    batch.push({ object, annotations, text, passages, embeddings });
    [parts, bytes] = [parts + size, bytes + object.fileSize];
  }
  if (batch.length > 0) yield batch;
}

async function send(connection: Connection, folder: string, { models }: Manifest, batch: readonly Parts[]): Promise<{ counts: Counts; left: number }> {
  const { tenantId } = batch[0]!.object;
  let sending = batch;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const answer = await post<Counts | { missing: string[] }>(connection, 'import/objects', [{ tenantId, models }, ...sending]);
    if (!('missing' in answer)) return { counts: answer, left: batch.length - sending.length };
    const absent = new Set<string>();
    for (const contentHash of answer.missing) if (!(await sendBytes(connection, folder, tenantId, contentHash))) absent.add(contentHash);
    sending = sending.filter(({ object }) => !absent.has(object.contentHash));
    if (sending.length === 0) return { counts: { objects: 0, there: 0, annotations: 0, queued: 0 }, left: batch.length };
  }
  throw new Failure('The server lost the bytes again and again before their objects came. Repeat the command; what was taken in stays.');
}

/** @returns false where the export has none */
async function sendBytes(connection: Connection, folder: string, tenantId: string, contentHash: string): Promise<boolean> {
  const path = bytesPath(folder, contentHash);
  if ((await stat(path).catch(() => null)) === null) return false;
  await (await connection.admin('PUT', `import/bytes/${encodeURIComponent(tenantId)}/${contentHash}`, createReadStream(path))).text();
  return true;
}

async function sendAggregations(connection: Connection, folder: string, tenant: string | undefined): Promise<number> {
  let batch: object[] = [];
  let added = 0;
  const flush = async () => {
    if (batch.length > 0) added += (await post<{ added: number }>(connection, 'import/aggregations', batch)).added;
    batch = [];
  };
  for await (const line of linesOf<object>(folder, 'aggregations')) {
    batch.push(tenant === undefined ? line : { ...line, tenantId: tenant });
    if (batch.length >= AGGREGATIONS_A_BATCH) await flush();
  }
  await flush();
  return added;
}

async function post<Answer>(connection: Connection, path: string, values: readonly object[]): Promise<Answer> {
  const body = Readable.from((function* () {
    for (const value of values) yield Buffer.from(`${JSON.stringify(value)}\n`);
  })());
  const answer = await connection.admin('POST', path, body);
  for await (const line of jsonLines<Answer>(answer)) return line;
  throw new Failure('The server ended before it had answered. Repeat the command; what was taken in stays.');
}
