import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomNumbers } from '../test/support/random-numbers.js';
import { mixedTexts, recombined } from './corpus.js';
import { median, percentile, rounded, summary, type Figure } from './figures.js';
import { inFolder, ingestTexts, untilReady, withServer, type BenchServer } from './server.js';
import { untilAborted } from './until-aborted.js';

/** Between two requests: long enough for the ingestion to have the core again. */
const GAP_MS = 15;

const REQUESTS: readonly { what: string; of: (words: string, objectId: string) => string }[] = [
  { what: 'lists of objects', of: () => '{ dataObjects(first: 10) { nodes { id filename status } } }' },
  { what: 'searches, each with words of its own,', of: (words) => `{ search(input: { query: ${JSON.stringify(words)} }, first: 10) { nodes { id filename } } }` },
  { what: 'updates of metadata', of: (words, objectId) => `mutation { updateDataObject(input: { id: "${objectId}", metadata: { note: ${JSON.stringify(words)} } }) { __typename } }` },
];

/** How long requests over HTTP take at a server that ingests without a pause. */
export async function measureRequests({ quick }: { quick: boolean }): Promise<Figure[]> {
  const count = quick ? 200 : 1_000;
  const random = randomNumbers(41);
  return inFolder((folder) =>
    withServer(join(folder, 'data'), async (server) => {
      const words = () => recombined(random, 1)[0]!.split(' ').slice(0, 8).join(' ');
      const ids = await ingestTexts(server, mixedTexts(random, 50).map((text) => ({ text })));
      await untilReady(server);
      const next = ({ of }: (typeof REQUESTS)[number]) => () => of(words(), ids[Math.floor(random() * ids.length)]!);
      const idle: number[][] = [];
      for (const request of REQUESTS) idle.push(await requestTimes(server, count / 4, next(request)));
      const ending = new AbortController();
      const working = untilAborted(ending.signal, async () => {
        if (await isWaitingForMuch(server)) return pause(200);
        await ingestTexts(server, mixedTexts(random, 200).map((text) => ({ text })));
      });
      const busy: number[][] = [];
      for (const request of REQUESTS) busy.push(await requestTimes(server, count, next(request)));
      ending.abort();
      await working;
      return REQUESTS.map(({ what }, i): Figure => ({
        of: 'requests', what: `${what} over HTTP beside an ingestion, p99`, measured: rounded(percentile(busy[i]!, 0.99)), unit: 'ms', limit: { at: 'most', value: 50 },
        beside: `${rounded(median(busy[i]!))} ms median; before it ${rounded(median(idle[i]!))} ms and p99 ${rounded(percentile(idle[i]!, 0.99))} ms`,
        details: { idle: summary(idle[i]!), busy: summary(busy[i]!) },
      }));
    }),
  );
}

async function requestTimes(server: BenchServer, count: number, request: () => string): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const query = request();
    const begun = performance.now();
    await server.query(query);
    times.push(performance.now() - begun);
    await pause(GAP_MS);
  }
  return times;
}

async function isWaitingForMuch(server: BenchServer): Promise<boolean> {
  const { dataObjects } = await server.query<{ dataObjects: { nodes: unknown[] } }>('{ dataObjects(first: 100, filter: { status: [PROCESSING] }) { nodes { id } } }');
  return dataObjects.nodes.length === 100;
}
