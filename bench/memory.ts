import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLED_MODELS } from '../src/adapters/models/registry.js';
import { workerEntry } from '../src/adapters/worker-entry.js';
import type { Figure } from './figures.js';
import type { MemoryReport, MemoryWork } from './memory.process.js';

const THREADS = 2;
const SHARED_MODELS = fileURLToPath(new URL('../../shared/models', import.meta.url));
/** Of the resident memory after the first tenth: what a run of ten times that may come to. */
const MOST_GROWTH = 1.15;

interface Subject {
  model: string;
  root: string;
  texts: number;
}

const SUBJECTS: readonly Subject[] = [
  { model: 'all-MiniLM-L6-v2', root: BUNDLED_MODELS, texts: 6_000 },
  { model: 'all-mpnet-base-v2', root: SHARED_MODELS, texts: 400 },
];

/**
 * What a long bulk embedding of mixed lengths holds in memory: whether it grows beyond its first tenth, and what a thread costs at its
 * peak, beside sessions of the same file and number in a process with nothing around them.
 */
export async function measureMemory({ quick }: { quick: boolean }): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { model, root, texts: all } of SUBJECTS) {
    // Only where somebody put it: it is not part of the program.
    if (!existsSync(join(root, model))) continue;
    const texts = quick ? all / 4 : all;
    const program = await reportOf({ as: 'program', model, root, texts, threads: THREADS });
    const raw = await reportOf({ as: 'raw', model, root, texts, threads: THREADS });
    const perThread = ({ peakMb, beforeMb, sessions }: MemoryReport) => Math.round((peakMb - beforeMb) / sessions);
    figures.push({
      of: 'memory', what: `${model}: resident memory at the end of ${texts} texts in ${THREADS} threads, beside that after a tenth of them`,
      measured: Number((program.endMb / program.tenthMb).toFixed(3)), unit: '×', limit: { at: 'most', value: MOST_GROWTH },
      beside: `${program.tenthMb} MB after a tenth, ${program.endMb} at the end, ${program.peakMb} at most; ${perThread(program)} MB a thread beyond the process's own, ${perThread(raw)} of raw sessions`,
      details: { program, raw, threads: THREADS },
    });
  }
  return figures;
}

/** Each in a process of its own, so that neither finds memory that the other has left. */
async function reportOf(work: MemoryWork): Promise<MemoryReport> {
  const { url, execArgv } = workerEntry('memory.process', import.meta.url);
  const child = fork(url, [JSON.stringify(work)], { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const report = await Promise.race([once(child, 'message').then(([message]) => message as MemoryReport), ended.then(([code]) => Promise.reject(new Error(`The measured process ended with code ${code}.`)))]);
  await ended;
  return report;
}
