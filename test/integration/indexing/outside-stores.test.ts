import { v7 as uuidv7 } from 'uuid';
import { afterEach, describe, expect, it } from 'vitest';
import { wrongSetting } from '../../../src/adapters/vectors/refusals.js';
import { dependencyUnavailable } from '../../../src/domain/errors.js';
import { LiveStore } from '../../../src/services/moving/move-targets.js';
import { withApp } from '../../support/app.js';
import { openOutside, outside } from '../../support/outside-stores.js';

const test = withApp({ openIndexes: openOutside });

const MODEL = 'all-MiniLM-L6-v2';
const SPACE = { model: MODEL, dimensions: 384 };
const pending = () => test.app.deps.database.indexChanges.count();

describe('indexes outside the database', () => {
  afterEach(() => {
    outside.isAway = false;
    outside.isAwayToAll = false;
    outside.beforeWrite = async () => undefined;
  });

  const find = async (viewer: ReturnType<typeof test.viewer>, query: string, mode: 'VECTOR' | 'KEYWORD' | 'HYBRID' = 'HYBRID') =>
    (await test.app.services.search.search(viewer, { query, mode, fusion: 'RELATIVE_SCORE' }, { first: 10 })).hits.map(({ object }) => object.id);

  it('hold what is READY, and nothing is left to be told', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'The heron stands in the reeds.', { place: 'pond' });
    expect(await test.ended(viewer, ingestion!.id)).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
    expect(await find(viewer, 'heron', 'KEYWORD')).toEqual([object.id]);
    expect(await find(viewer, 'a wading bird', 'VECTOR')).toEqual([object.id]);
    expect(await find(viewer, 'pond', 'KEYWORD')).toEqual([object.id]);
    expect(await test.app.deps.vectors.count(viewer.tenantId, SPACE)).toBe(1);
    expect(await pending()).toBe(0);
  });

  it('see a change of metadata with the next search, and nothing of the bin', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'A ledger of salt.', { place: 'harbour' });
    await test.ended(viewer, ingestion!.id);
    await test.app.services.objects.update(viewer, { id: object.id, metadata: { place: 'lighthouse' } });
    expect([await find(viewer, 'lighthouse', 'KEYWORD'), await find(viewer, 'harbour', 'KEYWORD')]).toEqual([[object.id], []]);
    await test.app.services.objects.delete(viewer, object.id);
    expect([await find(viewer, 'ledger', 'KEYWORD'), await find(viewer, 'ledger', 'VECTOR')]).toEqual([[], []]);
    await test.app.services.objects.undelete(viewer, object.id);
    expect(await find(viewer, 'ledger')).toEqual([object.id]);
  });

  it('hold an object whose fields change at every moment of being told', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'Told in turns.', { place: 'harbour' });
    await test.ended(viewer, ingestion!.id);
    const query = { tenantId: viewer.tenantId, terms: ['harbour'], limit: 5, filter: null, objectIds: null };
    const found: string[][] = [];
    const look = async () => void found.push((await test.app.deps.keywords.search(query)).hits.map(({ objectId }) => objectId));
    outside.beforeWrite = look;
    await test.app.services.objects.update(viewer, { id: object.id, metadata: { place: 'harbour', berth: 7, side: 'lee' } });
    await look();
    // Put, taken out, and told; what is behind the ingestion's end may tell of it a second time.
    expect(found.length).toBeGreaterThanOrEqual(3);
    for (const each of found) expect(each).toEqual([object.id]);
  });

  it('lose what is purged', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'Gone by tomorrow.');
    await test.ended(viewer, ingestion!.id);
    expect(await test.app.services.objects.purge(viewer, object.id)).toMatchObject({ embeddings: 1 });
    expect([await test.app.deps.vectors.count(viewer.tenantId, SPACE), await find(viewer, 'tomorrow', 'KEYWORD'), await pending()]).toEqual([0, [], 0]);
  });

  it('that are away let an update through; they are told once they answer', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'Written in good weather.');
    await test.ended(viewer, ingestion!.id);
    outside.isAway = true;
    await test.app.services.objects.update(viewer, { id: object.id, metadata: { note: 'gale' } });
    expect(await pending()).toBeGreaterThan(0);
    outside.isAway = false;
    await test.app.deps.indexSync!.flush(viewer.tenantId, [object.id]);
    expect([await find(viewer, 'gale', 'KEYWORD'), await pending()]).toEqual([[object.id], 0]);
  });

  it('are told of a model that is not configured any more, which keeps nothing else from them', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'Of an older kind.');
    await test.ended(viewer, ingestion!.id);
    const id = uuidv7();
    await test.app.deps.database.transaction((tx) =>
      tx.indexChanges.add(viewer.tenantId, [{ kind: 'VECTOR', operation: 'PUT', id, objectId: object.id, model: 'forgotten', passageId: null, vector: Float32Array.of(0, 1, 0) }]),
    );
    await test.app.deps.indexSync!.flush(viewer.tenantId, [object.id]);
    expect(await pending()).toBe(0);
  });

  it('that refuse what is one tenant\'s are told of the others\' changes', async () => {
    const [one, other] = [test.viewer(), test.viewer()];
    const { database, indexSync } = test.app.deps;
    const { object, ingestion: first } = await test.ingestText(one, 'Of a length that no such model has.');
    const { object: fine, ingestion: second } = await test.ingestText(other, 'Of a usual length.');
    await Promise.all([test.ended(one, first!.id), test.ended(other, second!.id)]);
    const id = uuidv7();
    await database.transaction((tx) =>
      tx.indexChanges.add(one.tenantId, [{ kind: 'VECTOR', operation: 'PUT', id, objectId: object.id, model: MODEL, passageId: null, vector: Float32Array.of(0, 1, 0) }]),
    );
    outside.isAway = true;
    await test.app.services.objects.update(other, { id: fine.id, metadata: { note: 'breeze' } });
    await test.app.engine.sql.query("UPDATE index_changes SET changed_at = now() - make_interval(mins => CASE WHEN tenant_id = $1 THEN 2 ELSE 1 END)", [one.tenantId]);
    await expect(indexSync!.recover()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
    outside.isAway = false;
    await indexSync!.recover();
    expect(await find(other, 'breeze', 'KEYWORD')).toEqual([fine.id]);
    await test.app.engine.sql.query('DELETE FROM index_changes WHERE id = $1::uuid', [id]);
  });

  it('that cannot do it for one tenant now are told of the others\' changes, and it is said at the end', async () => {
    const [one, other] = [test.viewer(), test.viewer()];
    const { object, ingestion: first } = await test.ingestText(one, 'Where a shard is asleep.');
    const { object: fine, ingestion: second } = await test.ingestText(other, 'Where all are awake.');
    await Promise.all([test.ended(one, first!.id), test.ended(other, second!.id)]);
    outside.isAway = true;
    await test.app.services.objects.update(one, { id: object.id, metadata: { note: 'calm' } });
    await test.app.services.objects.update(other, { id: fine.id, metadata: { note: 'squall' } });
    await test.app.engine.sql.query('UPDATE index_changes SET changed_at = now() - make_interval(mins => CASE WHEN tenant_id = $1 THEN 2 ELSE 1 END)', [one.tenantId]);
    outside.isAway = false;
    const asleep = dependencyUnavailable('vectors', new Error('tenant not active'));
    outside.beforeWrite = (tenantId) => (tenantId === one.tenantId ? Promise.reject(asleep) : Promise.resolve());
    await expect(test.app.deps.indexSync!.recover()).rejects.toBe(asleep);
    expect(await find(other, 'squall', 'KEYWORD')).toEqual([fine.id]);
    outside.beforeWrite = async () => undefined;
    await test.app.deps.indexSync!.recover();
    expect([await find(one, 'calm', 'KEYWORD'), await pending()]).toEqual([[object.id], 0]);
  });

  it('that are away as a whole are not asked tenant by tenant', async () => {
    const viewers = [test.viewer(), test.viewer()];
    for (const viewer of viewers) {
      const { object, ingestion } = await test.ingestText(viewer, 'Becalmed.');
      await test.ended(viewer, ingestion!.id);
      outside.isAway = true;
      await test.app.services.objects.update(viewer, { id: object.id, metadata: { note: 'doldrums' } });
      outside.isAway = false;
    }
    await test.app.engine.sql.query('UPDATE index_changes SET changed_at = now() - make_interval(mins => 1)');
    outside.isAway = true;
    outside.isAwayToAll = true;
    outside.tries = 0;
    await expect(test.app.deps.indexSync!.recover()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
    expect(outside.tries).toBe(1);
    [outside.isAway, outside.isAwayToAll] = [false, false];
    await test.app.deps.indexSync!.recover();
    expect(await pending()).toBe(0);
  });

  it('are told of a moved passage and of its vectors together', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'Moved as one.');
    await test.ended(viewer, ingestion!.id);
    const { database, vectors } = test.app.deps;
    const passages = (await database.reindexes.passagesAfter('00000000-0000-0000-0000-000000000000', 1_000)).filter(({ objectId }) => objectId === object.id);
    const [embedding] = await database.reindexes.embeddingsOfPassages(passages.map(({ id }) => id), null);
    const vector = (await vectors.fetch(viewer.tenantId, SPACE, [embedding!.id])).get(embedding!.id)!;
    const waiting: number[] = [];
    outside.beforeWrite = async () => void waiting.push(await pending());
    await new LiveStore(test.app.deps).put(viewer.tenantId, passages, [{ ...embedding!, vector }]);
    expect([waiting, await pending()]).toEqual([[2, 2], 0]);
  });

  it('that are away keep an ingestion from READY; each attempt tries them once, and the last ends as one that was never hindered', async () => {
    const viewer = test.viewer();
    outside.isAway = true;
    outside.tries = 0;
    const failed = Promise.withResolvers<void>();
    const { object, ingestion } = await test.ingestText(viewer, 'Through wind and rain.');
    const ending = new AbortController();
    const follow = (async () => {
      for await (const state of await test.app.services.events.ingestionProgress(viewer, [ingestion!.id], ending.signal)) {
        if (state.error !== null && state.error !== undefined) failed.resolve();
        if (state.status === 'SUCCEEDED') return state;
      }
      return null;
    })();
    await failed.promise;
    expect((await test.app.services.objects.byIds(viewer, [object.id]))[0]!.status).toBe('PROCESSING');
    expect(await find(viewer, 'rain', 'KEYWORD')).toEqual([]);
    outside.isAway = false;
    const ended = await follow;
    expect(ended).toMatchObject({ status: 'SUCCEEDED' });
    expect(outside.tries).toBe(ended!.attempts - 1);
    expect(await find(viewer, 'rain')).toEqual([object.id]);
    expect([await test.app.deps.vectors.count(viewer.tenantId, SPACE), await pending()]).toEqual([1, 0]);
  });

  it('that refuse until somebody changes something end an ingestion at once, in their words; a retry finds all as it should be', async () => {
    const viewer = test.viewer();
    const refusal = wrongSetting('Chroma', 'vector_database.chroma.api_key', 'Chroma refuses the key. Set another.');
    outside.beforeWrite = () => Promise.reject(refusal);
    const { object, ingestion } = await test.ingestText(viewer, 'Before a locked door.');
    expect(await test.ended(viewer, ingestion!.id)).toMatchObject({
      status: 'FAILED', stage: 'INDEX', attempts: 1, error: { code: 'INTERNAL', message: refusal.message, retryable: false },
    });
    expect(await find(viewer, 'door', 'KEYWORD')).toEqual([]);
    outside.beforeWrite = async () => undefined;
    await test.app.services.ingestions.retry(viewer, ingestion!.id);
    expect(await test.ended(viewer, ingestion!.id)).toMatchObject({ status: 'SUCCEEDED', attempts: 2 });
    expect([await find(viewer, 'door'), await test.app.deps.vectors.count(viewer.tenantId, SPACE), await pending()]).toEqual([[object.id], 1, 0]);
  });

  it('end as the rows say, however late one of two writers is', async () => {
    const viewer = test.viewer();
    const { object, ingestion } = await test.ingestText(viewer, 'Two writers, one entry.', { place: 'first' });
    await test.ended(viewer, ingestion!.id);
    const { database, indexSync } = test.app.deps;
    // The first has read what to put, and stalls before it does.
    const stalled = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    let first = true;
    outside.isAway = true;
    await test.app.services.objects.update(viewer, { id: object.id, metadata: { place: 'second' } });
    outside.isAway = false;
    outside.beforeWrite = async () => {
      if (!first) return;
      first = false;
      stalled.resolve();
      await goOn.promise;
    };
    const late = indexSync!.flush(viewer.tenantId, [object.id]);
    await stalled.promise;
    // Meanwhile the passage that it is about to put is replaced, and the store told.
    await test.app.services.objects.update(viewer, { id: object.id, metadata: { place: 'third' } });
    goOn.resolve();
    await late;
    await indexSync!.flush(viewer.tenantId, [object.id]);
    expect([await find(viewer, 'second', 'KEYWORD'), await find(viewer, 'third', 'KEYWORD'), await find(viewer, 'first', 'KEYWORD')]).toEqual([[], [object.id], []]);
    expect(await database.indexChanges.count()).toBe(0);
  });

  it('find with filters that they cannot apply, to the last object', async () => {
    const viewer = test.viewer();
    const ids: string[] = [];
    for (const shelf of [1, 2, 3]) {
      const { object, ingestion } = await test.ingestText(viewer, `The shelf of salt and rope number ${shelf}.`, { shelf });
      await test.ended(viewer, ingestion!.id);
      ids.push(object.id);
    }
    const result = await test.app.services.search.search(
      viewer, { query: 'salt', mode: 'HYBRID', fusion: 'RANKED', filter: { metadata: [{ path: ['shelf'], gte: 2 }] } }, { first: 10 },
    );
    expect([result.hits.map(({ object }) => object.id).sort(), result.incomplete]).toEqual([ids.slice(1).sort(), false]);
  });
});
