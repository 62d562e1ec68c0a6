import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { isStrataError } from '../../../src/domain/errors.js';
import type { AnnotationType, Json } from '../../../src/domain/model.js';
import { withApp } from '../../support/app.js';
import { unlike } from '../../support/both-models.js';
import { gate } from '../../support/gate.js';
import { captionsIndexed, violations } from '../../support/invariants.js';
import { operator, untilPhase } from '../../support/model-changes.js';
import { FIRST, SECOND, withSecondModels } from '../../support/second-model.js';

vi.setConfig({ testTimeout: 120_000 });

const CAPTION = 'A heron stands beside the weir.';
const SEGMENTS = [{ start: 12.5, end: 15, text: 'The lighthouse keeper tells of storms.' }];

/** What people say of an object is found while its own content is on its way, or cannot be read; so it goes along. */
describe('captions and transcripts of objects that are not READY', () => {
  const home = withApp({ openEmbedder: withSecondModels() });
  const changes = () => home.app.services.modelChanges;
  const annotate = async (objectId: string, type: AnnotationType, content: Json) => {
    const [answer] = await home.app.services.annotations.create(operator, [{ objectId, type, content }]);
    if (isStrataError(answer)) throw answer;
  };
  const of = async (model: string) => {
    const rows = await home.app.engine.sql.query<{ passage_id: string; metadata: Record<string, unknown> }>('SELECT passage_id, metadata FROM embeddings WHERE model_name = $1 ORDER BY passage_id', [model]);
    return rows.map(({ passage_id: passageId, metadata: { revision: _, ...details } }) => ({ passageId, details }));
  };
  const found = async (query: string) =>
    (await home.app.services.search.search(operator, { query, mode: 'VECTOR', fusion: 'RELATIVE_SCORE' }, { first: 5 })).hits.map(({ object, explanation }) => [object.id, explanation.model]);

  it('get vectors of the new model as well, and are found by it', async () => {
    const broken = await home.upload(operator, (await readFile(resolve('samples/images/lighthouse-dusk.jpg'))).subarray(0, 600), { filename: 'cut.jpg' });
    expect(await home.ended(operator, broken.ingestion.id)).toMatchObject({ status: 'FAILED' });
    const held = gate();
    const { media } = home.app.deps;
    const extract = media.extract.bind(media);
    media.extract = async (input) => {
      if (input.filename === 'held.txt') await held.pass();
      return extract(input);
    };
    const waiting = await home.upload(operator, Buffer.from('Its own words come later.'), { filename: 'held.txt' });
    await held.reached;
    await annotate(broken.object.id, 'CAPTION', { text: CAPTION });
    await annotate(waiting.object.id, 'TRANSCRIPTION', { segments: SEGMENTS });
    await captionsIndexed(home.app);
    const before = await of(FIRST);
    expect(before.map(({ details }) => details)).toEqual([{ annotationId: expect.any(String) as string }, { annotationId: expect.any(String) as string, startSeconds: 12.5 }]);

    // Beside the others its embeddings are no copies of theirs, and say the same all the same.
    const beside = await changes().start(operator, { to: SECOND, beside: true });
    expect(beside.total).toBe(2);
    await untilPhase(home.app, beside.id, 'READY');
    expect(await of(SECOND)).toEqual(before);
    await changes().abort(operator, beside.id);
    await untilPhase(home.app, beside.id, 'ABORTED');
    expect(await of(SECOND)).toEqual([]);

    expect((await changes().estimate(operator, { to: SECOND }, new AbortController().signal)).total).toMatchObject({ objects: 2, passages: 2, vectors: 2 });
    const { id } = await changes().start(operator, { to: SECOND });
    await untilPhase(home.app, id, 'READY');
    expect(await of(SECOND)).toEqual(before);
    await changes().cutOver(operator, id, { acceptFailures: false });
    expect((await found('a bird by the water'))[0]).toEqual([broken.object.id, SECOND]);
    expect((await found('who looks after the beacon'))[0]).toEqual([waiting.object.id, SECOND]);

    // What is said of one that is not READY from now on is written with both, as is a content that gets there late.
    await annotate(broken.object.id, 'CAPTION', { text: 'Nets are hung up to dry.' });
    await captionsIndexed(home.app);
    held.open();
    expect(await home.ended(operator, waiting.ingestion.id)).toMatchObject({ status: 'SUCCEEDED' });
    await vi.waitFor(async () => expect(await home.app.deps.database.modelChanges.notes(1)).toEqual([]), { timeout: 60_000, interval: 100 });
    expect(await unlike(home.app)).toEqual([]);
    expect((await of(SECOND)).length).toBe(4);
    await changes().cleanUp(operator, id);
    await untilPhase(home.app, id, 'CLEANED');
    expect(await of(FIRST)).toEqual([]);
    expect(await violations(home.app)).toEqual([]);
  });
});
