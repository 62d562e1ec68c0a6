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

/** One frame at a moment, at most 256 pixels a side, as PNG; null where there is none, at the very end perhaps. */
export async function grabFrame(ffmpeg: string, path: string, seconds: number): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  const scale = "scale='min(256,iw)':'min(256,ih)':force_original_aspect_ratio=decrease";
  const output = ['-map', '0:v:0', '-frames:v', '1', '-vf', scale, '-c:v', 'png', '-f', 'image2pipe', 'pipe:1'];
  for await (const chunk of run(ffmpeg, ['-ss', seconds.toFixed(3), ...input(path), ...output])) parts.push(chunk);
  return parts.length === 0 ? null : Buffer.concat(parts);
}

/** Mono sound at a rate, as 32-bit floats, a chunk at a time. */
export async function* pipeSound(ffmpeg: string, path: string, rate: number, maxSeconds: number): AsyncGenerator<Float32Array> {
  const output = ['-map', '0:a:0', '-t', String(maxSeconds), '-ac', '1', '-ar', String(rate), '-f', 'f32le', 'pipe:1'];
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of run(ffmpeg, [...input(path), ...output])) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % 4);
    const samples = new Float32Array(whole / 4);
    for (let i = 0; i < samples.length; i++) samples[i] = bytes.readFloatLE(i * 4);
    rest = bytes.subarray(whole);
    if (samples.length > 0) yield samples;
  }
}

/** Nothing but the file itself is opened: a playlist in a film's clothes reaches neither the network nor other files. */
const input = (path: string): string[] => ['-protocol_whitelist', 'file', '-i', `file:${path}`];

async function* run(ffmpeg: string, args: readonly string[]): AsyncGenerator<Buffer> {
  const common = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-threads', '1', '-timelimit', String(CPU_SECONDS)];
  const child = spawn(ffmpeg, [...common, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(0, 2_000)));
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
