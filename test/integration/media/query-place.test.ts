import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MediaPool } from '../../../src/adapters/media/media-pool.js';
import { WorkerMediaReader } from '../../../src/adapters/media/worker-media.reader.js';
import type { ExtractInput } from '../../../src/ports/media.port.js';

describe('a document uploaded for a query, while every process reads what is ingested', () => {
  let folder: string;
  let reader: WorkerMediaReader;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-place-'));
    reader = new WorkerMediaReader(new MediaPool({ processes: 1, ffmpeg: null }));
  });
  afterEach(async () => {
    await reader.close();
    await rm(folder, { recursive: true });
  });
  /** A file that nobody writes: reading it does not end. */
  const endless = (): ExtractInput => {
    const path = join(folder, 'endless.md');
    execFileSync('mkfifo', [path]);
    return { path, type: 'DOCUMENT', mimeType: 'text/markdown', filename: 'endless.md', fileSize: 100_000 };
  };
  const document = async (name: string): Promise<ExtractInput> => {
    const text = `# ${name}\n`;
    await writeFile(join(folder, name), text);
    return { path: join(folder, name), type: 'DOCUMENT', mimeType: 'text/markdown', filename: name, fileSize: text.length };
  };

  it('is read in a process of its own; what is ingested waits for its turn', async () => {
    const stop = new AbortController();
    const order: string[] = [];
    const told = (name: string) => async (work: Promise<unknown>) => void (await work.catch(() => undefined), order.push(name));
    const under = told('under way')(reader.extract({ ...endless(), priority: 'ingest', signal: stop.signal }));
    const waiting = told('waiting')(reader.extract(await document('waiting.md')));
    const { text } = await reader.extract({ ...(await document('query.md')), priority: 'query' });
    expect([text, order]).toEqual(['# query.md\n', []]);
    stop.abort(new Error('enough'));
    await Promise.all([under, waiting]);
    expect(order).toEqual(['under way', 'waiting']);
  });
});
