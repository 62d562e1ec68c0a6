import { dependencyUnavailable, notConfigured } from '../../domain/errors.js';
import type { EmbeddingModel, Embedder, EmbedOptions, MediaSource, MediaVector, TextSpan } from '../../ports/embedder.port.js';
import { ExtractionError } from '../../ports/media.port.js';
import { AUDIO_DESCRIPTOR_DIMENSIONS, AUDIO_DESCRIPTOR_REVISION } from './descriptors/audio-descriptor.js';
import { IMAGE_DESCRIPTOR_DIMENSIONS, IMAGE_DESCRIPTOR_REVISION } from './descriptors/image-descriptor.js';
import type { MediaPool } from './media-pool.js';

const SETTING = 'embedding.descriptors';
const COMMON = { active: true, available: true, readsWords: false, defaultAlpha: null, setting: SETTING } as const;

const IMAGE: EmbeddingModel = {
  ...COMMON,
  name: 'image-descriptor',
  revision: IMAGE_DESCRIPTOR_REVISION,
  modalities: ['IMAGE', 'VIDEO'],
  dimensions: IMAGE_DESCRIPTOR_DIMENSIONS,
  description:
    'Computed from pixels without a trained model: pictures and frames are near each other when their colours, edges and layout are alike, whatever they show; copies that were scaled, recompressed or slightly cropped are found again, words and meanings are not.',
};

const AUDIO: EmbeddingModel = {
  ...COMMON,
  name: 'audio-descriptor',
  revision: AUDIO_DESCRIPTOR_REVISION,
  modalities: ['AUDIO', 'VIDEO'],
  dimensions: AUDIO_DESCRIPTOR_DIMENSIONS,
  description:
    'Computed from the sound without a trained model: sounds are near each other when their timbre, rhythm and course are alike, whatever is said or played; copies in another codec, rate or loudness are found again, words and meanings are not.',
};

/** Image and sound descriptors: no weights, no download, the same numbers on every machine. */
export class MediaDescriptorEmbedder implements Embedder {
  /** @param pool shared with the reader; closing either closes it */
  constructor(private readonly pool: MediaPool) {}

  models(): readonly EmbeddingModel[] {
    return [IMAGE, AUDIO];
  }

  /** A film gives up to eight frames' vectors and one of its sound, and none at all where ffmpeg is missing. */
  async embedMedia(model: string, source: MediaSource, options: EmbedOptions = {}): Promise<MediaVector[]> {
    const row = this.models().find(({ name }) => name === model);
    if (row === undefined) throw notConfigured(`The embedding model "${model}"`, SETTING);
    if (!row.modalities.includes(source.type)) return [];
    const { path, type, mimeType } = source;
    try {
      return await this.pool.run<'describe'>(
        { kind: 'describe', aspect: row === IMAGE ? 'picture' : 'sound', path, type, mimeType },
        { priority: options.priority, signal: options.signal },
      );
    } catch (error) {
      if (error instanceof ExtractionError && error.code === 'WORKER_DIED') throw dependencyUnavailable('models', error);
      throw error;
    }
  }

  embedTexts(model: string): Promise<Float32Array[]> {
    return Promise.reject(notConfigured(`Embedding words with "${model}"`, 'embedding.models'));
  }

  splitPassages(model: string): Promise<TextSpan[][]> {
    return Promise.reject(notConfigured(`Cutting passages with "${model}"`, 'embedding.models'));
  }

  close(): Promise<void> {
    return this.pool.close();
  }
}
