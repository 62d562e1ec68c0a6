import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { diagnose } from '../../../src/app/doctor.js';
import { loadConfig } from '../../../src/config/load.js';
import { isStrataError } from '../../../src/domain/errors.js';
import { composeIn } from '../../support/app.js';

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

it('strata doctor says where vectors are stored with other dimensions than the model has', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-doctor-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  const before = await composeIn(dataDir, { jobs: false });
  await before.deps.vectors.ensureSpace({ model: 'all-MiniLM-L6-v2', dimensions: 5 });
  await before.stop();

  const findings = await diagnose(() => loadConfig({ env: {}, cwd: dataDir, overrides: { dataDir } }));
  // What to do about it stands in the sentence; that the disk may be full does not help.
  expect(findings.filter(({ state }) => state === 'fault')).toEqual([
    { part: 'vectors', state: 'fault', says: expect.stringMatching(/are stored with 5 dimensions, and the model now gives 384\. Name the changed model otherwise/) as string },
  ]);
});
