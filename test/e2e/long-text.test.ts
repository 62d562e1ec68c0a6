import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ask, cleanUp, overWebSocket, serve, temporaryFolder } from './support/strata.js';

vi.setConfig({ testTimeout: 900_000, hookTimeout: 120_000 });
afterAll(cleanUp);

const BYTES = 5 * 1024 * 1024;
/** Resident megabytes that the server has at most, its embedded database and the model's threads included. */
const MOST_MEGABYTES = 2_048;

const WORDS = ['tide', 'harbour', 'keeper', 'lantern', 'fog', 'bell', 'ferry', 'reef', 'gull', 'anchor', 'storm', 'rope'];

/**
 * A report in columns of fixed width, as long texts often are; no two lines are alike. The space between the columns costs a model
 * nothing, so that five megabytes take as long as some hundred kilobytes of prose.
 */
function report(): string {
  const lines: string[] = [];
  for (let size = 0, line = 0; size < BYTES; line++) {
    const cells = [`entry ${line}`, ...Array.from({ length: 7 }, (_, i) => WORDS[(line * 7 + i * 5 + (line >> 4)) % WORDS.length]!)];
    lines.push(`${cells.map((cell) => cell.padEnd(80)).join('')}.\n`);
    size += lines.at(-1)!.length;
  }
  return `${lines.join('')}At last the pilot boat Margarethe brought the quicksilver ashore.\n`;
}

async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)![1]) / 1024;
}

const CREATE = 'mutation ($input: CreateUploadInput!) { createUpload(input: $input) { upload { id url { url method headers { name value } } } } }';
const COMPLETE = 'mutation ($id: ID!) { completeUpload(input: { id: $id }) { dataObject { id } ingestion { id } } }';
const PROGRESS = 'subscription ($id: ID!) { ingestionProgress(ingestionId: $id) { status stage progress error { code message } warnings } }';
const FIND = 'query ($query: String!, $mode: SearchMode!) { search(input: { query: $query, mode: $mode }, first: 1) { incomplete warnings edges { node { id status } matches { text start end } } } }';

describe('a text of 5 MB', () => {
  it('is ingested whole, in bounded memory, while the server goes on answering', async () => {
    const server = await serve(join(temporaryFolder(), 'data'));
    const text = report();
    const { createUpload } = await ask(server.url, CREATE, { input: { filename: 'report.txt', fileSize: text.length } });
    const { url, method, headers } = createUpload.upload.url;
    const sent = await fetch(url, { method, headers: headers.map(({ name, value }: { name: string; value: string }): [string, string] => [name, value]), body: text });
    expect(sent.status).toBe(200);
    const { completeUpload } = await ask(server.url, COMPLETE, { id: createUpload.upload.id });

    let isUnderWay = true;
    let answered = 0;
    const asking = (async () => {
      for (; isUnderWay; answered++) await ask(server.url, '{ dataObjects(first: 1) { nodes { id status } } }');
    })();
    /** How many requests had been answered when each state was told. */
    const told: { stage: string; status: string; progress: number; answered: number }[] = [];
    let end: { status: string; error: unknown; warnings: string[] } | undefined;
    for await (const { ingestionProgress } of overWebSocket(server.url, PROGRESS, { id: completeUpload.ingestion.id })) {
      told.push({ ...ingestionProgress, answered });
      end = ingestionProgress;
    }
    isUnderWay = false;
    await asking;

    expect(end).toMatchObject({ status: 'SUCCEEDED', error: null, warnings: [] });
    const embedding = told.filter(({ stage }) => stage === 'EMBED');
    // That it goes on is seen within the stage, which takes nearly all of the time.
    expect(new Set(embedding.map(({ progress }) => progress)).size).toBeGreaterThan(1);
    expect(told.at(-1)!.answered - embedding[0]!.answered).toBeGreaterThan(20);
    if (process.platform === 'linux') expect(await peakMegabytes(server.process.pid!)).toBeLessThan(MOST_MEGABYTES);

    const { dataObject } = await ask(server.url, 'query ($id: ID!) { dataObject(id: $id) { status embeddings { id } } }', { id: completeUpload.dataObject.id });
    expect(dataObject.status).toBe('READY');
    expect(dataObject.embeddings.length).toBeGreaterThan(100);
    for (const mode of ['KEYWORD', 'VECTOR', 'HYBRID']) {
      const { search } = await ask(server.url, FIND, { query: 'the pilot boat Margarethe brought quicksilver', mode });
      expect([search.incomplete, search.warnings]).toEqual([false, []]);
      const [{ node, matches }] = search.edges;
      expect(node).toEqual({ id: completeUpload.dataObject.id, status: 'READY' });
      expect(matches[0].text).toContain('quicksilver ashore');
      expect(text.slice(matches[0].start, matches[0].end)).toBe(matches[0].text);
      expect(matches[0].end).toBeGreaterThan(BYTES);
    }
    await server.stop();
  });
});
