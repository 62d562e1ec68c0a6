import exifr from 'exifr';
import type { JsonObject } from '../../../domain/model.js';
import { statedFact } from '../documents/text-file.js';

/**
 * Moment, camera and place out of EXIF. The moment is ISO 8601 as the camera's clock had it, with an offset only where the
 * camera wrote one. EXIF that cannot be read is as good as none: it is not what the picture shows.
 */
export async function readExif(exif: Buffer | null, path: string, format: string): Promise<JsonObject> {
  // A TIFF is its own EXIF block; the other formats' block comes with a six-byte name in front of it.
  if (exif === null && format !== 'tiff') return {};
  const source = exif === null ? path : exif.subarray(exif.subarray(0, 6).toString('latin1') === 'Exif\0\0' ? 6 : 0);
  const options = { tiff: true, exif: true, gps: true, xmp: false, icc: false, iptc: false, reviveValues: false };
  const tags = (await exifr.parse(source, options).catch(() => undefined)) as Record<string, unknown> | undefined;
  if (tags === undefined) return {};
  const facts: JsonObject = {};
  const takenAt = readMoment(tags.DateTimeOriginal ?? tags.CreateDate, tags.OffsetTimeOriginal ?? tags.OffsetTime);
  if (takenAt !== undefined) facts.takenAt = takenAt;
  const camera = Object.fromEntries(
    [['make', statedFact(tags.Make)], ['model', statedFact(tags.Model)]].filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  if (Object.keys(camera).length > 0) facts.camera = camera;
  const { latitude, longitude } = tags;
  if (typeof latitude === 'number' && typeof longitude === 'number' && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) {
    facts.location = { latitude, longitude };
  }
  return facts;
}

function readMoment(value: unknown, offset: unknown): string | undefined {
  const found = typeof value === 'string' ? /^(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d:\d\d:\d\d)/.exec(value) : null;
  if (found === null || found[1] === '0000') return undefined;
  const zone = typeof offset === 'string' && /^[+-]\d\d:\d\d$/.test(offset.trim()) ? offset.trim() : '';
  return `${found[1]}-${found[2]}-${found[3]}T${found[4]}${zone}`;
}
