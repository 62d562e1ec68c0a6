import type { ExtractInput, Extraction, MediaReader, Sniffed } from '../../ports/media.port.js';
import type { MediaPool } from './media-pool.js';
import { sniffMedia } from './sniff.js';

/** Reads files in the processes of a pool, which it shares with whoever describes them; closing it closes the pool. */
export class WorkerMediaReader implements MediaReader {
  constructor(private readonly pool: MediaPool) {}

  sniff(head: Uint8Array, filename: string | null): Promise<Sniffed | null> {
    return sniffMedia(head, filename);
  }

  extract({ signal, onProgress, ...input }: ExtractInput): Promise<Extraction> {
    return this.pool.run<'extract'>({ kind: 'extract', ...input }, { signal, onProgress });
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}
