import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Failure } from '../failure.js';
import { bytesPath, fileOf, FOLDER_FORMAT, KINDS, MANIFEST, MANIFEST_SCHEMA, type Kind, type Manifest } from './export-folder.js';
import { AGGREGATION, partsOf, placeOf, read, type Fault } from './export-lines.js';

/** @throws Failure where the folder is no export, or a newer program's */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new Failure(`There is no whole export in "${folder}": it has no ${MANIFEST}, which is written last.`);
    throw error;
  });
  const value = parsed(text, MANIFEST) as Partial<Manifest> | null;
  // First: what a newer version writes may look otherwise.
  if (Number(value?.format) > FOLDER_FORMAT) throw new Failure(`The export in "${folder}" was written by a newer version of Strata (${value!.version}). Import it with that version.`);
  const { value: manifest, fault } = read(MANIFEST_SCHEMA, value);
  if (fault !== null) throw wrong(MANIFEST, fault);
  return manifest;
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure(`${where} is no JSON: ${(error as Error).message}. Nothing was taken in.`);
  }
}

const wrong = (where: string, { path, says }: Fault) => new Failure(`${where} is wrong: ${placeOf(path) || 'it'} ${says} Nothing was taken in.`);

/** Looks at every byte of the lines. @throws Failure that names the first file that is not as it was written */
export async function linesMustBeWhole(folder: string, manifest: Manifest, onBytes: (count: number) => void): Promise<void> {
  for (const kind of KINDS) {
    if ((await digestOf(join(folder, fileOf(kind)), onBytes)) !== manifest.files[kind].sha256) throw damaged(fileOf(kind));
  }
}

/** Looks at every byte of the contents, which the lines name; they are right. @throws as `linesMustBeWhole` does */
export async function bytesMustBeWhole(folder: string, manifest: Manifest, onBytes: (count: number) => void): Promise<void> {
  if (!manifest.hasBytes) return;
  let last = '';
  for await (const line of linesOf<{ contentHash: string }>(folder, 'objects')) {
    if (line.contentHash === last) continue;
    last = line.contentHash;
    if ((await digestOf(bytesPath(folder, line.contentHash), onBytes)) !== line.contentHash) throw damaged(`bytes/${line.contentHash.slice(0, 2)}/${line.contentHash}`);
  }
}

const damaged = (name: string) => new Failure(`The export is damaged: ${name} is not as it was written. Nothing was taken in; export again, or copy the folder again.`);

async function digestOf(path: string, onBytes: (count: number) => void): Promise<string | null> {
  if ((await stat(path).catch(() => null)) === null) return null;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    onBytes(chunk.length);
  }
  return hash.digest('hex');
}

/** Looks at every line, and whether they fit together. @param tenant that all are put into @throws Failure that names file, line and field of the first that is wrong */
export async function mustBeRight(folder: string, { models }: Manifest, tenant: string | undefined): Promise<void> {
  const schema = partsOf(models);
  const parts = new ObjectParts(folder);
  for await (const { number, value: object } of numberedLines(folder, 'objects')) {
    const { annotations, texts, passages, embeddings } = await parts.of((object as { id?: unknown } | null)?.id);
    const values = (lines: readonly Numbered[]) => lines.map(({ value }) => value);
    const whole = { object: placed(object, tenant), annotations: values(annotations), text: texts[0]?.value ?? null, passages: values(passages), embeddings: values(embeddings) };
    const { fault } = read(schema, whole);
    if (fault !== null) throw wrongPart(fault, { object: [{ number, value: object }], annotations, text: texts, passages, embeddings });
    if (texts.length > 1) throw wrong(lineOf('texts', texts[1]!.number), { path: ['objectId'], says: 'is that of the line before; it must be another one: an object has one text.' });
  }
  await parts.mustHaveEnded();
  for await (const { number, value } of numberedLines(folder, 'aggregations')) {
    const { fault } = read(AGGREGATION, placed(value, tenant));
    if (fault !== null) throw wrong(lineOf('aggregations', number), fault);
  }
}

const placed = (line: unknown, tenant: string | undefined): unknown => (tenant === undefined || typeof line !== 'object' || line === null ? line : { ...line, tenantId: tenant });
const lineOf = (kind: Kind, number: number) => `Line ${number} of ${fileOf(kind)}`;

const FILE_OF_PART: Readonly<Record<string, Kind>> = { object: 'objects', annotations: 'annotations', text: 'texts', passages: 'passages', embeddings: 'embeddings' };

/** A fault in an object's parts, as one in the line that it came from. */
function wrongPart({ path: [part, ...rest], says }: Fault, lines: Readonly<Record<string, readonly Numbered[]>>): Failure {
  const index = typeof rest[0] === 'number' ? rest[0] : 0;
  const { number } = lines[part!]![index]!;
  return wrong(lineOf(FILE_OF_PART[part!]!, number), { path: typeof rest[0] === 'number' ? rest.slice(1) : rest, says });
}

interface Numbered<Line = unknown> {
  /** 1-based. */
  number: number;
  value: Line;
}

async function* numberedLines<Line>(folder: string, kind: Kind): AsyncGenerator<Numbered<Line>> {
  const input = createReadStream(join(folder, fileOf(kind)), { highWaterMark: 1 << 18 });
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    if (line !== '') yield { number, value: parsed(line, lineOf(kind, number)) as Line };
  }
}

export async function* linesOf<Line>(folder: string, kind: Kind): AsyncGenerator<Line> {
  for await (const { value } of numberedLines<Line>(folder, kind)) yield value;
}

type PartKind = Exclude<Kind, 'objects' | 'aggregations'>;

/** The lines that belong to one object after the other, out of files that are in the objects' order. */
export class ObjectParts<Line extends { objectId: string } = { objectId: string }> {
  private readonly readers: Record<PartKind, PartsReader<Line>>;

  constructor(folder: string) {
    const reader = (kind: PartKind) => new PartsReader<Line>(folder, kind);
    this.readers = { annotations: reader('annotations'), texts: reader('texts'), passages: reader('passages'), embeddings: reader('embeddings') };
  }

  async of(objectId: unknown): Promise<Record<PartKind, Numbered<Line>[]>> {
    const [annotations, texts, passages, embeddings] = await Promise.all((['annotations', 'texts', 'passages', 'embeddings'] as const).map((kind) => this.readers[kind].of(objectId)));
    return { annotations: annotations!, texts: texts!, passages: passages!, embeddings: embeddings! };
  }

  /** Behind the last object. @throws Failure where lines are left, which no object took */
  async mustHaveEnded(): Promise<void> {
    for (const [kind, reader] of Object.entries(this.readers)) {
      const left = await reader.next();
      if (left === null) continue;
      throw wrong(lineOf(kind as PartKind, left.number), { path: ['objectId'], says: `is ${JSON.stringify(left.value?.objectId)}; it must be that of an object of ${fileOf('objects')}, in the order of that file.` });
    }
  }
}

class PartsReader<Line extends { objectId: string }> {
  private readonly lines: AsyncGenerator<Numbered<Line>>;
  private ahead: IteratorResult<Numbered<Line>> | null = null;

  constructor(folder: string, kind: PartKind) {
    this.lines = numberedLines<Line>(folder, kind);
  }

  async of(objectId: unknown): Promise<Numbered<Line>[]> {
    const found: Numbered<Line>[] = [];
    for (;;) {
      const next = await this.next();
      if (next === null || next.value?.objectId !== objectId) return found;
      found.push(next);
      this.ahead = null;
    }
  }

  /** Not taken yet; null behind the last. */
  async next(): Promise<Numbered<Line> | null> {
    this.ahead ??= await this.lines.next();
    return this.ahead.done === true ? null : this.ahead.value;
  }
}
