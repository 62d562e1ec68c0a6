import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MediaEmbedder } from '../../../src/adapters/models/media.embedder.js';
import { ModelWorkers } from '../../../src/adapters/models/model-workers.js';
import type { StrataError } from '../../../src/domain/errors.js';
import type { MediaTensors } from '../../../src/ports/media-tensors.port.js';
import { mediaModel } from '../../support/media-model.js';
import { tinyClip, tinyWav2Vec2, writeModel } from '../../support/tiny-media-models.js';

let root: string;
let workers: ModelWorkers;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'strata-models-'));
  workers = new ModelWorkers(1);
});
afterEach(async () => {
  await workers.close();
  rmSync(root, { recursive: true, force: true });
});

/** Hands over three tensors of this many values, whatever the source. */
const tensorsOf = (values: number): MediaTensors => ({
  prepare: async (_, [form], onTensor) => {
    if (form !== undefined) for (const startSeconds of [0, 1, 2]) onTensor({ form: 0, values: Float32Array.from({ length: values }, (__, at) => Math.sin(at + startSeconds)), startSeconds });
  },
});
const PICTURE = { path: 'a picture', type: 'IMAGE' as const, mimeType: 'image/png' };
const SOUND = { path: 'a sound', type: 'AUDIO' as const, mimeType: 'audio/wav' };

async function embedderOf(name: string, files: Record<string, Buffer>, values: number): Promise<MediaEmbedder> {
  return new MediaEmbedder([await mediaModel(name, writeModel(join(root, name), files))], workers, tensorsOf(values));
}
const PIXELS = 3 * 8 * 8;
const SAMPLES = 2_000;
const fault = (made: Promise<unknown>) => made.then(() => 'it did', ({ code, message }: StrataError) => [code, message]);
const refused = (name: string, found: number, says: number) => ['NOT_CONFIGURED', `The model "${name}" answered vectors of ${found} dimensions where its files say ${says}. Nothing of it was kept; its weights are damaged, or are not what the name says.`];

describe('vectors of another length than the model’s files say, where the graph leaves it open', () => {
  it.each(['query', 'ingest'] as const)('are the model’s fault, for whatever was asked as %s', async (priority) => {
    const pictures = await embedderOf('pictures', tinyClip({ dimensions: 6, towers: [4, 6] }), PIXELS);
    expect(await fault(pictures.embedMedia('pictures', PICTURE, { priority }))).toEqual(refused('pictures', 4, 6));
    expect((await pictures.embedTexts('pictures', ['a heron'], { priority }))[0]).toHaveLength(6);
    const words = await embedderOf('words', tinyClip({ dimensions: 6, towers: [6, 12] }), PIXELS);
    expect(await fault(words.embedTexts('words', ['a heron', 'an owl'], { priority }))).toEqual(refused('words', 12, 6));
    expect((await words.embedMedia('words', PICTURE, { priority })).map(({ vector }) => vector.length)).toEqual([6, 6, 6]);
    const sounds = await embedderOf('sounds', tinyWav2Vec2({ dimensions: 3, says: 6 }), SAMPLES);
    expect(await fault(sounds.embedMedia('sounds', SOUND, { priority }))).toEqual(refused('sounds', 3, 6));
  });

  it('are taken where they are of the length that was announced', async () => {
    const sounds = await embedderOf('sounds', tinyWav2Vec2({ dimensions: 3 }), SAMPLES);
    expect((await sounds.embedMedia('sounds', SOUND)).map(({ vector }) => vector.length)).toEqual([3, 3, 3]);
  });
});
