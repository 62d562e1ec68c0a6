import type { Cue } from '../../../domain/transcripts.js';

const TIMING = /^((?:\d+:)?\d{2}:\d{2}\.\d{3}) --> ((?:\d+:)?\d{2}:\d{2}\.\d{3})/;
const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&nbsp;': ' ', '&lrm;': '', '&rlm;': '' };

/** The cues of WebVTT as ffmpeg writes it, without marks of voice and looks. */
export function cuesOfWebVtt(source: string): Cue[] {
  const cues: Cue[] = [];
  for (const block of source.split(/\n{2,}/)) {
    const lines = block.split('\n');
    const at = lines.findIndex((line) => TIMING.test(line));
    if (at < 0) continue;
    const [, start, end] = TIMING.exec(lines[at]!)!;
    const text = lines.slice(at + 1).join(' ').replace(/<[^>]*>/g, '').replace(/\{\\[^}]*\}/g, '').replace(/&[a-z]+;/g, (entity) => ENTITIES[entity] ?? entity);
    if (text.trim() !== '') cues.push({ startSeconds: secondsOf(start!), endSeconds: secondsOf(end!), text });
  }
  return cues;
}

const secondsOf = (time: string): number => Math.round(time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000) / 1000;
