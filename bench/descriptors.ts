/**
 * Prints how often copies of pictures and sounds find their originals through the descriptors:
 * `node --import ./src/adapters/worker-typescript.ts bench/descriptors.ts`, from the repository's root.
 * Further folders of pictures may follow. Copies in other codecs need ffmpeg; the shared fixtures are taken along where they are.
 */
import { existsSync } from 'node:fs';
import { MediaPool } from '../src/adapters/media/media-pool.js';
import { descriptorModels, openMediaEmbedder } from '../test/support/media-model.js';
import { listImages, listSounds, measureImages, measureSounds, type HitRate } from './descriptor-hits.js';

const present = (folders: readonly string[]) => folders.filter((folder) => existsSync(folder));

const embedder = openMediaEmbedder(descriptorModels, new MediaPool());
try {
  const folders = present(['samples/images', '../shared/fixtures/photos', ...process.argv.slice(2)]);
  const images = (await Promise.all(folders.map(listImages))).flat();
  show(`${images.length} pictures`, await measureImages(embedder, images));
  const sounds = (await Promise.all(present(['samples/audio', '../shared/fixtures/media']).map(listSounds))).flat();
  show(`${sounds.length} sounds`, await measureSounds(embedder, sounds));
} finally {
  await embedder.close();
}

function show(title: string, rates: readonly HitRate[]): void {
  console.log(`\n${title.padEnd(32)}  own original first   smallest lead   missed`);
  for (const { variant, hits, of, margin, missed } of rates) {
    console.log(`  ${variant.padEnd(30)}  ${`${hits}/${of}`.padStart(18)}   ${margin.toFixed(3).padStart(13)}   ${missed.join(', ')}`);
  }
}
