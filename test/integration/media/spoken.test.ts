import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../../src/adapters/media/films/ffmpeg.js';
import { cuesOfWebVtt } from '../../../src/adapters/media/films/subtitles.js';
import { extractVideo } from '../../../src/adapters/media/films/video.js';
import { extractAudio } from '../../../src/adapters/media/sounds/audio.js';
import { DEFAULT_LIMITS } from '../../../src/adapters/media/limits.js';

const ffmpeg = await findFfmpeg('ffmpeg');
const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-spoken-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const context = async (path: string, mimeType: string) => ({ path, mimeType, filename: null, fileSize: (await stat(path)).size, limits: DEFAULT_LIMITS, ffmpeg, report: () => undefined });
const SUBTITLES = '1\n00:00:00,500 --> 00:00:02,000\n<i>Good evening.</i>\n\n2\n00:00:02,000 --> 00:00:03,500\nThe lighthouse & the\nkeeper.\n';

describe.skipIf(ffmpeg === null)('what a film or a sound brings of its words', () => {
  it('are the subtitles of a film, with their times', async () => {
    const [subtitles, film] = [join(folder, 'a.srt'), join(folder, 'a.mp4')];
    await writeFile(subtitles, SUBTITLES);
    const source = ['-f', 'lavfi', '-i', 'testsrc=size=64x64:rate=5:duration=4'];
    await run(ffmpeg!, ['-v', 'error', ...source, '-i', subtitles, '-c:v', 'libx264', '-c:s', 'mov_text', film]);
    const { text, blocks, warnings } = await extractVideo(await context(film, 'video/mp4'));
    expect({ text, warnings }).toEqual({ text: 'Good evening.\nThe lighthouse & the keeper.', warnings: [] });
    expect(blocks).toMatchObject([{ kind: 'cue', start: 0, startSeconds: 0.5, endSeconds: 2 }, { kind: 'cue', start: 14, startSeconds: 2 }]);

    const silent = join(folder, 'b.mp4');
    await run(ffmpeg!, ['-v', 'error', ...source, '-c:v', 'libx264', silent]);
    expect(await extractVideo(await context(silent, 'video/mp4'))).toMatchObject({ text: null, warnings: [] });
  });

  it('are the words in the tags of a sound, with their times where they have any', async () => {
    const song = join(folder, 'a.mp3');
    await run(ffmpeg!, ['-v', 'error', '-f', 'lavfi', '-i', 'sine=frequency=330:duration=3', '-id3v2_version', '0', '-write_id3v1', '0', song]);
    const sound = await readFile(song);
    const heard = async (frame: Buffer) => {
      const path = join(folder, 'tagged.mp3');
      await writeFile(path, Buffer.concat([id3(frame), sound]));
      return extractAudio(await context(path, 'audio/mpeg'));
    };
    expect(await heard(frame('USLT', Buffer.from('\0eng\0Row the boat ashore', 'latin1')))).toMatchObject({ text: 'Row the boat ashore', blocks: [] });
    const at = (milliseconds: number, words: string) => Buffer.concat([Buffer.from(`${words}\0`, 'latin1'), Buffer.from([0, 0, milliseconds >> 8, milliseconds & 255])]);
    const timed = await heard(frame('SYLT', Buffer.concat([Buffer.from('\0eng\u0002\u0001\0', 'latin1'), at(500, 'Row the boat'), at(2_000, 'ashore')])));
    expect(timed.text).toBe('Row the boat\nashore');
    expect(timed.blocks).toMatchObject([{ kind: 'cue', startSeconds: 0.5, endSeconds: 2 }, { kind: 'cue', startSeconds: 2 }]);
  });
});

/** ID3v2.3 */
function frame(name: string, body: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.length);
  return Buffer.concat([Buffer.from(name), size, Buffer.alloc(2), body]);
}
function id3(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from('ID3\u0003\0\0', 'latin1'), Buffer.from([0, 0, body.length >> 7, body.length & 127]), body]);
}

describe('cues of WebVTT', () => {
  it('have hours or not, and none of the marks', () => {
    const source = 'WEBVTT\n\nNOTE nothing\n\n01:02.250 --> 01:04.000 line:0\n<v Ann>Hello &amp; welcome</v>\n\nid\n10:00:01.000 --> 10:00:02.000\ntwo\nlines\n\n00:03.000 --> 00:04.000\n \n';
    expect(cuesOfWebVtt(source)).toEqual([
      { startSeconds: 62.25, endSeconds: 64, text: 'Hello & welcome' },
      { startSeconds: 36_001, endSeconds: 36_002, text: 'two lines' },
    ]);
  });
});
