import { describe, expect, it } from 'vitest';
import { startTelemetry } from '../../../src/app/telemetry.js';
import type { HybridQuery } from '../../../src/ports/hybrid-store.port.js';
import type { VectorStore } from '../../../src/ports/vector-store.port.js';
import type { OutsideStores } from '../../../src/services/indexing/outside-writer.js';
import { CollectedSpans, parentOf } from '../../support/collected-spans.js';

const space = { model: 'a-model', dimensions: 2 };

describe('a store outside the database', () => {
  it('is followed under its vendor’s name, and told nothing of vectors and words', async () => {
    const spans = new CollectedSpans();
    const telemetry = await startTelemetry({ telemetry: { enabled: true, sampleRatio: 1 } }, { exporter: spans });
    const stores = {
      vectors: { upsert: async () => undefined } as unknown as VectorStore,
      keywords: null,
      hybrid: { hybrid: async () => ({ hits: [], complete: true }), write: async () => undefined },
    } satisfies OutsideStores;
    const followed = telemetry.outside(stores, 'weaviate');
    expect(followed.keywords).toBeNull();
    const run = telemetry.server!.operation({ operation: 'query' } as never, null);
    await run.within(async () => {
      await followed.vectors.upsert('a', space, [], null);
      const query: HybridQuery = { tenantId: 'a', space, vector: [0.123456, 1], terms: ['secretword'], alpha: 0.5, fusion: 'RELATIVE_SCORE', limit: 7, objectIds: null };
      expect(await followed.hybrid!.hybrid(query)).toEqual({ hits: [], complete: true });
    });
    run.end(false);
    expect(spans.all.map(({ name }) => name)).toEqual(['weaviate upsert', 'weaviate hybrid', 'query']);
    expect(spans.all[1]!.attributes).toEqual({ 'strata.model': 'a-model', 'strata.limit': 7, 'strata.alpha': 0.5, 'strata.fusion': 'RELATIVE_SCORE' });
    expect(spans.all.slice(0, 2).every((span) => parentOf(span) !== undefined)).toBe(true);
    await telemetry.stop();
  });
});
