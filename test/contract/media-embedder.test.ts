import { MediaDescriptorEmbedder } from '../../src/adapters/media/media-descriptor.embedder.js';
import { MediaPool } from '../../src/adapters/media/media-pool.js';
import { embedderContract } from './embedder.contract.js';

const make = () => new MediaDescriptorEmbedder(new MediaPool({ processes: 1 }));

embedderContract('the image descriptor', {
  make,
  media: { model: 'image-descriptor', source: { path: 'samples/images/lighthouse-dusk.jpg', type: 'IMAGE', mimeType: 'image/jpeg' } },
});

embedderContract('the sound descriptor', {
  make,
  media: { model: 'audio-descriptor', source: { path: 'samples/audio/bell-buoy.mp3', type: 'AUDIO', mimeType: 'audio/mpeg' } },
});
