import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DamagedTar, readTar, type TarEntry } from '../../adapters/archive/tar.js';
import { DATA_FORMAT } from '../../adapters/db/engine/data-folder.js';
import type { DatabaseEngine } from '../../adapters/db/engine/database-engine.js';
import { startEmbeddedEngine } from '../../adapters/db/engine/embedded.js';
import { isRunning } from '../../adapters/objects/is-running.js';
import { badInput, conflict } from '../../domain/errors.js';
import { BACKUP_FORMAT, BACKUP_HEAD, BACKUP_SEAL, DATABASE, KEPT_FILES, MODELS, OBJECTS, type BackupHead } from './backup-file.js';

export interface Restored {
  createdAt: string;
  files: number;
  bytes: number;
  /** Live objects and those in the bin. */
  objects: number;
  /** Bytes that came while the backup was written, and that no row of it knows. */
  pruned: number;
  /** Where the vectors lay that are not part of a backup, since they were moved out of the folder. */
  vectorsElsewhere: string | null;
}

const ROWS_A_LOOK = 500;
const HASH = /^[0-9a-f]{64}$/;
/** Behind the folder's name, and before the number of the process that unpacks. */
const PARTIAL = '.restoring-';

/**
 * Unpacks a backup beside the folder, looks whether it is whole, and only then gives it its name. Models that were pulled into the folder
 * stay in it.
 * @param objectsPath where bytes lie, within the data folder: `objects`
 * @throws CONFLICT where the folder holds anything but models; BAD_USER_INPUT where the backup is damaged, or a newer program's
 */
export async function restore(file: string, dataDir: string, objectsPath: string, onBytes: (done: number, total: number) => void = () => undefined): Promise<Restored> {
  const name = basename(dataDir);
  const { size: total } = await stat(file);
  await sweep(dataDir);
  const entries = await readdir(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (entries?.some((entry) => entry !== MODELS)) throw conflict(`The folder "${name}" is not empty. A backup is restored into a new or an empty folder, or beside pulled models: name one with --data-dir.`);
  const partial = `${dataDir}${PARTIAL}${process.pid}`;
  await mkdir(partial, { recursive: true, mode: 0o700 });
  try {
    const head = new Head();
    let done = 0;
    const source = createReadStream(file, { highWaterMark: 1 << 20 });
    source.on('data', (chunk) => onBytes((done += chunk.length), total));
    const { files, bytes } = await readTar(source, BACKUP_SEAL, async (entry) => {
      if (head.value === null) await head.read(entry, basename(file));
      else await unpack(entry, partial, objectsPath);
    });
    if (head.value === null || !existsSync(join(partial, 'strata.json'))) throw new DamagedTar('it is empty');
    const proven = await proveWhole(partial, join(partial, objectsPath));
    if (entries?.includes(MODELS)) await rename(join(dataDir, MODELS), join(partial, MODELS));
    if (entries !== null) await rmdir(dataDir);
    await rename(partial, dataDir);
    return { createdAt: head.value.createdAt, files, bytes, ...proven };
  } catch (error) {
    await takeAway(partial, dataDir);
    if (error instanceof DamagedTar) throw badInput(`"${basename(file)}" is no whole backup: ${error.reason}. Nothing was restored; take another backup.`);
    throw error;
  }
}

/** What restores into this folder left behind that were killed; another one may be under way. */
async function sweep(dataDir: string): Promise<void> {
  const beginning = `${basename(dataDir)}${PARTIAL}`;
  const siblings = await readdir(dirname(dataDir)).catch(() => []);
  for (const name of siblings) {
    const pid = name.startsWith(beginning) ? name.slice(beginning.length) : '';
    if (/^\d+$/.test(pid) && (Number(pid) === process.pid || !isRunning(Number(pid)))) await takeAway(join(dirname(dataDir), name), dataDir);
  }
}

/** Models that were on their way into what was unpacked go back to where they came from, unless there are others since. */
async function takeAway(partial: string, dataDir: string): Promise<void> {
  if (existsSync(join(partial, MODELS)) && !existsSync(join(dataDir, MODELS))) {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await rename(join(partial, MODELS), join(dataDir, MODELS));
  }
  await rm(partial, { recursive: true, force: true });
}

class Head {
  value: BackupHead | null = null;

  async read({ name, content }: TarEntry, file: string): Promise<void> {
    if (name !== BACKUP_HEAD) throw badInput(`"${file}" was not made by "strata backup".`);
    const head = JSON.parse(Buffer.concat(await content.toArray()).toString()) as BackupHead;
    if (head.format > BACKUP_FORMAT || head.dataFormat > DATA_FORMAT) {
      throw badInput(`"${file}" was made by a newer version of Strata (${head.version}), whose data folder has format ${head.dataFormat}; this one reads up to ${DATA_FORMAT}. Restore it with that version.`);
    }
    this.value = head;
  }
}

async function unpack({ name, content }: TarEntry, folder: string, objectsPath: string): Promise<void> {
  const segments = name.split('/');
  const isKnown = name.startsWith(DATABASE) || name.startsWith(OBJECTS) || KEPT_FILES.includes(name);
  if (!isKnown || segments.some((segment, index) => segment === '..' || segment === '.' || (segment === '' && index < segments.length - 1))) {
    throw new DamagedTar('it holds files of a name that no backup has');
  }
  const path = join(folder, name.startsWith(OBJECTS) ? join(objectsPath, name.slice(OBJECTS.length)) : name);
  await mkdir(name.endsWith('/') ? path : dirname(path), { recursive: true, mode: 0o700 });
  if (name.endsWith('/')) {
    await content.toArray();
    return;
  }
  const hash = createHash('sha256');
  await pipeline(content, hashing(hash), createWriteStream(path, { mode: 0o600 }));
  const last = segments.at(-1)!;
  if (name.startsWith(OBJECTS) && HASH.test(last) && hash.digest('hex') !== last) throw new DamagedTar(`the bytes of the content ${last.slice(0, 8)}… are not its own`);
}

const hashing = (hash: ReturnType<typeof createHash>) =>
  async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };

/** Starts the database that was unpacked: every row's bytes have to be there. Bytes that no row knows go. */
async function proveWhole(folder: string, objectsFolder: string): Promise<Pick<Restored, 'objects' | 'pruned' | 'vectorsElsewhere'>> {
  const engine = await startEmbeddedEngine({ dataDir: folder, templateDir: null });
  try {
    await allBytes(engine, objectsFolder);
    const pruned = await prune(engine, objectsFolder);
    const [row] = await engine.sql.query<{ count: number }>('SELECT count(*) AS count FROM data_objects');
    return { objects: Number(row!.count), pruned, vectorsElsewhere: await forgetMove(engine) };
  } finally {
    await engine.stop();
  }
}

/** A store outside the folder has gone on since: that the vectors were moved there is no truth of this folder's. */
async function forgetMove({ sql }: DatabaseEngine): Promise<string | null> {
  const [{ there }] = (await sql.query("SELECT to_regclass('vector_store_in_use') IS NOT NULL AS there", [])) as [{ there: boolean }];
  if (!there) return null;
  const [row] = await sql.query<{ provider: string; place: string }>('DELETE FROM vector_store_in_use RETURNING provider, place', []);
  return row === undefined || row.provider === 'pgvector' ? null : `${row.provider} (${row.place})`;
}

async function allBytes({ sql }: DatabaseEngine, folder: string): Promise<void> {
  let after = '';
  for (;;) {
    const rows = await sql.query<{ storage_key: string; size_bytes: number }>(
      `SELECT storage_key, size_bytes FROM blobs WHERE storage_key > $1 AND reference_count > 0 ORDER BY storage_key LIMIT ${ROWS_A_LOOK}`,
      [after],
    );
    for (const { storage_key, size_bytes } of rows) {
      const found = await stat(join(folder, storage_key)).catch(() => null);
      if (found?.size !== Number(size_bytes)) throw new DamagedTar(`the bytes of ${storage_key} are missing`);
    }
    if (rows.length < ROWS_A_LOOK) return;
    after = rows.at(-1)!.storage_key;
  }
}

async function prune({ sql }: DatabaseEngine, folder: string): Promise<number> {
  let pruned = 0;
  for await (const keys of batches(filesBelow(folder, ''))) {
    const known = new Set(
      (
        await sql.query<{ key: string }>(
          `SELECT storage_key AS key FROM blobs WHERE storage_key = ANY($1::text[])
           UNION ALL SELECT staging_key FROM upload_sessions WHERE staging_key = ANY($1::text[]) AND status IN ('PENDING', 'VERIFYING')`,
          [keys],
        )
      ).map(({ key }) => key),
    );
    for (const key of keys) {
      if (known.has(key)) continue;
      await rm(join(folder, key));
      pruned += 1;
    }
  }
  return pruned;
}

async function* filesBelow(root: string, folder: string): AsyncGenerator<string> {
  const entries = existsSync(join(root, folder)) ? await readdir(join(root, folder), { withFileTypes: true }) : [];
  for (const entry of entries) {
    if (entry.isDirectory()) yield* filesBelow(root, `${folder}${entry.name}/`);
    else yield `${folder}${entry.name}`;
  }
}

async function* batches(keys: AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  for await (const key of keys) {
    batch.push(key);
    if (batch.length < ROWS_A_LOOK) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
