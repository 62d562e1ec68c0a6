import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasFfmpeg } from '../../../bench/descriptor-hits.js';
import { withApi, type ApiClient } from '../../support/api.js';

const api = withApi({ tenants: 5 });
const MEDIA = resolve('../shared/fixtures/media');
const SAMPLES = resolve('samples');
const hasChromaprint = () => hasFfmpeg() && execFileSync('ffmpeg', ['-hide_banner', '-muxers'], { encoding: 'utf8', stdio: 'pipe' }).includes('chromaprint');

const GROUPS = 'query($tier: [DuplicateTier!]) { duplicateGroups(tier: $tier) { nodes { tier similarity objects { filename } } } }';
interface Group {
  tier: string;
  similarity: number;
  objects: { filename: string }[];
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-copies-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A copy, made with these options of ffmpeg's. */
function copied(path: string, name: string, ...options: string[]): string {
  const copy = join(folder, name);
  execFileSync('ffmpeg', ['-v', 'error', '-i', path, ...options, copy]);
  return copy;
}

async function groupsOf(client: ApiClient, paths: readonly string[], tier: string[]): Promise<Group[]> {
  for (const path of paths) await client.upload(await readFile(path), { filename: path.split('/').at(-1)! });
  await vi.waitFor(async () => expect(await api.serving.app.engine.sql.query('SELECT object_id FROM comparisons_due')).toEqual([]), { timeout: 60_000, interval: 50 });
  return (await client.ask(GROUPS, { tier })).duplicateGroups.nodes;
}
const names = (groups: readonly Group[]) => groups.map(({ tier, objects }) => [tier, ...objects.map(({ filename }) => filename)]);

describe.skipIf(!hasFfmpeg())('films (need ffmpeg)', () => {
  it('are near where they look alike, whatever their codec, size, rate and quality', async () => {
    const film = join(SAMPLES, 'video/launch-crossing-the-bay.mp4');
    const copies = [
      copied(film, 'small.webm', '-vf', 'scale=160:-2', '-c:v', 'libvpx', '-b:v', '150k', '-an'),
      copied(film, 'poor.mp4', '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '36'),
      copied(film, 'other-rate.mkv', '-r', '12', '-c:v', 'mpeg4', '-q:v', '8'),
    ];
    const others = ['tide-rising-on-the-flats.webm', 'rain-on-the-slip.webm', 'beam-turning-at-night.mp4'].map((name) => join(SAMPLES, 'video', name));
    const found = await groupsOf(api.tenant().admin, [film, ...copies, ...others], ['DECODED', 'PERCEPTUAL']);
    expect(names(found)).toEqual([['PERCEPTUAL', 'launch-crossing-the-bay.mp4', 'small.webm', 'poor.mp4', 'other-rate.mkv']]);
    expect(found[0]!.similarity).toBeGreaterThan(1 - 7.01 / 64);
  }, 180_000);
});

describe.skipIf(!hasChromaprint())('sounds (need an ffmpeg with Chromaprint)', () => {
  it('of the same samples are one thing, and of the same recording another, in whatever encoding', async () => {
    const sound = join(SAMPLES, 'audio/birdsong-curlew.flac');
    const exact = [copied(sound, 'curlew.wav'), copied(sound, 'curlew.aiff')];
    const lossy = [copied(sound, 'curlew.mp3', '-b:a', '48k'), copied(sound, 'curlew.ogg', '-c:a', 'libvorbis', '-ar', '22050'), copied(sound, 'curlew.m4a', '-af', 'volume=0.4')];
    const others = ['birdsong-wren.wav', 'birdsong-skylark.ogg', 'surf-slow-swell.flac', 'spoken-tide-notice.mp3', 'wind-in-the-gallery-rail.ogg'].map((name) => join(SAMPLES, 'audio', name));
    const found = await groupsOf(api.tenant().admin, [sound, ...exact, ...lossy, ...others], ['DECODED', 'PERCEPTUAL']);
    expect(names(found)).toEqual([
      ['DECODED', 'birdsong-curlew.flac', 'curlew.wav', 'curlew.aiff'],
      ['PERCEPTUAL', 'birdsong-curlew.flac', 'curlew.wav', 'curlew.aiff', 'curlew.mp3', 'curlew.ogg', 'curlew.m4a'],
    ]);
    expect(found[1]!.similarity).toBeGreaterThan(0.85);
  }, 180_000);

  it('of the same samples are one thing at 8, 16 and 24 bits, at full scale too, and beside one that differs in a sample', async () => {
    const paths = ['u8', 's16', 's24'].flatMap((bits) => {
      const full = copied(join(SAMPLES, 'audio/bell-fog-tower.wav'), `${bits}.wav`, '-af', 'volume=40dB', '-t', '3', '-c:a', bits === 'u8' ? 'pcm_u8' : `pcm_${bits}le`);
      if (bits === 'u8') return [full];
      return [full, copied(full, `${bits}.flac`), copied(full, `${bits}.aiff`, '-c:a', `pcm_${bits}be`)];
    });
    const wave = await readFile(paths[1]!);
    wave.writeInt16LE(wave.readInt16LE(wave.length - 400) ^ 1, wave.length - 400);
    await writeFile(join(folder, 'one-sample.wav'), wave);
    const found = await groupsOf(api.tenant().admin, [...paths, join(folder, 'one-sample.wav')], ['DECODED']);
    expect(names(found)).toEqual([['DECODED', 's16.wav', 's16.flac', 's16.aiff'], ['DECODED', 's24.wav', 's24.flac', 's24.aiff']]);
  }, 120_000);

  it('that lack a beginning or an end are near, and a part is not', async () => {
    const speech = join(SAMPLES, 'audio/spoken-tide-notice.mp3');
    const near = [copied(speech, 'later.mp3', '-ss', '0.9', '-b:a', '64k'), copied(speech, 'shorter.ogg', '-t', '9', '-c:a', 'libvorbis')];
    const part = copied(speech, 'part.wav', '-t', '5');
    expect(names(await groupsOf(api.tenant().admin, [speech, ...near, part], ['PERCEPTUAL']))).toEqual([['PERCEPTUAL', 'spoken-tide-notice.mp3', 'later.mp3', 'shorter.ogg']]);
  }, 120_000);

  it.skipIf(!existsSync(MEDIA))('of ../shared/fixtures are near where they say the same', async () => {
    const paths = ['speech.wav', 'speech.flac', 'speech.mp3', 'speech.m4a', 'speech.ogg', 'noise.wav', 'tone.wav'].map((name) => join(MEDIA, name));
    expect(names(await groupsOf(api.tenant().admin, paths, ['DECODED', 'PERCEPTUAL']))).toEqual([
      ['DECODED', 'speech.wav', 'speech.flac'],
      ['PERCEPTUAL', 'speech.wav', 'speech.flac', 'speech.mp3', 'speech.m4a', 'speech.ogg'],
    ]);
  }, 120_000);
});
