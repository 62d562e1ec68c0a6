import { describe, expect, it } from 'vitest';
import { dependencyUnavailable, isStrataError } from '../../../../src/domain/errors.js';
import type { Embedding, Viewer } from '../../../../src/domain/model.js';
import type { VectorSpace } from '../../../../src/ports/vector-store.port.js';
import { EmbeddingService } from '../../../../src/services/embeddings/embedding.service.js';

const viewer: Viewer = { id: 'v', tenantId: 't', role: 'reader' };
const embedding = (id: string, modelName: string, dimensions = 2) => ({ id, modelName, dimensions, objectId: 'o' }) as Embedding;

function serviceOver(fetch: (space: VectorSpace, ids: readonly string[]) => Promise<Map<string, Float32Array>>) {
  const vectors = { fetch: (_tenant: string, space: VectorSpace, ids: readonly string[]) => fetch(space, ids) };
  return new EmbeddingService({ vectors } as unknown as ConstructorParameters<typeof EmbeddingService>[0]);
}

describe('EmbeddingService.vectors', () => {
  it('reads once a model, keeps order, null for what is not there', async () => {
    const reads: [VectorSpace, readonly string[]][] = [];
    const service = serviceOver(async (space, ids) => {
      reads.push([space, ids]);
      return new Map(ids.filter((id) => id !== 'gone').map((id) => [id, Float32Array.of(id.length, 0)]));
    });
    const answers = await service.vectors(viewer, [embedding('a', 'x'), embedding('bb', 'y'), embedding('gone', 'x'), embedding('ccc', 'x'), embedding('d', 'x', 3)]);
    expect(answers).toEqual([Float32Array.of(1, 0), Float32Array.of(2, 0), null, Float32Array.of(3, 0), Float32Array.of(1, 0)]);
    expect(reads).toEqual([
      [{ model: 'x', dimensions: 2 }, ['a', 'gone', 'ccc']],
      [{ model: 'y', dimensions: 2 }, ['bb']],
      [{ model: 'x', dimensions: 3 }, ['d']],
    ]);
  });

  it('answers an error for the embeddings of a space that is out of reach, and for no others', async () => {
    const service = serviceOver(async ({ model }, ids) => {
      if (model === 'x') throw dependencyUnavailable('vectors', null);
      return new Map(ids.map((id) => [id, Float32Array.of(1)]));
    });
    const answers = await service.vectors(viewer, [embedding('a', 'x'), embedding('b', 'y')]);
    expect(isStrataError(answers[0]) && answers[0].code).toBe('DEPENDENCY_UNAVAILABLE');
    expect(answers[1]).toEqual(Float32Array.of(1));
  });

  it('does not take a defect for an outage', async () => {
    const service = serviceOver(() => Promise.reject(new TypeError('defect')));
    await expect(service.vectors(viewer, [embedding('a', 'x')])).rejects.toThrow('defect');
  });
});
