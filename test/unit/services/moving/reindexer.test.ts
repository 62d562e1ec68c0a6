import { describe, expect, it } from 'vitest';
import type { Reindex, StoreInUse } from '../../../../src/ports/repositories/reindex.repository.port.js';
import { Reindexer } from '../../../../src/services/moving/reindexer.js';

const STORE: StoreInUse = { provider: 'weaviate', place: 'http://one, Strata' };
const MOVE: Reindex = { id: '1', target: 'weaviate', place: STORE.place, models: null, phase: 'FOLLOWING', cursor: '', copied: 3, switched: false, verified: true };

function moving(move: Reindex | null) {
  const used: StoreInUse[] = [];
  const reindexes = { current: async () => move, use: async (store: StoreInUse) => void used.push(store) };
  return { used, reindexer: new Reindexer({ database: { reindexes } } as unknown as ConstructorParameters<typeof Reindexer>[0]) };
}

describe('a switch', () => {
  it('is remembered at the end of its move', async () => {
    const { used, reindexer } = moving(MOVE);
    await reindexer.use(STORE);
    expect(used).toEqual([STORE]);
  });

  it.each([
    ['was ended by somebody', null],
    ['was ended, and begun anew', { ...MOVE, phase: 'PASSAGES' as const }],
    ['was ended, and another one begun', { ...MOVE, place: 'elsewhere' }],
  ])('does not take place where the move %s meanwhile', async (_what, move) => {
    const { used, reindexer } = moving(move);
    await expect(reindexer.use(STORE)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringMatching(/^The move to weaviate \(http:\/\/one, Strata\) was ended by somebody/) as string });
    expect(used).toEqual([]);
  });
});
