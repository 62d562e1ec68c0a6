import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Logger } from '../../../../src/ports/logger.port.js';
import { ProgressWriter } from '../../../../src/services/ingestion/progress-writer.js';
import { PROGRESS, type WorkItem } from '../../../../src/services/ingestion/work-item.js';

const item = { ingestion: { id: 'i', epoch: 3 }, failure: undefined } as unknown as WorkItem;
const warn = vi.fn();
const logger = { warn } as unknown as Logger;

beforeEach(() => {
  vi.useFakeTimers();
  warn.mockClear();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('ProgressWriter', () => {
  it('writes now and then, one after the other, and is settled only when the last is written', async () => {
    const written: number[] = [];
    let release: () => void = () => undefined;
    const advance = vi.fn(async (_leases: unknown, { progress }: { progress: number }) => {
      await new Promise<void>((resolve) => (release = resolve));
      written.push(progress);
      return [];
    });
    const writer = new ProgressWriter({ ingestions: { advance }, logger }, [item], () => undefined);
    writer.report(0.1); // too soon
    vi.advanceTimersByTime(600);
    writer.report(0.5);
    writer.report(0.6); // too soon
    let isSettled = false;
    const settled = writer.settled().then(() => (isSettled = true));
    await vi.advanceTimersByTimeAsync(0);
    expect(isSettled).toBe(false);
    release();
    await settled;
    expect(written).toEqual([PROGRESS.EMBED + 0.5 * (PROGRESS.INDEX - PROGRESS.EMBED)]);
    expect(advance).toHaveBeenCalledExactlyOnceWith([{ ingestionId: 'i', epoch: 3 }], expect.objectContaining({ stage: 'EMBED' }));
  });

  it('says in the log what it could not write, and stops nothing', async () => {
    const writer = new ProgressWriter({ ingestions: { advance: () => Promise.reject(new Error('down')) }, logger }, [item], () => undefined);
    vi.advanceTimersByTime(600);
    writer.report(0.5);
    await writer.settled();
    expect(warn).toHaveBeenCalledOnce();
  });
});
