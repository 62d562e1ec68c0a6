import type { MediaForm } from '../../../ports/media-tensors.port.js';
import { describeImage } from '../descriptors/image-descriptor.js';
import { filmFrames } from '../films/film-frames.js';
import { readFacts } from '../films/video.js';
import { preparePixels } from '../images/clip-pixels.js';
import { decodeRgb, type Rgb } from '../images/decode-rgb.js';
import { openPicture } from '../images/picture.js';
import type { Pixels } from '../images/planes.js';
import type { PrepareSource, Wanted } from './prepare.js';

type SightForm = Extract<MediaForm, { as: 'pixels' | 'picture-descriptor' }>;

/** Of the model's side, pixels that a photograph's shorter side keeps at least: then what is lost by it cannot be told (cosine of the pixels 0.9999 and more). */
const KEPT = 2;

export const isOfSight = (wanted: Wanted): wanted is Wanted<SightForm> => wanted.form.as === 'pixels' || wanted.form.as === 'picture-descriptor';

/** A form each decodes it in its own way, as the reference of its model does and at the size that it needs. */
export async function preparePicture({ path, mimeType, fileSize, limits }: PrepareSource, wanted: readonly Wanted<SightForm>[]): Promise<void> {
  for (const { form, give } of wanted) {
    if (form.as === 'pixels') give(preparePixels(await decodeRgb(path, mimeType, fileSize, limits, KEPT * form.spec.side), form.spec), null);
    else give(describeImage((await openPicture(path, mimeType, fileSize, limits)).thumbnail), null);
  }
}

/** None without ffmpeg. */
export async function prepareFrames({ path, mimeType, moments, limits, ffmpeg }: PrepareSource, wanted: readonly Wanted<SightForm>[]): Promise<void> {
  const film = ffmpeg === null ? null : await readFacts(path, mimeType);
  if (ffmpeg === null || film === null) return;
  for (const frame of await filmFrames(ffmpeg, path, film, limits, moments)) {
    for (const { form, give } of wanted) give(form.as === 'pixels' ? preparePixels(frame, form.spec) : describeImage(opaque(frame)), frame.startSeconds);
  }
}

function opaque({ data, width, height }: Rgb): Pixels {
  const out = new Uint8Array(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) out[i * 4 + c] = data[i * 3 + c]!;
  return { data: out, width, height };
}
