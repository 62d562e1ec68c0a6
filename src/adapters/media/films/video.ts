import type { JsonObject } from '../../../domain/model.js';
import { transcriptOf } from '../../../domain/transcripts.js';
import type { Extraction } from '../../../ports/media.port.js';
import { damaged, reason, type ExtractContext } from '../extract-context.js';
import { extractAudio } from '../sounds/audio.js';
import { normaliseText } from '../text-decoding.js';
import { readAvi } from './avi.js';
import { grabFrame, readSubtitles } from './ffmpeg.js';
import { readFilm, type FilmFacts } from './film-facts.js';
import { cuesOfWebVtt } from './subtitles.js';

export async function extractVideo(context: ExtractContext): Promise<Extraction> {
  const { path, mimeType, ffmpeg, report } = context;
  const film = await readFacts(path, mimeType);
  if (film === null) {
    const sound = await extractAudio({ ...context, mimeType: soundType(mimeType) });
    return { ...sound, warnings: ['The file is a film by its container but holds sound only.', ...sound.warnings] };
  }
  report(0.5);
  const warnings: string[] = [];
  if (ffmpeg === null) warnings.push('Its frames and its sound were not looked at, since ffmpeg was not found.');
  else await checkDecodable(ffmpeg, path);
  const spoken = ffmpeg === null ? NO_WORDS : await subtitlesOf(context, ffmpeg, warnings);
  return { ...spoken, pages: [], facts: { video: rounded(film) }, warnings };
}

/** Of a film's container with sound only, as what it is heard. */
export const soundType = (mimeType: string) => (mimeType === 'video/quicktime' ? 'audio/mp4' : mimeType.replace('video/', 'audio/'));

/** @returns null for a container with sound only */
export async function readFacts(path: string, mimeType: string): Promise<FilmFacts | null> {
  try {
    const film = mimeType === 'video/x-msvideo' ? await readAvi(path) : await readFilm(path);
    if (film === null && mimeType === 'video/x-msvideo') throw new Error('its header is incomplete');
    return film;
  } catch (error) {
    throw damaged(`The film cannot be read: ${reason(error)}.`, error);
  }
}

const NO_WORDS = { text: null, blocks: [] };

/** What a film says in its own subtitles, with its times. */
async function subtitlesOf({ path, limits }: ExtractContext, ffmpeg: string, warnings: string[]): Promise<Pick<Extraction, 'text' | 'blocks'>> {
  const source = await readSubtitles(ffmpeg, path, limits.textCharacters).catch(() => {
    warnings.push('Its subtitles cannot be read; the film is kept without them.');
    return null;
  });
  if (source === null) return NO_WORDS;
  const { text, blocks } = transcriptOf(cuesOfWebVtt(normaliseText(source)));
  return text === '' ? NO_WORDS : { text, blocks };
}

async function checkDecodable(ffmpeg: string, path: string): Promise<void> {
  const frame = await grabFrame(ffmpeg, path, 0).catch((error: unknown) => {
    throw damaged('The film cannot be decoded.', error);
  });
  if (frame === null) throw damaged('The film holds no frame that can be decoded.');
}

function rounded({ durationSeconds, frameRate, ...film }: FilmFacts): JsonObject {
  const round = (value: number) => Math.round(value * 1000) / 1000;
  return { durationSeconds: round(durationSeconds), ...(frameRate === undefined ? {} : { frameRate: round(frameRate) }), ...film };
}
