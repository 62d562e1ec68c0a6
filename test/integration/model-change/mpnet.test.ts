import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { isStrataError } from '../../../src/domain/errors.js';
import { withApp } from '../../support/app.js';
import { violations } from '../../support/invariants.js';
import { operator, untilPhase } from '../../support/model-changes.js';
import { FIRST } from '../../support/second-model.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });
const SHARED = resolve('../shared/models');
const MPNET = 'all-mpnet-base-v2';
const CLIP = { name: 'clip-vit-base-patch32', path: join(SHARED, 'clip-tiny-random') };
const WAV2VEC2 = { name: 'wav2vec2-base', path: join(SHARED, 'wav2vec2-tiny-random') };

const SUBJECTS = ['the tides of the northern harbour', 'a treaty between two river towns', 'the wings of a gliding lizard', 'bread that rises overnight', 'the orbit of a small moon'];
const SAYINGS = ['is described here at some length', 'was argued about for years', 'has been measured by hand', 'is told to children', 'was never written down before'];

describe.skipIf(![MPNET, 'clip-tiny-random', 'wav2vec2-tiny-random'].every((name) => existsSync(join(SHARED, name))))('from all-MiniLM-L6-v2 to all-mpnet-base-v2, beside models of pictures and sounds (needs ../shared/models)', () => {
  const home = withApp();
  beforeAll(async () => {
    const embedding = { descriptors: false, models: [{ name: MPNET, path: join(SHARED, MPNET) }, CLIP, WAV2VEC2] };
    await writeFile(join(home.dataDir, 'data_layer.yaml'), JSON.stringify({ embedding }));
    await home.restart();
  });
  const changes = () => home.app.services.modelChanges;
  const ask = async (model?: string) =>
    (await home.app.services.search.search(operator, { query: 'when does the sea rise and fall', mode: 'VECTOR', fusion: 'RELATIVE_SCORE', model, filter: { types: ['TEXT'] } }, { first: 5 })).hits;

  /** Every vector of pictures and sounds, by its id. */
  const ofMedia = () => home.app.engine.sql.query('SELECT id, model_name, dimensions, metadata FROM embeddings WHERE model_name = ANY($1) ORDER BY id', [[CLIP.name, WAV2VEC2.name]]);
  const counts = async () => Object.fromEntries((await home.app.engine.sql.query<{ model: string; count: number }>('SELECT model_name AS model, count(*)::int AS count FROM embeddings GROUP BY 1')).map(({ model, count }) => [model, count]));
  const like = async (objectId: string) => {
    const { hits } = await home.app.services.search.search(operator, { objectId, mode: 'VECTOR', fusion: 'RELATIVE_SCORE' }, { first: 3 });
    return hits.map(({ object, explanation }) => [object.id, explanation.model, explanation.vectorScore!.toFixed(4)]);
  };

  it('finds with vectors of twice the length, and refuses those of the other; pictures and sounds are found as before', async () => {
    const media: string[] = [];
    for (const sample of ['images/lighthouse-dusk.jpg', 'images/lighthouse-dawn.jpg', 'audio/birdsong-wren.wav', 'audio/morse-call-sign.wav']) {
      const { object, ingestion } = await home.upload(operator, await readFile(join('samples', sample)), { filename: sample.split('/')[1]! });
      expect((await home.ended(operator, ingestion!.id)).status).toBe('SUCCEEDED');
      media.push(object.id);
    }
    const [picture, , sound] = media;
    const before = { vectors: await ofMedia(), likePicture: await like(picture!), likeSound: await like(sound!) };
    expect([before.likePicture[0]![1], before.likeSound[0]![1]]).toEqual([CLIP.name, WAV2VEC2.name]);
    const undisturbed = async () => expect({ vectors: await ofMedia(), likePicture: await like(picture!), likeSound: await like(sound!) }).toEqual(before);

    const texts = SUBJECTS.flatMap((subject) => SAYINGS.map((saying) => ({ text: `In this note ${subject} ${saying}. ${subject} again: ${saying}, as everybody knows.` })));
    const answers = await home.app.services.ingestions.ingestTexts(operator, texts);
    const ids = answers.map((answer) => {
      if (isStrataError(answer)) throw answer;
      return answer.ingestion.id;
    });
    for await (const _ of await home.app.services.events.ingestionProgress(operator, ids, new AbortController().signal));
    const estimate = await changes().estimate(operator, { to: MPNET }, new AbortController().signal);
    expect(estimate).toMatchObject({ from: FIRST, fromDimensions: 384, toDimensions: 768, cut: 0, total: { objects: 25, passages: 25, vectors: 25, bytes: 25 * 768 * 4 } });
    expect(estimate.remarks.join(' ')).toContain('768 numbers instead of 384');
    const begun = await changes().start(operator, { to: MPNET });
    const ready = await untilPhase(home.app, begun.id, 'READY');
    expect(ready.vectors).toBe(25);
    // From READY on both can be asked, each in its own space.
    const [old, fresh] = [await ask(FIRST), await ask(MPNET)];
    expect([old[0]!.explanation.model, fresh[0]!.explanation.model]).toEqual([FIRST, MPNET]);
    await expect(home.app.services.search.search(operator, { vector: Array.from({ length: 768 }, () => 0.1), mode: 'VECTOR', fusion: 'RELATIVE_SCORE' }, { first: 5 })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await changes().cutOver(operator, begun.id, { acceptFailures: false });
    const hits = await ask();
    expect(hits.map(({ object, explanation }) => [object.id, explanation.model])).toEqual(fresh.map(({ object }) => [object.id, MPNET]));
    const text = await home.app.services.objects.texts(operator, [hits[0]!.object.id]);
    expect(text[0]).toContain('tides');
    await expect(home.app.services.search.search(operator, { vector: Array.from({ length: 384 }, () => 0.1), mode: 'VECTOR', fusion: 'RELATIVE_SCORE' }, { first: 5 })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await undisturbed();
    expect((await home.app.services.search.search(operator, { query: 'a lighthouse', mode: 'VECTOR', fusion: 'RELATIVE_SCORE' }, { first: 50 })).hits.map(({ object }) => object.id)).toContain(picture);

    // Back, and there once more: nothing is embedded for it, and what comes meanwhile is in both.
    expect(await changes().rollBack(operator, begun.id)).toMatchObject({ phase: 'ROLLED_BACK' });
    expect((await ask()).map(({ object, explanation }) => [object.id, explanation.model])).toEqual(old.map(({ object }) => [object.id, FIRST]));
    const { ingestion } = await home.ingestText(operator, 'At the spring tide the sea rises over the northern harbour wall.');
    await home.ended(operator, ingestion!.id);
    expect(await changes().cutOver(operator, begun.id, { acceptFailures: false })).toMatchObject({ phase: 'CUT_OVER' });
    const both = await counts();
    expect(both[FIRST]).toBe(both[MPNET]);
    await undisturbed();

    await changes().cleanUp(operator, begun.id);
    await untilPhase(home.app, begun.id, 'CLEANED');
    expect(await counts()).toEqual({ [MPNET]: both[MPNET], [CLIP.name]: both[CLIP.name], [WAV2VEC2.name]: both[WAV2VEC2.name] });
    await undisturbed();
    expect(await violations(home.app)).toEqual([]);
    await expect(ask(FIRST)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
