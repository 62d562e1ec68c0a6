import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { diagnose } from '../../../src/app/doctor.js';
import { list } from '../../../src/app/models.js';
import { loadConfig } from '../../../src/config/load.js';
import { isStrataError } from '../../../src/domain/errors.js';
import { composeIn } from '../../support/app.js';
import { writeOverlapEncoder } from '../../support/tiny-cross-encoder.js';

vi.setConfig({ testTimeout: 240_000 });

it('strata doctor looks at every part, and leaves what waits to those who stay', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-doctor-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const viewer = { id: 'ada', tenantId: `tenant-${randomUUID()}`, role: 'admin' } as const;
  const before = await composeIn(dataDir, { jobs: false });
  const [taken] = await before.services.ingestions.ingestTexts(viewer, [{ text: 'The lamp was lit at dusk.' }]);
  await before.stop();
  if (isStrataError(taken)) throw taken;

  const findings = await diagnose(() => loadConfig({ env: {}, cwd: dataDir, overrides: { dataDir } }));
  expect(findings.filter(({ state }) => state === 'fault')).toEqual([]);
  expect(findings.map(({ part }) => part)).toEqual(expect.arrayContaining(['configuration', 'database', 'objects', 'vectors', 'keywords', 'cache', 'queue', 'ffmpeg', 'sagas', 'disk', 'durability']));

  const after = await composeIn(dataDir, { jobs: false });
  onTestFinished(() => after.stop());
  const [ingestion] = await after.deps.database.ingestions.newestForObjects(viewer.tenantId, [taken!.object.id]);
  expect(ingestion).toMatchObject({ status: 'QUEUED' });
});

it('strata doctor says whether there is an ffmpeg, and whether it has the Chromaprint that sounds are compared by', async () => {
  const home = await mkdtemp(join(tmpdir(), 'strata-doctor-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  await writeFile(join(home, 'data_layer.yaml'), 'embedding: { ffmpeg_path: ./ffmpeg }\n');
  const about = async () => (await diagnose(() => loadConfig({ env: {}, cwd: home, overrides: { dataDir: join(home, 'data') } }))).filter(({ part }) => part === 'ffmpeg');
  expect(await about()).toEqual([{ part: 'ffmpeg', state: 'warning', says: expect.stringMatching(/^Not found: films .* sounds/) as string, mend: expect.stringContaining('Install ffmpeg') as string }]);
  // As far as it is asked, which is for its version and its muxers.
  for (const [muxers, state, says] of [['E chromaprint     Chromaprint', 'ok', /It has Chromaprint/], ['E mp4             MP4', 'warning', /It was built without Chromaprint/]] as const) {
    await writeFile(join(home, 'ffmpeg'), `#!/bin/sh\necho '  ${muxers}'\n`, { mode: 0o755 });
    expect(await about()).toEqual([expect.objectContaining({ state, says: expect.stringMatching(says) as string })]);
  }
});

it('strata doctor and strata models list say what re-ranks, and what keeps it from running', async () => {
  const home = await mkdtemp(join(tmpdir(), 'strata-doctor-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const dataDir = join(home, 'data');
  const model = join(home, 'cross');
  writeOverlapEncoder(model);
  await writeFile(join(home, 'data_layer.yaml'), 'embedding: { reranker: { path: ./cross } }\n');
  const config = () => loadConfig({ env: {}, cwd: home, overrides: { dataDir } });
  expect(await diagnose(config)).toContainEqual({ part: 'cross', state: 'ok', says: 'Re-ranking: reads the first 50 of a search that asks for it together with its words.' });
  expect(await list(config())).toContainEqual(expect.objectContaining({ name: 'cross', for: 'cross-encoder: re-ranking', state: 'active', dimensions: null, folder: model, fault: null }));

  await rm(join(model, 'model.onnx'));
  const says = 'The model "cross" cannot run: its folder has no onnx/model.onnx.';
  expect(await diagnose(config)).toContainEqual(expect.objectContaining({ part: 'start', state: 'fault', says }));
  expect(await list(config())).toContainEqual(expect.objectContaining({ name: 'cross', state: 'unusable', fault: says }));
});

it('strata doctor says where vectors are stored with other dimensions than the model has', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-doctor-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const before = await composeIn(dataDir, { jobs: false });
  await before.deps.vectors.ensureSpace({ model: 'all-MiniLM-L6-v2', dimensions: 5 });
  await before.stop();

  const findings = await diagnose(() => loadConfig({ env: {}, cwd: dataDir, overrides: { dataDir } }));
  // Though nothing is in it: the first vector would be refused.
  expect(findings.filter(({ state }) => state === 'fault')).toEqual([
    expect.objectContaining({ part: 'start', state: 'fault', says: expect.stringMatching(/are stored with 5 dimensions, and the model now gives 384\. Vectors of two models are never compared: put the former files back, or give the new ones another name/) as string }),
  ]);
});
