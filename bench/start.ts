import { join } from 'node:path';
import { median, rounded, type Figure } from './figures.js';
import { inFolder, withServer } from './server.js';

/** From the start of the process to the line that says it listens, on a new data folder and on the same one again. */
export async function measureStart({ quick }: { quick: boolean }): Promise<Figure[]> {
  const first: number[] = [];
  const later: number[] = [];
  for (let round = 0; round < (quick ? 1 : 5); round++) {
    await inFolder(async (folder) => {
      const data = join(folder, 'data');
      first.push(await withServer(data, async ({ startMs }) => startMs / 1_000));
      later.push(await withServer(data, async ({ startMs }) => startMs / 1_000));
    });
  }
  return [figure('start to ready, the first time', first, 5), figure('start to ready, later', later, 2)];
}

const figure = (what: string, seconds: readonly number[], limit: number): Figure => ({
  of: 'start', what, measured: rounded(median(seconds)), unit: 's', limit: { at: 'most', value: limit },
  beside: `median of ${seconds.length}; worst ${rounded(Math.max(...seconds))} s`,
  details: { seconds: seconds.map(rounded) },
});
