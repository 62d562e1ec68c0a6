import { describe, expect, it } from 'vitest';

import { withApp } from '../../support/app.js';
import { gate } from '../../support/gate.js';
import { violations } from '../../support/invariants.js';

describe('a server that is stopped in the midst of an ingestion', () => {
  const test = withApp();

  it('hands the work back, and the next one ends it under the same attempt', async () => {
    const viewer = test.viewer();
    const held = gate();
    const { embedder } = test.app.deps;
    test.app.deps.embedder = {
      models: () => embedder.models(),
      // As the real one does: it ends when it is told to.
      embedTexts: async (_model, _texts, options) => {
        options?.signal?.addEventListener('abort', () => held.open(new Error('told to end')));
        await held.pass();
        throw new Error('nobody told it to end');
      },
      embedMedia: (...args) => embedder.embedMedia(...args),
      embedMediaForAll: (...args) => embedder.embedMediaForAll(...args),
      splitPassages: (...args) => embedder.splitPassages(...args),
      close: () => Promise.resolve(),
    };
    const { object, ingestion } = await test.ingestText(viewer, 'Begun by one process and ended by the next.');
    await held.reached;
    await test.restart();
    expect(await test.ended(viewer, ingestion.id)).toMatchObject({ status: 'SUCCEEDED', attempts: 1, error: null });
    expect((await test.app.services.objects.byIds(viewer, [object.id]))[0]!.status).toBe('READY');
    expect(await violations(test.app)).toEqual([]);
  });
});
