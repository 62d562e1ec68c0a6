import { describe, expect, it } from 'vitest';
import type { EmbeddingModel } from '../../../../src/ports/embedder.port.js';
import { embedStage } from '../../../../src/services/ingestion/embed.stage.js';
import type { WorkItem } from '../../../../src/services/ingestion/work-item.js';

const MODEL: EmbeddingModel = {
  name: 'words', revision: '1', modalities: ['TEXT'], dimensions: 1, active: true, available: true, readsWords: true, defaultAlpha: null, duplicateCosine: null, setting: '', description: '',
};
const LETTERS = 20_003;

/** A text of so many letters, each a passage of its own. */
const item = (): WorkItem =>
  ({ object: { type: 'TEXT' }, extraction: { text: 'x'.repeat(LETTERS), pages: [], blocks: [] }, passages: [], media: [], warnings: [], failure: undefined }) as unknown as WorkItem;

describe('embedStage', () => {
  it('takes 20,000 passages of one text, and says in a warning how many there are', async () => {
    const calls: number[] = [];
    const embedder = {
      models: () => [MODEL],
      splitPassages: async (_: string, texts: readonly { text: string }[]) => texts.map(({ text }) => Array.from(text, (_letter, start) => ({ start, end: start + 1, tokens: 1 }))),
      embedTexts: async (_: string, texts: readonly string[]) => {
        calls.push(texts.length);
        return texts.map(() => Float32Array.of(1));
      },
    };
    const long = item();
    const told: number[] = [];
    await embedStage({ embedder, objectStore: {} } as never, [long], new AbortController().signal, (fraction) => told.push(fraction));
    expect(long.passages).toHaveLength(20_000);
    expect(long.passages.every(({ vectors }) => vectors.length === 1)).toBe(true);
    expect(long.warnings).toEqual(['Only the first 20000 passages can be searched; the text has 20003.']);
    // A few at a time, so that progress is seen and nothing waits for all of it.
    expect(Math.max(...calls)).toBe(512);
    expect(told.at(-1)).toBe(1);
  });
});
