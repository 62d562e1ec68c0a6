import type { JsonObject } from '../../../domain/model.js';
import type { Extraction } from '../../../ports/media.port.js';
import type { ExtractContext } from '../extract-context.js';
import { dominantColours } from './dominant-colours.js';
import { readExif } from './exif.js';
import { perceptualHash } from './perceptual-hash.js';
import { openPicture } from './picture.js';
import { oklabPlanes } from './planes.js';

export async function extractImage({ path, mimeType, fileSize, limits, report }: ExtractContext): Promise<Extraction> {
  const { width, height, format, hasAlpha, exif, thumbnail } = await openPicture(path, mimeType, fileSize, limits);
  report(0.8);
  const image: JsonObject = {
    width,
    height,
    format,
    hasAlpha,
    dominantColours: dominantColours(thumbnail).map((colour) => ({ ...colour })),
    perceptualHash: perceptualHash(oklabPlanes(thumbnail)[0]),
    ...(await readExif(exif, path, format)),
  };
  return { text: null, pages: [], facts: { image }, warnings: [] };
}
