import type { DataType } from '../../../domain/model.js';
import type { MediaForm, MediaTensor } from '../../../ports/media-tensors.port.js';
import type { MediaLimits } from '../limits.js';
import { isOfSight, prepareFrames, preparePicture } from './pictures.js';
import { isOfHearing, prepareSound } from './sounds.js';

export interface PrepareSource {
  path: string;
  type: DataType;
  mimeType: string;
  fileSize: number;
  /** Frames of a film, and windows of a sound, at most. */
  moments?: number;
  limits: MediaLimits;
  ffmpeg: string | null;
}

/** One form of those asked for, and where its tensors go. */
export interface Wanted<Form extends MediaForm = MediaForm> {
  form: Form;
  give(values: Float32Array, startSeconds: number | null): void;
}

/** Of the time to look into a film or a sound, what there is where few moments of it are wanted: somebody waits. */
const FEW_MOMENTS_TIME = 0.25;

/** What is decoded serves all forms: a film's frames are decoded once, and so is its sound. */
export async function prepare(asked: PrepareSource, forms: readonly MediaForm[], give: (tensor: MediaTensor) => void): Promise<void> {
  const source = asked.moments === undefined ? asked : { ...asked, limits: { ...asked.limits, lookingMs: asked.limits.lookingMs * FEW_MOMENTS_TIME } };
  const wanted = forms.map((form, i): Wanted => ({ form, give: (values, startSeconds) => give({ form: i, values, startSeconds }) }));
  const [seen, heard] = [wanted.filter(isOfSight), wanted.filter(isOfHearing)];
  if (seen.length > 0) await (source.type === 'VIDEO' ? prepareFrames(source, seen) : preparePicture(source, seen));
  if (heard.length > 0) await prepareSound(source, heard);
}
