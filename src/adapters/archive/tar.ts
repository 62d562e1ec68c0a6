import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, pack, type Pack } from 'tar-stream';

export interface TarEntry {
  /** With `/`, never beginning with one. */
  name: string;
  /** Bytes. */
  size: number;
  content: Readable;
}

/** A tar file that is made while it is read. What comes after `seal` has been written with the SHA-256 over all before it. */
export class TarWriter {
  private readonly pack: Pack = pack();
  private readonly hash = createHash('sha256');
  private files = 0;
  private bytes = 0;

  /** The file itself; it fails where `fail` was called. */
  get stream(): Readable {
    return Readable.from(this.pack);
  }

  async add({ name, size, content }: TarEntry): Promise<void> {
    const entry = this.pack.entry({ name, size, mode: 0o600, mtime: new Date(0) });
    this.hash.update(`${name}\0${size}\0`);
    await pipeline(
      content,
      async function* (this: TarWriter, chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          this.hash.update(chunk);
          yield chunk;
        }
      }.bind(this),
      entry as unknown as NodeJS.WritableStream,
    );
    this.files += 1;
    this.bytes += size;
  }

  addFile(name: string, path: string, size: number): Promise<void> {
    // A file that grows meanwhile would not fit its header.
    return this.add({ name, size, content: size === 0 ? Readable.from([]) : createReadStream(path, { end: size - 1 }) });
  }

  /** An empty one. @param name with `/` at its end */
  async addFolder(name: string): Promise<void> {
    await this.add({ name, size: 0, content: Readable.from([]) });
  }

  addJson(name: string, value: object): Promise<void> {
    const text = Buffer.from(`${JSON.stringify(value)}\n`);
    return this.add({ name, size: text.length, content: Readable.from([text]) });
  }

  /** The last entry, by which a reader knows that nothing is missing. */
  async seal(name: string): Promise<{ files: number; bytes: number }> {
    const { files, bytes } = this;
    const text = Buffer.from(`${JSON.stringify({ files, bytes, sha256: this.hash.digest('hex') })}\n`);
    await new Promise<void>((resolve, reject) => this.pack.entry({ name, mode: 0o600, mtime: new Date(0) }, text, (error) => (error ? reject(error as Error) : resolve())));
    this.pack.finalize();
    return { files, bytes };
  }

  fail(error: Error): void {
    this.pack.destroy(error);
  }
}

/** What `TarWriter` wrote differs from what is read: it was cut short, or changed. */
export class DamagedTar extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = 'DamagedTar';
  }
}

/**
 * Reads what `TarWriter` wrote, entry by entry, each handed over as a stream that has to be read to its end.
 * @param sealName the name that was given to `seal`
 * @throws DamagedTar at the latest at the end
 */
export async function readTar(source: Readable, sealName: string, onEntry: (entry: TarEntry) => Promise<void>): Promise<{ files: number; bytes: number }> {
  const hash = createHash('sha256');
  let files = 0;
  let bytes = 0;
  const seals: { files: number; bytes: number; sha256: string }[] = [];
  const entries = extract();
  // Read below, whose loop hears of its failures.
  const reading = pipeline(source, entries as unknown as NodeJS.WritableStream).catch((error: unknown) => entries.destroy(error as Error));
  try {
    for await (const entry of entries) {
      const { name, size = 0 } = entry.header;
      if (seals.length > 0) throw new DamagedTar('something follows its end');
      if (name === sealName) {
        seals.push(JSON.parse((await Readable.from(entry).toArray()).map(String).join('')) as (typeof seals)[number]);
        continue;
      }
      hash.update(`${name}\0${size}\0`);
      const counted = async function* () {
        for await (const chunk of entry as AsyncIterable<Buffer>) {
          hash.update(chunk);
          yield chunk;
        }
      };
      await onEntry({ name, size, content: Readable.from(counted(), { objectMode: false }) });
      files += 1;
      bytes += size;
    }
  } catch (error) {
    entries.destroy();
    const isOurs = error instanceof DamagedTar || (error as Error).name === 'StrataError' || 'syscall' in (error as Error);
    throw isOurs ? error : new DamagedTar((error as Error).message);
  } finally {
    await reading;
  }
  const [seal] = seals;
  if (seal === undefined) throw new DamagedTar('its end is missing');
  if (seal.files !== files || seal.bytes !== bytes || seal.sha256 !== hash.digest('hex')) throw new DamagedTar('its contents are not those that were written');
  return { files, bytes };
}
