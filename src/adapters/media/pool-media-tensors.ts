import { dependencyUnavailable } from '../../domain/errors.js';
import type { MediaSource } from '../../ports/embedder.port.js';
import { ExtractionError } from '../../ports/media.port.js';
import type { MediaForm, MediaTensor, MediaTensors, PrepareOptions } from '../../ports/media-tensors.port.js';
import type { MediaPool } from './media-pool.js';

/** Decodes media for models in the processes of a pool, which it shares and does not close. */
export class PoolMediaTensors implements MediaTensors {
  constructor(private readonly pool: MediaPool) {}

  async prepare({ path, type, mimeType }: MediaSource, forms: readonly MediaForm[], onPart: (tensor: MediaTensor) => void, { priority, moments, signal }: PrepareOptions = {}): Promise<void> {
    try {
      await this.pool.run<'prepare'>({ kind: 'prepare', forms, moments, path, type, mimeType }, { priority, signal, onPart });
    } catch (error) {
      if (error instanceof ExtractionError && error.code === 'WORKER_DIED') throw dependencyUnavailable('models', error);
      throw error;
    }
  }
}
