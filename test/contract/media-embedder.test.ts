import { existsSync } from 'node:fs';
import { describe } from 'vitest';
import { mediaModel, openMediaEmbedder } from '../support/media-model.js';
import { embedderContract } from './embedder.contract.js';

const make = () => openMediaEmbedder();

embedderContract('the image descriptor', {
  make,
  media: { model: 'image-descriptor', source: { path: 'samples/images/lighthouse-dusk.jpg', type: 'IMAGE', mimeType: 'image/jpeg' } },
});

embedderContract('the sound descriptor', {
  make,
  media: { model: 'audio-descriptor', source: { path: 'samples/audio/bell-buoy.mp3', type: 'AUDIO', mimeType: 'audio/mpeg' } },
});

const MODELS = '../shared/models';

const models = existsSync(MODELS) ? await Promise.all(['clip-tiny-random', 'wav2vec2-tiny-random'].map((name) => mediaModel(name, `${MODELS}/${name}`))) : [];

const makeOnnx = () => openMediaEmbedder(models);

describe.skipIf(!existsSync(MODELS))('over ../shared/models', () => {
  embedderContract('CLIP', { make: makeOnnx, media: { model: 'clip-tiny-random', source: { path: 'samples/images/lighthouse-dusk.jpg', type: 'IMAGE', mimeType: 'image/jpeg' } } });
  embedderContract('wav2vec 2.0', { make: makeOnnx, media: { model: 'wav2vec2-tiny-random', source: { path: 'samples/audio/bell-buoy.mp3', type: 'AUDIO', mimeType: 'audio/mpeg' } } });
});
