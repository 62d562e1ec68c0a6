import { describe, expect, it, vi } from 'vitest';
import type { SearchRequest } from '../../../src/domain/operations.js';
import { withApp } from '../../support/app.js';
import { violations } from '../../support/invariants.js';
import { operator, untilPhase } from '../../support/model-changes.js';
import { FIRST, SECOND, withSecondModels } from '../../support/second-model.js';

vi.setConfig({ testTimeout: 120_000 });

describe('a change of the text model', () => {
  const home = withApp({ openEmbedder: withSecondModels() });
  const changes = () => home.app.services.modelChanges;
  const ask = (request: Partial<SearchRequest> = {}) =>
    home.app.services.search.search(operator, { query: 'a bridge over the river', mode: 'VECTOR', fusion: 'RELATIVE_SCORE', ...request }, { first: 10 });
  const spaces = async () => [...new Set((await ask()).hits.map(({ explanation }) => explanation.model))];

  const take = async (text: string) => {
    const { object, ingestion } = await home.ingestText(operator, text);
    await home.ended(operator, ingestion.id);
    return object.id;
  };
  const counts = async () =>
    Object.fromEntries(
      (await home.app.engine.sql.query<{ model_name: string; count: string }>('SELECT model_name, count(*) AS count FROM embeddings GROUP BY 1')).map((row) => [row.model_name, Number(row.count)]),
    );

  it('goes from the estimate to the clean-up, and searches ask one space at every moment', async () => {
    const bridge = await take('The old stone bridge crosses the river below the mill.');
    const bread = await take('Bread is baked from flour, water, salt and time.');
    expect(await spaces()).toEqual([FIRST]);

    const estimate = await changes().estimate(operator, { to: SECOND }, new AbortController().signal);
    expect(estimate).toMatchObject({ from: FIRST, to: SECOND, toDimensions: 384, total: { objects: 2, passages: 2, vectors: 2, bytes: 2 * 384 * 4 }, sampled: 2, cut: 0 });
    expect(estimate.total.seconds).toBeGreaterThan(0);
    expect(await counts()).toEqual({ [FIRST]: 2 });

    const begun = await changes().start(operator, { to: SECOND });
    expect(begun).toMatchObject({ phase: 'BACKFILLING', total: 2 });
    expect((await changes().start(operator, { to: SECOND })).id).toBe(begun.id);
    const ready = await untilPhase(home.app, begun.id, 'READY');
    expect(ready).toMatchObject({ done: 2, vectors: 2, failed: 0, problem: null });
    expect(await counts()).toEqual({ [FIRST]: 2, [SECOND]: 2 });
    expect(await spaces()).toEqual([FIRST]);
    const before = (await ask()).hits;

    const meanwhile = await take('A rope bridge hangs over the gorge and the river in it.');
    expect(await counts()).toEqual({ [FIRST]: 3, [SECOND]: 3 });
    await expect(changes().cleanUp(operator, begun.id)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(changes().rollBack(operator, begun.id)).rejects.toMatchObject({ code: 'CONFLICT' });

    expect(await changes().cutOver(operator, begun.id, { acceptFailures: false })).toMatchObject({ phase: 'CUT_OVER' });
    expect(await changes().cutOver(operator, begun.id, { acceptFailures: false })).toMatchObject({ phase: 'CUT_OVER' });
    expect(await spaces()).toEqual([SECOND]);
    const after = (await ask()).hits;
    expect(after.map(({ object }) => object.id).filter((id) => id !== meanwhile)).toEqual(before.map(({ object }) => object.id));
    expect(after.find(({ object }) => object.id === bridge)!.explanation.vectorScore).toBeCloseTo(before.find(({ object }) => object.id === bridge)!.explanation.vectorScore!, 4);
    await expect(changes().abort(operator, begun.id)).rejects.toMatchObject({ code: 'CONFLICT' });

    expect(await changes().rollBack(operator, begun.id)).toMatchObject({ phase: 'ROLLED_BACK' });
    expect(await spaces()).toEqual([FIRST]);
    expect((await ask()).hits.length).toBe(3);
    await changes().cutOver(operator, begun.id, { acceptFailures: false });
    const late = await take('Nobody bakes bread on a bridge.');
    expect(await counts()).toEqual({ [FIRST]: 4, [SECOND]: 4 });

    await changes().cleanUp(operator, begun.id);
    expect(await untilPhase(home.app, begun.id, 'CLEANED')).toMatchObject({ phase: 'CLEANED' });
    expect(await changes().cleanUp(operator, begun.id)).toMatchObject({ phase: 'CLEANED' });
    expect(await counts()).toEqual({ [SECOND]: 4 });
    await expect(changes().rollBack(operator, begun.id)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('taken out by the clean-up') as string });
    await expect(ask({ model: FIRST })).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('were taken out') as string });
    const last = await take('A last sentence about a bridge.');
    expect(await counts()).toEqual({ [SECOND]: 5 });
    expect(new Set((await ask()).hits.map(({ object }) => object.id))).toEqual(new Set([bridge, bread, meanwhile, late, last]));
    expect(await violations(home.app)).toEqual([]);

    await home.restart();
    expect(await spaces()).toEqual([SECOND]);
    expect(await violations(home.app)).toEqual([]);
  });
});
