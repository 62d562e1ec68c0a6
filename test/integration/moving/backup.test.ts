import { createWriteStream } from 'node:fs';
import { appendFile, copyFile, mkdir, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { App } from '../../../src/app/compose.js';
import { backUp } from '../../../src/app/moving/backup.js';
import { restore } from '../../../src/app/moving/restore.js';
import type { Viewer } from '../../../src/domain/model.js';
import { composeIn, withApp } from '../../support/app.js';
import { violations } from '../../support/invariants.js';

// Programs start and end here, which is slow where much else is going on.
vi.setConfig({ testTimeout: 240_000 });
const running = withApp();
let folder = '';
let file = '';
const never = new AbortController().signal;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'strata-backup-'));
  file = join(folder, 'backup.tar');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Takes in texts, one behind the other, and purges every third, until it is told to stop. */
function constantWork(viewer: Viewer): { stop(): Promise<number> } {
  let stopped = false;
  const done = (async () => {
    let count = 0;
    for (; !stopped; count += 1) {
      const { object, ingestion } = await running.ingestText(viewer, `Meanwhile number ${count} a ${['heron', 'lamp', 'quarry'][count % 3]} was seen near the harbour.`);
      if (count % 3 !== 2) continue;
      await running.ended(viewer, ingestion.id);
      await running.app.services.objects.purge(viewer, object.id);
    }
    return count;
  })();
  return {
    stop() {
      stopped = true;
      return done;
    },
  };
}

async function idsFound(app: App, viewer: Viewer, query: string): Promise<string[]> {
  const { hits } = await app.services.search.search(viewer, { query, mode: 'HYBRID', fusion: 'RELATIVE_SCORE' }, { first: 12 });
  return hits.map(({ object }) => object.id);
}

describe('a backup under constant ingestion', () => {
  it('holds all that was READY before it began, found where it is restored, and nothing half done', async () => {
    const viewer = running.viewer();
    const before = [];
    for (let number = 0; number < 12; number += 1) before.push(await running.ingestText(viewer, `The lighthouse keeper wrote page ${number} of the logbook.`, { number }));
    for (const { ingestion } of before) await running.ended(viewer, ingestion.id);
    const work = constantWork(viewer);
    await pipeline(await backUp(running.app, never), createWriteStream(file));
    await pipeline(await backUp(running.app, never), createWriteStream(`${file}.2`));
    expect(await work.stop()).toBeGreaterThan(2);
    expect(await readdir(running.dataDir)).not.toContain('backup.tmp');

    for (const [index, backup] of [file, `${file}.2`].entries()) {
      const dataDir = join(folder, `restored-${index}`);
      const { objects } = await restore(backup, dataDir, 'objects');
      expect(objects).toBeGreaterThanOrEqual(before.length);
      const app = await composeIn(dataDir);
      try {
        const restored = await app.deps.database.objects.findByIds(viewer.tenantId, before.map(({ object }) => object.id));
        expect(restored.map(({ status }) => status)).toEqual(before.map(() => 'READY'));
        expect(new Set(await idsFound(app, viewer, 'lighthouse logbook'))).toEqual(new Set(before.map(({ object }) => object.id)));
        // What was under way goes on with the start.
        await expect.poll(async () => (await app.engine.sql.query(`SELECT 1 FROM ingestions WHERE status IN ('QUEUED', 'RUNNING')`)).length, { timeout: 60_000, interval: 200 }).toBe(0);
        expect(await violations(app)).toEqual([]);
      } finally {
        await app.stop();
      }
    }
  });

  it('is one at a time', async () => {
    const first = await backUp(running.app, never);
    await expect(backUp(running.app, never)).rejects.toThrow('Another backup of this data folder is under way');
    await first.toArray();
    expect(await readdir(running.dataDir)).not.toContain('backup.tmp');
  });

  it('that the client breaks off leaves nothing behind', async () => {
    const gone = new AbortController();
    const stream = await backUp(running.app, gone.signal);
    stream.on('error', () => undefined);
    stream.once('data', () => gone.abort(new Error('the client has gone')));
    await expect(stream.toArray()).rejects.toThrow('the client has gone');
    await expect.poll(() => readdir(running.dataDir)).not.toContain('backup.tmp');
  });
});

describe('a restore', () => {
  it('takes away what one that was killed has left, and nothing of one that is under way', async () => {
    const parent = join(folder, 'restored-again');
    const left = ['data.restoring-999999999', `data.restoring-${process.ppid}`, 'data.restoring-mine', 'other.restoring-999999999'];
    for (const name of left) await mkdir(join(parent, name), { recursive: true });
    await restore(file, join(parent, 'data'), 'objects');
    expect((await readdir(parent)).sort()).toEqual(['data', ...left.slice(1)].sort());
  });

  it('forgets that the vectors were moved elsewhere, and says where they lay', async () => {
    const { reindexes } = running.app.deps.database;
    const elsewhere = join(folder, 'elsewhere.tar');
    await reindexes.use({ provider: 'weaviate', place: 'http://one, Strata' });
    try {
      await pipeline(await backUp(running.app, never), createWriteStream(elsewhere));
    } finally {
      await reindexes.use({ provider: 'pgvector', place: 'the database' });
    }
    const dataDir = join(folder, 'restored-elsewhere');
    expect(await restore(elsewhere, dataDir, 'objects')).toMatchObject({ vectorsElsewhere: 'weaviate (http://one, Strata)' });
    const app = await composeIn(dataDir);
    try {
      expect([app.vectorHome.place, await app.deps.database.reindexes.inUse()]).toEqual(['the database', null]);
    } finally {
      await app.stop();
    }
  });

  it('leaves models where they were pulled to', async () => {
    const parent = join(folder, 'with-models');
    const weights = join(parent, 'data/models/acme/mini/model.onnx');
    await mkdir(dirname(weights), { recursive: true });
    await writeFile(weights, 'weights');
    await restore(file, join(parent, 'data'), 'objects');
    expect(await readFile(weights, 'utf8')).toBe('weights');
    expect(await readdir(parent)).toEqual(['data']);
    const app = await composeIn(join(parent, 'data'));
    await app.stop();
  });

  it('puts models back that one which was killed had moved, and those beside a backup that is damaged', async () => {
    const parent = join(folder, 'models-on-their-way');
    const dataDir = join(parent, 'data');
    await mkdir(join(parent, 'data.restoring-999999999/models/mini'), { recursive: true });
    const damaged = join(folder, 'damaged-beside-models.tar');
    await copyFile(file, damaged);
    await truncate(damaged, 500_000);
    await expect(restore(damaged, dataDir, 'objects')).rejects.toThrow('is no whole backup');
    expect([await readdir(parent), await readdir(join(dataDir, 'models'))]).toEqual([['data'], ['mini']]);
    await restore(file, dataDir, 'objects');
    expect(await readdir(join(dataDir, 'models'))).toEqual(['mini']);
  });

  it('refuses a folder that is not empty, and leaves it as it is', async () => {
    const dataDir = join(folder, 'full');
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'mine.txt'), 'mine');
    await expect(restore(file, dataDir, 'objects')).rejects.toThrow('The folder "full" is not empty.');
    expect(await readdir(dataDir)).toEqual(['mine.txt']);
  });

  it.each([
    ['cut short', (path: string) => truncate(path, 500_000)],
    ['cut at an entry', (path: string) => truncate(path, 512)],
    ['changed', async (path: string) => {
      const handle = await open(path, 'r+');
      await handle.write(Buffer.from('damaged'), 0, 7, 700_000);
      await handle.close();
    }],
    ['something else', async (path: string) => {
      await truncate(path, 0);
      await appendFile(path, 'This is no tar file at all.'.repeat(100));
    }],
  ])('refuses a backup that was %s, in one sentence, and leaves nothing', async (_what, damage) => {
    const damaged = join(folder, 'damaged.tar');
    await copyFile(file, damaged);
    await damage(damaged);
    const dataDir = join(folder, 'never');
    await expect(restore(damaged, dataDir, 'objects')).rejects.toMatchObject({ name: 'StrataError', message: expect.stringMatching(/^"damaged\.tar" is no whole backup: .+\. Nothing was restored; take another backup\.$/) as string });
    expect((await readdir(folder)).filter((name) => name.startsWith('never'))).toEqual([]);
  });
});
