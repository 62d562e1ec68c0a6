import { describe, expect, it } from 'vitest';
import type { Embedder } from '../../../src/ports/embedder.port.js';
import { ModelsInUse } from '../../../src/services/models/models-in-use.js';
import { withApp } from '../../support/app.js';
import { violations } from '../../support/invariants.js';
import { FIRST } from '../../support/second-model.js';
import { never, withWorkers } from '../../support/workers.js';

const test = withApp();
const workers = withWorkers(test);

/** As in a process that has other files under the same name: its vectors look no different. */
function ofOtherFiles(embedder: Embedder): Embedder {
  return new Proxy(embedder, {
    get(target, name) {
      if (name === 'models') return () => embedder.models().map((model) => (model.name === FIRST ? { ...model, revision: 'others-1' } : model));
      const part: unknown = Reflect.get(target, name, target);
      return typeof part === 'function' ? (part as (...given: unknown[]) => unknown).bind(target) : part;
    },
  });
}

describe('two processes that have other files of a model, begun before anything was embedded', () => {
  const revisions = async () => (await test.app.engine.sql.query<{ revision: string }>(`SELECT DISTINCT metadata ->> 'revision' AS revision FROM embeddings`)).map(({ revision }) => revision);
  const isReady = async (id: string) => (await test.app.engine.sql.query<{ status: string }>('SELECT o.status FROM data_objects o JOIN ingestions i ON i.object_id = o.id WHERE i.id = $1::uuid', [id]))[0]!.status === 'READY';
  const ours = () => workers.worker();
  const others = () => workers.worker({ embedder: ofOtherFiles(test.app.deps.embedder) });

  it('write vectors of one of them alone, whoever comes first; the other’s work waits for who has the right files', async () => {
    const viewer = test.viewer();
    const first = await test.ingestText(viewer, 'The lamp is lit at dusk, and the keeper climbs the stairs.');
    await ours().run([first.ingestion!.id], never);
    expect(await isReady(first.ingestion!.id)).toBe(true);

    const second = await test.ingestText(viewer, 'At midnight the keeper winds the clockwork of the lens.');
    await others().run([second.ingestion!.id], never);
    const waiting = await workers.state(viewer, second.ingestion!.id);
    expect(await isReady(second.ingestion!.id)).toBe(false);
    expect(waiting.error).toMatchObject({
      code: 'DEPENDENCY_UNAVAILABLE', retryable: true,
      message: `The vectors here of "${FIRST}" are in the revision onnx-int8-1, and those that were to be written are of others-1. Vectors of two revisions are never compared: give every process the same files of the model, and restart those that had others.`,
    });
    expect(await revisions()).toEqual(['onnx-int8-1']);

    await workers.makeDue(second.ingestion!.id);
    await ours().run([second.ingestion!.id], never);
    expect(await isReady(second.ingestion!.id)).toBe(true);
    expect(await violations(test.app)).toEqual([]);
  });

  it('do not both answer: the one that has other files than the vectors are of is not ready, and searches none of them', async () => {
    const { database, events, logger, embedder } = test.app.deps;
    const there = new ModelsInUse(ofOtherFiles(embedder));
    await there.connect({ modelChanges: database.modelChanges, events, logger, processName: 'other:1' });
    expect(there.models().find(({ name }) => name === FIRST)).toMatchObject({ active: true, searched: false, unsearchable: expect.stringContaining('Vectors of two revisions are not compared') as string });
    await expect(there.check()).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: expect.stringContaining('in the revision onnx-int8-1, and the model\'s files are of others-1') as string });
    await test.app.modelsInUse.follow();
    await expect(test.app.modelsInUse.check()).resolves.toBeUndefined();
  });

  it('may change places once no vector is left', async () => {
    const viewer = test.viewer();
    await test.app.engine.sql.query(`DELETE FROM embeddings`);
    const { ingestion } = await test.ingestText(viewer, 'In the morning the fog has gone, and the lamp is out.');
    await others().run([ingestion!.id], never);
    expect(await isReady(ingestion!.id)).toBe(true);
    expect(await revisions()).toEqual(['others-1']);
  });
});
