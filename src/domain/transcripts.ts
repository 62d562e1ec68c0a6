import type { Json, JsonObject } from './model.js';
import type { TextBlock } from './text-structure.js';

/** What is said from one second to another. */
export interface Cue {
  startSeconds: number;
  endSeconds: number;
  text: string;
}

/** A silence of so many seconds parts two scenes, and no passage goes across it. */
const LONG_PAUSE_SECONDS = 15;

/** Cues as a text, a line each, with a block for each that says when; in the order of time, without those that say nothing. */
export function transcriptOf(cues: readonly Cue[]): { text: string; blocks: TextBlock[] } {
  const lines: string[] = [];
  const blocks: TextBlock[] = [];
  let length = 0;
  for (const { startSeconds, endSeconds, text } of [...cues].sort((left, right) => left.startSeconds - right.startSeconds)) {
    const line = text.replace(/\s+/g, ' ').trim();
    if (line === '') continue;
    const start = length === 0 ? 0 : length + 1;
    lines.push(line);
    length = start + line.length;
    blocks.push({ kind: 'cue', start, end: length, startSeconds, endSeconds });
  }
  return { text: lines.join('\n'), blocks };
}

/**
 * The segments of a TRANSCRIPTION's content. Annotations that people make have that shape; one that was imported, or that an extension
 * wrote, may have another, and what is no segment says nothing.
 */
export function cuesOf(content: JsonObject): Cue[] {
  const segments = Array.isArray(content.segments) ? content.segments : [];
  return segments.filter(isSegment).map(({ start, end, text }) => ({ startSeconds: start, endSeconds: end, text }));
}

type Segment = { start: number; end: number; text: string };

const isSegment = (value: Json): value is Segment =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value.start === 'number' && typeof value.end === 'number' && typeof value.text === 'string';

/** Offsets at which something is said after a long silence. */
export function pauses(blocks: readonly TextBlock[]): number[] {
  const found: number[] = [];
  let silentSince: number | null = null;
  for (const block of blocks) {
    if (block.kind !== 'cue') continue;
    if (silentSince !== null && block.startSeconds - silentSince > LONG_PAUSE_SECONDS) found.push(block.start);
    silentSince = Math.max(silentSince ?? 0, block.endSeconds);
  }
  return found;
}

/** Tells, for offsets asked for in order, when what stands there is said; null in a text without times. */
export function timeTeller(blocks: readonly TextBlock[]): (offset: number) => number | null {
  const cues = blocks.filter((block) => block.kind === 'cue');
  let at = 0;
  return (offset) => {
    while (at + 1 < cues.length && cues[at + 1]!.start <= offset) at++;
    return cues[at]?.startSeconds ?? null;
  };
}
