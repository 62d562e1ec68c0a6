import { describe, expect, it } from 'vitest';

import { badInput, conflict, databaseTimeout, dependencyUnavailable, notConfigured, notFound } from '../../../../src/domain/errors.js';
import { inTheWay, wrongSetting } from '../../../../src/adapters/vectors/refusals.js';
import { ExtractionError } from '../../../../src/ports/media.port.js';
import { ingestionErrorOf, isExhausted, isSuspect, nextAttemptIn, retryDelaySeconds, WorkerDied } from '../../../../src/services/ingestion/failure.js';

describe('ingestionErrorOf', () => {
  it.each([
    [new ExtractionError('ENCRYPTED', 'It has a password.'), 'ENCRYPTED', false],
    [new ExtractionError('TIMEOUT', 'It took too long.', true), 'TIMEOUT', true],
    [dependencyUnavailable('models', new Error('down')), 'DEPENDENCY_UNAVAILABLE', true],
    [notConfigured('CLIP', 'embedding.models'), 'MODEL_UNAVAILABLE', false],
    [wrongSetting('Chroma', 'vector_database.chroma.api_key', 'Chroma refuses the key.'), 'INTERNAL', false],
    [inTheWay('The vectors are stored with 3 dimensions.'), 'INTERNAL', false],
    [conflict('The stored object was changed since it was read.'), 'INTERNAL', true],
    [notFound('stored object', 'key'), 'INTERNAL', false],
    [new WorkerDied(3), 'WORKER_DIED', false],
    [badInput('odd'), 'INTERNAL', true],
    [new Error('SQL and paths'), 'INTERNAL', true],
    ['not even an error', 'INTERNAL', true],
  ])('%s is %s', (error, code, retryable) => {
    expect(ingestionErrorOf(error)).toMatchObject({ code, retryable });
  });

  it('says a store\'s refusal in the store\'s words, and nothing of a race', () => {
    expect(ingestionErrorOf(inTheWay('Stored with 3 dimensions.')).message).toBe('Stored with 3 dimensions.');
    expect(ingestionErrorOf(conflict('Changed since it was read.')).message).not.toContain('Changed');
  });

  it('lets no unknown message out', () => {
    expect(ingestionErrorOf(new Error('at /home/strata/secret.ts')).message).not.toContain('secret');
  });
});

describe('retryDelaySeconds', () => {
  it('grows fourfold, keeps half of it for jitter, and ends at five minutes', () => {
    for (const [attempts, ceiling] of [[1, 2], [2, 8], [3, 32], [4, 128], [5, 300], [50, 300]] as const) {
      expect(retryDelaySeconds(attempts, () => 0)).toBe(ceiling / 2);
      expect(retryDelaySeconds(attempts, () => 1)).toBe(ceiling);
    }
  });
});

describe('nextAttemptIn', () => {
  const HOUR = 3_600_000;
  const after = (failure: unknown, attempts: number, hours = 1) => nextAttemptIn({ attempts, createdAt: new Date(0) }, failure, 3, hours * HOUR);

  it('waits for a store for a day, and never long at a time', () => {
    const away = dependencyUnavailable('vectors', new Error('down'));
    for (const attempts of [1, 3, 6, 3_000]) {
      expect(after(away, attempts)).toBeGreaterThanOrEqual(1);
      expect(after(away, attempts)).toBeLessThanOrEqual(32);
    }
    expect(after(away, 3_001, 25)).toBeGreaterThan(32);
    expect(after(away, 3_000, 25)).toBeNull();
  });

  it('ends a round by its attempts where the content itself may be to blame', () => {
    for (const failure of [new Error('odd'), dependencyUnavailable('models', new Error('down')), databaseTimeout('Too long.', new Error('57014'))]) {
      expect(after(failure, 2)).not.toBeNull();
      expect(after(failure, 3)).toBeNull();
    }
    expect(after(new ExtractionError('ENCRYPTED', 'It has a password.'), 1)).toBeNull();
  });

  it('is over with a store that refuses until somebody changes something, and not with one that was changed meanwhile', () => {
    expect(after(inTheWay('Stored with 3 dimensions.'), 1)).toBeNull();
    expect(after(wrongSetting('Weaviate', 'vector_database.weaviate.api_key', 'A wrong key.'), 1)).toBeNull();
    expect(after(conflict('Changed since it was read.'), 1)).not.toBeNull();
  });
});

describe('isExhausted', () => {
  it('is a death over the last attempt of a round, and no other beginning', () => {
    const deadAt = (attempts: number) => isExhausted({ attempts, takenOver: true }, 3);
    expect([2, 3, 4, 5, 6, 7].map(deadAt)).toEqual([false, false, true, false, false, true]);
    // The first attempt of a round that a retry began.
    expect(isExhausted({ attempts: 4, takenOver: false }, 3)).toBe(false);
    expect(isExhausted({ attempts: 2, takenOver: true }, 1)).toBe(true);
  });
});

describe('isSuspect', () => {
  it('is what was there at every death of a round, and what was alone at one, until it has a verdict', () => {
    const at = (attempts: number, runsAlone: number) => isSuspect({ attempts, takenOver: true, runsAlone }, 3);
    expect([at(3, 0), at(4, 0), at(5, 0), at(5, 1)]).toEqual([false, true, false, true]);
    expect(isSuspect({ attempts: 4, takenOver: false, runsAlone: 0 }, 3)).toBe(false);
  });
});
