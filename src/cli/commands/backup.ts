import { createWriteStream } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { withConnection } from '../connection.js';
import type { CommandContext, ClientOptions } from '../context.js';
import { Failure, Interruption } from '../failure.js';
import { progressOn } from '../moving/progress.js';
import { readableSize } from '../output/terminal.js';
import { bytesOf } from '../response-bytes.js';

/** Of the running server's data folder, or of one that no server has open. */
export async function backup(context: CommandContext, file: string, options: ClientOptions): Promise<number> {
  if (await isThere(file)) throw new Failure(`"${file}" is there already. Name a new file; a backup never writes over another one.`);
  const partial = `${file}.partial`;
  const progress = progressOn(process.stderr);
  return withConnection(context, { ...options, jobs: false }, async (connection) => {
    // Refused where another one is under way, whose file beside this one is not ours to remove.
    const answer = await connection.admin('GET', 'backup');
    try {
      progress.step('backing up', null);
      let bytes = 0;
      const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          bytes += chunk.length;
          progress.update(bytes, readableSize(bytes));
          yield chunk;
        }
      };
      await pipeline(bytesOf(answer), counted, createWriteStream(partial, { flags: 'w', mode: 0o600, flush: true })).catch((error: Error) => {
        if (error instanceof Interruption || 'syscall' in error) throw error;
        throw new Failure('The backup was broken off by the server; its log says why. Nothing was kept of it.');
      });
      await rename(partial, file);
      progress.end();
      process.stdout.write(`backed up to ${file}, ${readableSize(bytes)}\n`);
      return 0;
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    } finally {
      progress.end();
    }
  });
}

const isThere = (file: string) => access(file).then(() => true, () => false);
