import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { centroid, centroidsOf, normalized } from '../../../../src/services/search/query-vectors.js';
import { SearchWorld, TEXT_MODEL } from './search-world.js';

const length = (vector: Float32Array) => Math.hypot(...vector);

describe('normalized', () => {
  it('gives every direction the length 1, however large or small', () => {
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 20 }).filter((vector) => vector.some((x) => Math.abs(x) > 1e-300)), (vector) => {
        expect(length(normalized(vector))).toBeCloseTo(1, 5);
      }),
    );
  });

  it('leaves nothing as nothing', () => {
    expect([...normalized([0, 0])]).toEqual([0, 0]);
  });
});

describe('the centroid', () => {
  it('lies amid its vectors, whatever their lengths', () => {
    const [x, y] = centroid([Float32Array.of(5, 0), Float32Array.of(0, 0.1)]);
    expect(x).toBeCloseTo(Math.SQRT1_2, 6);
    expect(y).toBeCloseTo(Math.SQRT1_2, 6);
  });

  it('is the first where they cancel out', () => {
    expect([...centroid([Float32Array.of(1, 0), Float32Array.of(-1, 0)])]).toEqual([1, 0]);
  });

  it('of a long document is taken of 64 vectors spread over it', async () => {
    const world = new SearchWorld();
    const book = world.add({});
    const ids = Array.from({ length: 640 }, () => world.addVector(book, [1, 0, 0])).sort();
    const { vectors } = world.dependencies();
    let fetched: readonly string[] = [];
    const asking = { vectors: { ...vectors, fetch: async (...args: Parameters<typeof vectors.fetch>) => ((fetched = args[2]), vectors.fetch(...args)) } };
    await centroidsOf(asking, 'acme', TEXT_MODEL, [book], [...world.embeddings.values()].reverse());
    expect(fetched).toEqual(ids.filter((_, i) => i % 10 === 0));
  });

  it('is nothing where the store has lost the vectors', async () => {
    const world = new SearchWorld();
    const book = world.add({ vector: [1, 0, 0] });
    const rows = [...world.embeddings.values()];
    world.embeddings.clear();
    expect(await centroidsOf(world.dependencies(), 'acme', TEXT_MODEL, [book], rows)).toEqual(new Map());
  });
});
