import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { workerEntry } from '../../../src/adapters/worker-entry.js';
import { composeIn, sha256 } from '../../support/app.js';
import { captionOf, gateOf, GATES, oldText, textOf, type CrashReport, type CrashRound, type Remains, type Scenario } from '../../support/crash-child.js';
import { migratedTemplate } from '../../support/database.js';
import { captionsIndexed, violations } from '../../support/invariants.js';

/**
 * The longest saga, the purge, has four steps: before and after each of them are eight places. The intake has six, and then
 * ends. To start a process costs seconds, so each holds two sets of sagas at their places when it dies; behind the eighth place nothing is
 * held but what its gate holds.
 */
const ROUNDS = [[1, 9, 5], [2, 6], [7, 3], [4, 8]];
/** The pivot of the intake is committed before its fourth place, that of the purge before its second. */
const INTAKE_DECIDED = 4;
const PURGE_DECIDED = 2;
describe('a process that is killed', () => {
  let dataDir = '';
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'strata-crash-'));
  });
  afterAll(async () => {
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Runs a process that looks at what the last one left and then kills itself. @returns what it said */
  async function runAndDie(checkpoints: readonly number[], previous: readonly number[]): Promise<CrashReport[]> {
    const round: CrashRound = { dataDir, template: await migratedTemplate(), checkpoints, previous };
    const { url, execArgv } = workerEntry('crash-child', new URL('../../support/app.ts', import.meta.url).href);
    const child = spawn(process.execPath, [...execArgv, url.pathname, JSON.stringify(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said: CrashReport[] = [];
    for await (const line of createInterface({ input: child.stdout })) said.push(JSON.parse(line) as CrashReport);
    if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
    expect(child.signalCode, `the process of the checkpoints ${checkpoints.join(', ')}`).toBe('SIGKILL');
    return said;
  }

  it('between every two steps, and at every stage, leaves nothing half there, and its work goes on', async () => {
    let previous: readonly number[] = [];
    const reached: string[] = [];
    for (const checkpoints of ROUNDS) {
      for (const report of await runAndDie(checkpoints, previous)) {
        if (report.moment === 'killing') reached.push(...report.reached);
        else lookAt(report);
      }
      previous = checkpoints;
    }
    // The last one's remains are looked at here, in a process that goes on living.
    const app = await composeIn(dataDir);
    try {
      const open = await app.engine.sql.query<{ id: string; tenant_id: string }>(`SELECT id, tenant_id FROM ingestions WHERE status IN ('QUEUED', 'RUNNING')`);
      for (const { id, tenant_id: tenantId } of open) {
        for await (const state of await app.services.events.ingestionProgress({ id: 'test', tenantId, role: 'admin' }, [id], new AbortController().signal)) void state;
      }
      await captionsIndexed(app);
      expect(await violations(app)).toEqual([]);
    } finally {
      await app.stop();
    }
    // That it was indeed killed at all these places.
    const intake = ['before bytes', 'after bytes', 'before rows', 'after rows', 'before clean', 'after clean'];
    const purge = ['rows', 'bytes', 'cache'].flatMap((step) => [`before ${step}`, `after ${step}`]);
    expect(reached.toSorted()).toEqual(
      [
        ...['text', 'upload', 'replace'].flatMap((scenario) => intake.map((place) => `${scenario}: ${place}`)),
        ...purge.map((place) => `purge: ${place}`),
        ...['before bytes', 'before undo bytes', 'after undo bytes'].map((place) => `undone: ${place}`),
        ...Object.values(GATES).map((gate) => `gate: ${gate}`),
      ].toSorted(),
    );
  }, 300_000);

  function lookAt({ moment, violations: found, left }: Exclude<CrashReport, { moment: 'killing' }>): void {
    expect(found, `${moment} after a kill at the checkpoints ${left.map(({ checkpoint }) => checkpoint).join(', ')}`).toEqual([]);
    for (const each of left) lookAtOne(moment, each);
  }

  function lookAtOne(moment: 'recovered' | 'repeated', { checkpoint, remains, answers }: Exclude<CrashReport, { moment: 'killing' }>['left'][number]): void {
    const about = (scenario: Scenario) => `${scenario}, ${moment} after a kill at checkpoint ${checkpoint}`;
    const hashes = (scenario: Scenario) => remains[scenario].objects.map((object) => object.contentHash);
    const isReady = (all: Remains) => all.objects.every(({ status }) => status === 'READY') && all.ingestions.every(({ status }) => status === 'SUCCEEDED');
    for (const scenario of ['text', 'upload', 'replace', 'gate'] as const) expect(isReady(remains[scenario]), about(scenario)).toBe(true);

    const decided = checkpoint >= INTAKE_DECIDED || moment === 'repeated';
    expect(hashes('text'), about('text')).toEqual(decided ? [sha256(textOf('text', checkpoint))] : []);
    expect(hashes('upload'), about('upload')).toEqual(decided ? [sha256(textOf('upload', checkpoint))] : []);
    expect(remains.upload.uploads, about('upload')).toEqual([decided ? 'COMPLETED' : 'PENDING']);
    expect(remains.replace.objects, about('replace')).toEqual([
      { status: 'READY', version: decided ? 2 : 1, contentHash: sha256(decided ? textOf('replace', checkpoint) : oldText(checkpoint)) },
    ]);
    expect(remains.purge.objects.length, about('purge')).toBe(checkpoint >= PURGE_DECIDED || moment === 'repeated' ? 0 : 1);
    expect(hashes('undone'), about('undone')).toEqual(moment === 'repeated' ? [sha256(textOf('undone', checkpoint))] : []);

    const gate = gateOf(checkpoint);
    const isCaption = gate?.startsWith('caption') === true;
    // Once, wherever its job was killed.
    expect(remains.gate.captions, about('gate')).toEqual(isCaption ? [captionOf(checkpoint)] : []);
    // The deletion of the bytes comes behind the decision.
    if (gate === 'delete') expect(remains.gate.objects, about('gate')).toEqual([]);
    // The one that was held was taken over, as its second attempt; the other is the older one.
    else if (gate !== undefined && !isCaption) expect(remains.gate.ingestions.map(({ attempts }) => attempts), about('gate')).toEqual([2, 1]);

    if (moment === 'recovered') return;
    expect(answers, about('purge')).toEqual({
      text: sha256(textOf('text', checkpoint)), upload: sha256(textOf('upload', checkpoint)), replace: sha256(textOf('replace', checkpoint)),
      purge: { bytesFreed: Buffer.byteLength(oldText(checkpoint)), embeddings: 1 }, undone: sha256(textOf('undone', checkpoint)),
    });
  }
});
