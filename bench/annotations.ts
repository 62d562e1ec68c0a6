import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { randomNumbers } from '../test/support/random-numbers.js';
import { recombined } from './corpus.js';
import { median, rounded, type Figure } from './figures.js';
import { ingestTexts, inFolder, postJson, untilQuiet, withServer, type BenchServer } from './server.js';

const OBJECTS = 50;
const ANNOTATIONS = 20;
const CONCURRENCY = 4;
const SHARE = 0.5;
const LIST = `{ dataObjects(first: ${OBJECTS}) { nodes {
  id type status filename mimeType fileSize metadata version createdAt
  annotations(first: ${ANNOTATIONS}) { nodes { id annotatorId type content confidence version createdAt } }
} } }`;
const ANNOTATE = `mutation ($input: [CreateAnnotationInput!]!) {
  createAnnotations(input: $input) { __typename ... on UserError { message } }
}`;

/** Objects with annotations in one operation, beside SQL by hand in the same process and over the same connections, in turns. */
export async function measureAnnotations({ quick }: { quick: boolean }): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const dataDir = join(folder, 'data');
    await withServer(dataDir, annotated);
    // The program logs its requests, as it does by default.
    const log = openSync(`${dataDir}.log`, 'a');
    const child = fork(fileURLToPath(new URL('./side-by-side.ts', import.meta.url)), [dataDir], { stdio: ['ignore', 'inherit', log, 'ipc'] });
    closeSync(log);
    try {
      const [addresses] = (await once(child, 'message')) as [{ product: string; byHand: string }];
      return [await compare(addresses, quick)];
    } finally {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    }
  });
}

/** Fills a server with what is asked for. */
export async function annotated(server: BenchServer): Promise<void> {
  const random = randomNumbers(53);
  const texts = Array.from({ length: OBJECTS }, (_, i) => ({
    text: recombined(random, 3).join(' '), filename: `text-${i}.txt`, metadata: { number: i, camera: { model: 'X100', iso: 200 }, tags: ['a', 'b'] },
  }));
  const ids = await ingestTexts(server, texts);
  await untilQuiet(server);
  const inputs = ids.flatMap((objectId) =>
    Array.from({ length: ANNOTATIONS }, (_, i) => ({
      objectId, type: 'CLASSIFICATION', confidence: 0.5 + i / 50, content: { labels: [{ label: `label ${i}`, score: 0.9 }, { label: 'other', score: 0.1 }] },
    })),
  );
  for (let from = 0; from < inputs.length; from += 500) {
    const { createAnnotations } = await server.query<{ createAnnotations: { message?: string }[] }>(ANNOTATE, { input: inputs.slice(from, from + 500) });
    const refused = createAnnotations.find(({ message }) => message !== undefined);
    if (refused) throw new Error(`an annotation was refused: ${refused.message}`);
  }
}

async function compare({ product, byHand }: { product: string; byHand: string }, quick: boolean): Promise<Figure> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const body = JSON.stringify({ query: LIST });
  const seconds = quick ? 1 : 3;
  for (const url of [product, byHand]) {
    check(await postJson(url, body, agent));
    await requestsPerSecond(url, body, agent, seconds);
  }
  const rates: { product: number; byHand: number }[] = [];
  for (let round = 0; round < (quick ? 3 : 7); round++) {
    rates.push({ product: await requestsPerSecond(product, body, agent, seconds), byHand: await requestsPerSecond(byHand, body, agent, seconds) });
  }
  agent.destroy();
  const ratios = rates.map((rate) => rate.product / rate.byHand);
  return {
    of: 'annotations', what: `${OBJECTS} objects with ${ANNOTATIONS} annotations each, beside SQL by hand`, measured: rounded(median(ratios)), unit: '×',
    limit: { at: 'least', value: SHARE },
    beside: `${rounded(median(rates.map((rate) => rate.product)))} of ${rounded(median(rates.map((rate) => rate.byHand)))} requests/s; ratios ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}`,
    details: { concurrency: CONCURRENCY, rates: rates.map((rate) => ({ product: rounded(rate.product), byHand: rounded(rate.byHand) })), ratios: ratios.map(rounded) },
  };
}

/** Both must have read everything. */
function check(text: string): void {
  const { data } = JSON.parse(text) as { data: { dataObjects: { nodes: { annotations: { nodes: unknown[] } }[] } } };
  const counts = data.dataObjects.nodes.map(({ annotations }) => annotations.nodes.length);
  if (counts.length !== OBJECTS || counts.some((count) => count !== ANNOTATIONS)) throw new Error(`an answer holds ${counts.join(', ')} annotations`);
}

async function requestsPerSecond(url: string, body: string, agent: Agent, seconds: number): Promise<number> {
  const begun = performance.now();
  const end = begun + seconds * 1_000;
  let answered = 0;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (performance.now() < end) {
        await postJson(url, body, agent);
        answered++;
      }
    }),
  );
  return answered / ((performance.now() - begun) / 1_000);
}
