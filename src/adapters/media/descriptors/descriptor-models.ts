import type { EmbeddingModel } from '../../../ports/embedder.port.js';
import type { MediaDescriptor } from '../../../ports/media-tensors.port.js';
import { AUDIO_DESCRIPTOR, IMAGE_DESCRIPTOR } from './descriptor-vectors.js';

const COMMON = { active: true, available: true, readsWords: false, defaultAlpha: null, setting: 'embedding.descriptors' } as const;

const IMAGE: EmbeddingModel = {
  ...COMMON,
  name: 'image-descriptor',
  modalities: ['IMAGE', 'VIDEO'],
  ...IMAGE_DESCRIPTOR,
  // docs/duplicates.md shows the measurement; the same holds below.
  duplicateCosine: 0.85,
  description:
    'Computed from pixels without a trained model: pictures and frames are near each other when their colours, edges and layout are alike, whatever they show; copies that were scaled, recompressed or slightly cropped are found again, words and meanings are not.',
};

const AUDIO: EmbeddingModel = {
  ...COMMON,
  name: 'audio-descriptor',
  modalities: ['AUDIO', 'VIDEO'],
  ...AUDIO_DESCRIPTOR,
  duplicateCosine: 0.85,
  description:
    'Computed from the sound without a trained model: sounds are near each other when their timbre, rhythm and course are alike, whatever is said or played; copies in another codec, rate or loudness are found again, words and meanings are not.',
};

/** Image and sound descriptors: no weights, no download, the same numbers on every machine. */
export const DESCRIPTORS: readonly MediaDescriptor[] = [
  { model: IMAGE, form: { as: 'picture-descriptor' } },
  { model: AUDIO, form: { as: 'sound-descriptor' } },
];
