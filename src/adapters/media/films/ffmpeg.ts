import { execFile, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const runFile = promisify(execFile);

/** Seconds of processor time that one call may take; it holds even where the thread that started it is gone. */
const CPU_SECONDS = 120;

/**
 * The program's absolute path, if it is there and answers: a media process has no PATH to look it up on.
 * @param program a path, or a name that is looked for on PATH
 */
export async function findFfmpeg(program: string): Promise<string | null> {
  try {
    const { stdout } = await runFile('/bin/sh', ['-c', 'command -v -- "$1"', 'sh', program], { timeout: 10_000 });
    const path = resolve(stdout.trim());
    await runFile(path, ['-hide_banner', '-version'], { timeout: 10_000 });
    return path;
  } catch {
    // Not there, not executable, or something else under that name: films are then not looked into, and say so.
    return null;
  }
}

/** Whether it was built with Chromaprint, by which sounds are compared; not every build is. */
export async function hasChromaprint(ffmpeg: string): Promise<boolean> {
  const { stdout } = await runFile(ffmpeg, ['-hide_banner', '-muxers'], { timeout: 10_000 });
  return /^\s*E\s+chromaprint\b/m.test(stdout);
}

/** One frame at a moment, at most 256 pixels a side, as PNG; null where there is none, at the very end perhaps. */
export async function grabFrame(ffmpeg: string, path: string, seconds: number): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  const scale = "scale='min(256,iw)':'min(256,ih)':force_original_aspect_ratio=decrease";
  const output = ['-map', '0:v:0', '-frames:v', '1', '-vf', scale, '-c:v', 'png', '-f', 'image2pipe', 'pipe:1'];
  for await (const chunk of run(ffmpeg, ['-ss', seconds.toFixed(3), ...input(path), ...output])) parts.push(chunk);
  return parts.length === 0 ? null : Buffer.concat(parts);
}

/** Frames at a rate from the beginning on, `most` at most, scaled to a size, as red, green, blue. */
export async function* pipeFrames(ffmpeg: string, path: string, rate: number, most: number, { width, height }: { width: number; height: number }): AsyncGenerator<Uint8Array> {
  const filter = `fps=${rate.toFixed(6)}:round=up,scale=${width}:${height}:flags=area`;
  const output = ['-map', '0:v:0', '-vf', filter, '-frames:v', String(most), ...RAW_FRAMES];
  const size = width * height * 3;
  let frame = Buffer.alloc(size);
  let filled = 0;
  for await (const chunk of run(ffmpeg, [...input(path), ...output])) {
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.copy(frame, filled, at);
      at += taken;
      filled += taken;
      if (filled < size) continue;
      yield frame;
      frame = Buffer.alloc(size);
      filled = 0;
    }
  }
}

/** The last key frame before a moment and when it is shown; null where there is none. It costs as much wherever in the film it lies. */
export async function seekKeyFrame(
  ffmpeg: string,
  path: string,
  seconds: number,
  { width, height }: { width: number; height: number },
): Promise<{ data: Uint8Array; seconds: number } | null> {
  const parts: Buffer[] = [];
  let told = '';
  const seek = ['-noaccurate_seek', '-ss', seconds.toFixed(3), '-skip_frame', 'nokey'];
  const output = ['-map', '0:v:0', '-vf', `showinfo=checksum=0,scale=${width}:${height}:flags=area`, '-frames:v', '1', ...RAW_FRAMES];
  for await (const chunk of run(ffmpeg, [...seek, ...input(path), ...output], (text) => (told += text))) parts.push(chunk);
  const data = Buffer.concat(parts);
  // The filter tells the frame's time, counted from the moment sought: 0 or less.
  const offset = Number(/\bpts_time:\s*(-?[\d.]+)/.exec(told)?.[1] ?? 0);
  return data.length < width * height * 3 ? null : { data, seconds: seconds + offset };
}

const RAW_FRAMES = ['-pix_fmt', 'rgb24', '-f', 'rawvideo', 'pipe:1'] as const;

/**
 * The first track of subtitles as WebVTT, `most` bytes of it at most; null where there is none, or none of words: some are pictures.
 */
export async function readSubtitles(ffmpeg: string, path: string, most: number): Promise<string | null> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of run(ffmpeg, [...input(path), '-map', '0:s:0', '-c:s', 'webvtt', '-f', 'webvtt', 'pipe:1'])) {
      parts.push(chunk);
      size += chunk.length;
      if (size >= most) break;
    }
  } catch (error) {
    if (/matches no streams|Subtitle encoding currently only possible|no decoder found|Decoder .* not found/i.test(String(error))) return null;
    throw error;
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Mono sound at a rate, as 32-bit floats, a chunk at a time, from a moment on. */
export async function* pipeSound(ffmpeg: string, path: string, rate: number, maxSeconds: number, startSeconds = 0): AsyncGenerator<Float32Array> {
  const output = ['-map', '0:a:0', '-t', String(maxSeconds), '-ac', '1', '-ar', String(rate), '-f', 'f32le', 'pipe:1'];
  const seek = startSeconds > 0 ? ['-ss', startSeconds.toFixed(3)] : [];
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of run(ffmpeg, [...seek, ...input(path), ...output])) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 4);
    const samples = new Float32Array(whole / 4);
    for (let i = 0; i < samples.length; i++) samples[i] = bytes.readFloatLE(i * 4);
    rest = bytes.subarray(whole);
    if (samples.length > 0) yield samples;
  }
}

/** The rate that Chromaprint works at; it resamples whatever has another. */
const CHROMAPRINT_RATE = 11_025;

/** The items of a sound's Chromaprint, of so many seconds from the beginning; null where this ffmpeg was built without. */
export async function chromaprint(ffmpeg: string, path: string, maxSeconds: number): Promise<Uint32Array | null> {
  const parts: Buffer[] = [];
  const output = ['-map', '0:a:0', '-t', String(maxSeconds), '-ac', '1', '-ar', String(CHROMAPRINT_RATE), '-f', 'chromaprint', '-fp_format', 'raw', 'pipe:1'];
  try {
    for await (const chunk of run(ffmpeg, [...input(path), ...output])) parts.push(chunk);
  } catch (error) {
    if (/output format 'chromaprint'/i.test(String(error))) return null;
    throw error;
  }
  const bytes = Buffer.concat(parts);
  return Uint32Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => bytes.readUInt32LE(4 * i));
}

/** Nothing but the file itself is opened: a playlist in a film's clothes reaches neither the network nor other files. */
const input = (path: string): string[] => ['-protocol_whitelist', 'file', '-i', `file:${path}`];

/** @param onTold what ffmpeg says beside what it makes; left out, it says what goes wrong alone */
async function* run(ffmpeg: string, args: readonly string[], onTold?: (text: string) => void): AsyncGenerator<Buffer> {
  const common = ['-hide_banner', '-loglevel', onTold === undefined ? 'error' : 'info', '-nostdin', '-threads', '1', '-timelimit', String(CPU_SECONDS)];
  const child = spawn(ffmpeg, [...common, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000);
    onTold?.(text);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // Looked at below; until then a failed start must not count as unhandled.
  ended.catch(() => undefined);
  try {
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) yield chunk;
    const code = await ended;
    if (code !== 0) throw new Error(complaint.trim() || `ffmpeg ended with code ${code}`);
  } finally {
    if (child.exitCode === null) child.kill('SIGKILL');
  }
}
