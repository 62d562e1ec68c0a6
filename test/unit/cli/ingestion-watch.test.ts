import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/cli/connection.js';
import { Failure } from '../../../src/cli/failure.js';
import { IngestionWatch } from '../../../src/cli/ingest/ingestion-watch.js';

const state = (id: string, status: 'RUNNING' | 'SUCCEEDED') => ({ id, status, stage: 'EMBED' as const, progress: 0.5, attempts: 1, warnings: [], error: null });

/** Subscriptions that say of each id that it runs, and then that it has ended. */
function connection(asked: string[][], fail?: Failure): Connection {
  return {
    url: 'http://127.0.0.1/graphql',
    signal: new AbortController().signal,
    request: async () => expect.unreachable(),
    async *subscribe(_document: unknown, { ids }: { ids: string[] }) {
      asked.push(ids);
      if (fail) throw fail;
      for (const id of ids) yield { ingestionsProgress: state(id, 'RUNNING') };
      for (const id of ids) yield { ingestionsProgress: state(id, 'SUCCEEDED') };
    },
  } as unknown as Connection;
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `ing_${index}`);

describe('IngestionWatch', () => {
  it('follows every ingestion to its end, in few subscriptions of at most 500', async () => {
    const asked: string[][] = [];
    const ended = new Set<string>();
    const watch = new IngestionWatch(connection(asked), ({ id, status }) => void (status === 'SUCCEEDED' && ended.add(id)));
    for (const id of ids(1_234)) watch.add(id);
    await watch.allEnded();
    expect(ended.size).toBe(1_234);
    expect(asked.flat().sort()).toEqual(ids(1_234).sort());
    expect(Math.max(...asked.map((each) => each.length))).toBeLessThanOrEqual(500);
  });

  it('begins before all are added', async () => {
    const asked: string[][] = [];
    const watch = new IngestionWatch(connection(asked), () => undefined);
    for (const id of ids(20)) watch.add(id);
    await Promise.resolve();
    await Promise.resolve();
    expect(asked).toHaveLength(1);
    await watch.allEnded();
  });

  it('fails where the connection is lost', async () => {
    const watch = new IngestionWatch(connection([], new Failure('lost')), () => undefined);
    watch.add('ing_0');
    await expect(watch.allEnded()).rejects.toThrow('lost');
  });

  it('has nothing to wait for where nothing was added', async () => {
    await new IngestionWatch(connection([]), () => undefined).allEnded();
  });
});
