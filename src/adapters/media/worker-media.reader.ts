import type { Fingerprint } from '../../domain/fingerprints.js';
import type { ExtractInput, Extraction, FingerprintInput, MediaReader, Sniffed } from '../../ports/media.port.js';
import { extractPlainText } from './documents/plain.js';
import type { MediaPool } from './media-pool.js';
import { sniffMedia } from './sniff.js';

/**
 * Bytes of a plain text that is read here: decoding it takes a millisecond at most, the way to another process and back longer,
 * and there is nothing in it that could take a process down.
 */
const SHORT_TEXT = 64 * 1024;

/** Reads files in the processes of a pool, which it shares with whoever describes them; closing it closes the pool. */
export class WorkerMediaReader implements MediaReader {
  constructor(private readonly pool: MediaPool) {}

  sniff(head: Uint8Array, filename: string | null): Promise<Sniffed | null> {
    return sniffMedia(head, filename);
  }

  async extract({ priority, signal, onProgress, ...input }: ExtractInput): Promise<Extraction> {
    if (input.type === 'TEXT' && input.fileSize > 0 && input.fileSize <= SHORT_TEXT) {
      signal?.throwIfAborted();
      return extractPlainText({ ...input, limits: this.pool.limits, ffmpeg: null, report: () => undefined });
    }
    return this.pool.run<'extract'>({ kind: 'extract', ...input }, { priority, signal, onProgress });
  }

  fingerprint({ signal, ...input }: FingerprintInput): Promise<Fingerprint[]> {
    return this.pool.run<'fingerprint'>({ kind: 'fingerprint', ...input }, { signal });
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}
