import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isStrataError } from '../../../src/domain/errors.js';
import type { ModelChange } from '../../../src/domain/model-change.js';
import { ExtractionError } from '../../../src/ports/media.port.js';
import { sha256, withApp } from '../../support/app.js';
import { gate, type Gate } from '../../support/gate.js';
import { captionsIndexed, violations } from '../../support/invariants.js';
import { operator, untilPhase } from '../../support/model-changes.js';
import { FIRST, SECOND, withSecondModels, type SecondModels } from '../../support/second-model.js';

vi.setConfig({ testTimeout: 120_000 });


/** Each writer chose its models before the clean-up, or before the change itself, and has what it made written only behind it. */
describe('a write that is overtaken by the end of a change', () => {
  const held: SecondModels = {};
  /** Where the next import is held, before its rows are written. */
  let importing: Gate | null = null;
  const home = withApp({
    openEmbedder: withSecondModels(held),
    sagaCheckpoint: ({ kind, step, moment }) => (importing !== null && kind === 'import' && step === 'rows' && moment === 'before' ? importing.pass() : undefined),
  });
  const changes = () => home.app.services.modelChanges;
  afterEach(async () => {
    held.before = held.beforeFirst = undefined;
    await captionsIndexed(home.app);
    expect(await violations(home.app)).toEqual([]);
  });

  /** To the other model, and over: to the one that was not in use before. */
  const change = async (to: string, phase: 'READY' | 'CUT_OVER' | 'CLEANED'): Promise<ModelChange> => {
    const begun = await changes().start(operator, { to });
    await untilPhase(home.app, begun.id, 'READY');
    if (phase !== 'READY') await changes().cutOver(operator, begun.id, { acceptFailures: false });
    if (phase === 'CLEANED') await cleanUp(begun);
    return begun;
  };
  const cleanUp = async ({ id }: ModelChange) => {
    await changes().cleanUp(operator, id);
    await untilPhase(home.app, id, 'CLEANED');
  };
  const models = async () => (await home.app.engine.sql.query<{ model: string }>('SELECT DISTINCT model_name AS model FROM embeddings')).map(({ model }) => model);
  const find = async (query: string) => (await home.app.services.search.search(operator, { query, mode: 'VECTOR', fusion: 'RELATIVE_SCORE' }, { first: 1 })).hits[0]?.object.id;
  /** Holds the first batch that has such a text. */
  const holdAt = (which: 'before' | 'beforeFirst', word: string): Gate => {
    const there = gate();
    held[which] = async (texts) => {
      if (texts.some((text) => text.includes(word))) await there.pass();
    };
    return there;
  };

  it('leaves no vector of the old model behind the clean-up: an ingestion embeds anew', async () => {
    const { id } = await change(SECOND, 'CUT_OVER');
    const there = holdAt('before', 'walrus');
    const { object, ingestion } = await home.ingestText(operator, 'The walrus sleeps on the ice.');
    await there.reached;
    await cleanUp({ id } as ModelChange);
    there.open();
    expect(await home.ended(operator, ingestion.id)).toMatchObject({ status: 'SUCCEEDED', attempts: 2 });
    expect(await models()).toEqual([SECOND]);
    expect(await find('an animal of the north')).toBe(object.id);
  });

  it('leaves nothing without vectors of the new model: one that began before the change does, too', async () => {
    await change(FIRST, 'CLEANED');
    const there = holdAt('beforeFirst', 'badger');
    const { object, ingestion } = await home.ingestText(operator, 'The badger digs under the hedge.');
    await there.reached;
    await change(SECOND, 'CLEANED');
    there.open();
    expect(await home.ended(operator, ingestion.id)).toMatchObject({ status: 'SUCCEEDED', attempts: 2 });
    expect(await models()).toEqual([SECOND]);
    expect(await find('an animal in its burrow')).toBe(object.id);
  });

  it('holds for captions', async () => {
    const { object, ingestion } = await home.ingestText(operator, 'A page about nothing.');
    await home.ended(operator, ingestion.id);
    const { id } = await change(FIRST, 'CUT_OVER');
    const there = holdAt('before', 'pelican');
    const [caption] = await home.app.services.annotations.create(operator, [{ objectId: object.id, type: 'CAPTION', content: { text: 'A pelican with a fish.' } }]);
    expect(isStrataError(caption)).toBe(false);
    await there.reached;
    await cleanUp({ id } as ModelChange);
    there.open();
    await captionsIndexed(home.app);
    expect(await models()).toEqual([FIRST]);
    expect(await find('a bird that eats')).toBe(object.id);
  });

  it('holds for what an operator has tried again while somebody aborts', async () => {
    const { ingestion } = await home.ingestText(operator, 'Poison in the well.');
    await home.ended(operator, ingestion.id);
    held.before = (texts) => {
      if (texts.some((text) => text.includes('Poison'))) throw new ExtractionError('NO_CONTENT', 'The new model cannot read this.');
    };
    const begun = await change(SECOND, 'READY');
    const there = holdAt('before', 'Poison');
    expect(await changes().start(operator, { to: SECOND })).toMatchObject({ phase: 'READY', failed: 0 });
    await there.reached;
    await changes().abort(operator, begun.id);
    there.open();
    await untilPhase(home.app, begun.id, 'ABORTED');
    expect(await models()).toEqual([FIRST]);
  });

  it('holds for an import: what comes with vectors of the old model is processed anew', async () => {
    const { id } = await change(SECOND, 'CUT_OVER');
    const { object, ingestion } = await home.ingestText(operator, 'Otters hold hands in the river.');
    await home.ended(operator, ingestion.id);
    const { exports, imports } = home.app.moving;
    const { objects } = await exports.objects({ tenantId: 'default', filter: { contentHash: object.contentHash }, vectors: true }, null);
    // As from an installation of the same models, whose ids are its own.
    const words = 'Otters hold hands in the ocean.';
    const fresh = new Map<string, string>([[object.contentHash, sha256(words)]]);
    const replaced = (id: string) => fresh.get(id) ?? fresh.set(id, randomUUID()).get(id)!;
    const lines = JSON.parse(JSON.stringify(objects).replaceAll(/[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => replaced(id))) as typeof objects;
    expect(lines[0]!.embeddings).toHaveLength(2);
    await imports.stage('default', sha256(words), Readable.from([words]), new AbortController().signal);
    importing = gate();
    const imported = imports.objects('default', lines, exports.models());
    await importing.reached;
    await cleanUp({ id } as ModelChange);
    importing.open();
    expect(await imported).toMatchObject({ objects: 1, queued: 1 });
    const [open] = await home.app.engine.sql.query<{ id: string }>('SELECT id FROM ingestions WHERE object_id = $1', [fresh.get(object.id)]);
    expect(await home.ended(operator, open!.id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await models()).toEqual([SECOND]);
    expect(await find('otters in the salt water of the ocean')).toBe(fresh.get(object.id));
  });
});
