import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomNumbers } from '../test/support/random-numbers.js';
import { recombined } from './corpus.js';
import { rounded, type Figure } from './figures.js';
import { inFolder, untilQuiet, withServer, type BenchServer } from './server.js';
import { uploadInParts } from './uploading.js';

const MIB = 2 ** 20;
const SAMPLE_MS = 20;
const SETTLE_MS = 3_000;
/** Just enough to come in parts. */
const FIRST = 80 * MIB;

/** How far the server's resident memory rises above where it stood, while a large text comes in through the API and is verified. */
export async function measureUpload({ quick }: { quick: boolean }): Promise<Figure[]> {
  const size = (quick ? 256 : 1024) * MIB;
  return inFolder((folder) =>
    withServer(join(folder, 'data'), async (server) => {
      // Models and threads that start behind the first request are no part of an upload.
      await server.query('{ search(input: { query: "warm" }) { totalCount } }');
      await pause(SETTLE_MS);
      const memory = sampleMemory(server);
      const fresh = memory.now();
      // Nor is what any work does to a fresh process: the heap's young generation grows to its size, once, whatever comes in.
      await uploadInParts(server, 'first.txt', FIRST, partMaker());
      await untilQuiet(server);
      await pause(SETTLE_MS);
      const first = memory.highest() - fresh;
      const before = memory.restart();
      const begun = performance.now();
      let sentAt = 0;
      let whileSending = 0;
      const hash = createHash('sha256');
      const makePart = partMaker();
      const hashed = (partNumber: number, bytes: number) => {
        const part = makePart(partNumber, bytes);
        hash.update(part);
        return part;
      };
      const object = await uploadInParts(server, 'large.txt', size, hashed, () => {
        sentAt = performance.now();
        whileSending = memory.highest();
      });
      const completedAt = performance.now();
      const highest = memory.highest();
      if (object.fileSize !== size || object.contentHash !== hash.digest('hex')) throw new Error('other bytes were stored than were sent');
      await untilQuiet(server);
      const afterIngestion = memory.highest();
      memory.stop();
      return [
        {
          of: 'upload', what: `growth of memory by an upload of ${size / MIB / 1024} GiB`, measured: rounded((highest - before) / MIB), unit: 'MiB',
          limit: { at: 'most', value: 64 },
          beside: `while the parts came ${rounded((whileSending - before) / MIB)}; with the ingestion behind it ${rounded((afterIngestion - before) / MIB)}; ${rounded(size / MIB / ((sentAt - begun) / 1_000))} MiB/s; the process's first upload, of ${FIRST / MIB} MiB, ${rounded(first / MIB)}`,
          details: {
            mimeType: object.mimeType, restingMiB: rounded(before / MIB), sendingSeconds: rounded((sentAt - begun) / 1_000), completingSeconds: rounded((completedAt - sentAt) / 1_000),
          },
        } satisfies Figure,
      ];
    }),
  );
}

/** Parts of text, each its own: a megabyte of sentences again and again behind the part's number. */
function partMaker(): (partNumber: number, size: number) => Buffer {
  const random = randomNumbers(41);
  let text = '';
  while (text.length < MIB) text += `${recombined(random, 50).join(' ')}\n`;
  const pattern = Buffer.from(text);
  return (partNumber, size) => {
    const part = Buffer.alloc(size, pattern);
    part.write(`part ${partNumber} of the text `);
    return part;
  };
}

function sampleMemory({ pid }: BenchServer) {
  const now = () => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;
  let highest = now();
  const timer = setInterval(() => {
    highest = Math.max(highest, now());
  }, SAMPLE_MS);
  const restart = () => (highest = now());
  return { now, restart, highest: () => (highest = Math.max(highest, now())), stop: () => clearInterval(timer) };
}
