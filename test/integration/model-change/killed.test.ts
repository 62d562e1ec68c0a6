import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workerEntry } from '../../../src/adapters/worker-entry.js';
import { isStrataError } from '../../../src/domain/errors.js';
import { composeIn } from '../../support/app.js';
import { unlike } from '../../support/both-models.js';
import { migratedTemplate } from '../../support/database.js';
import { violations } from '../../support/invariants.js';
import { operator } from '../../support/model-changes.js';
import { FIRST, SECOND, withSecondModels } from '../../support/second-model.js';

const TEXTS = 110;

describe('a backfill whose process is killed', () => {
  let dataDir: string;
  beforeAll(async () => void (dataDir = await mkdtemp(join(tmpdir(), 'strata-killed-change-'))));
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  async function killed(batches: number): Promise<void> {
    const { url, execArgv } = workerEntry('model-change-child', new URL('../../support/app.ts', import.meta.url).href);
    const child = spawn(process.execPath, [...execArgv, url.pathname, JSON.stringify({ dataDir, template: await migratedTemplate(), batches })], { stdio: ['ignore', 'ignore', 'inherit'] });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
  }

  it('goes on where it was, and ends with what one that was not killed would have', async () => {
    const first = await composeIn(dataDir, { openEmbedder: withSecondModels() });
    const answers = await first.services.ingestions.ingestTexts(operator, Array.from({ length: TEXTS }, (_, n) => ({ text: `Text ${n} is about the harbour, its ${n} ships, and the wind.` })));
    const ids = answers.map((answer) => {
      if (isStrataError(answer)) throw answer;
      return answer.ingestion.id;
    });
    for await (const _ of await first.services.events.ingestionProgress(operator, ids, new AbortController().signal));
    await first.stop();

    await killed(0);
    await killed(1);
    await killed(1);

    const app = await composeIn(dataDir, { openEmbedder: withSecondModels() });
    try {
      const [change] = await app.services.modelChanges.list(operator, 1);
      // Two batches were written by those that were killed.
      expect(change!.done).toBeGreaterThan(0);
      for (let phase = ''; phase !== 'READY'; ) {
        for await (const state of await app.services.modelChanges.progress(operator, change!.id, new AbortController().signal)) phase = state.phase;
      }
      expect((await app.services.modelChanges.current(operator))!.done).toBe(TEXTS);
      expect(await unlike(app)).toEqual([]);
      expect(await violations(app)).toEqual([]);
      const counts = await app.engine.sql.query('SELECT model_name, count(*)::int AS count FROM embeddings GROUP BY 1 ORDER BY 1');
      expect(counts).toEqual([{ model_name: FIRST, count: TEXTS }, { model_name: SECOND, count: TEXTS }]);
    } finally {
      await app.stop();
    }
  }, 240_000);
});
