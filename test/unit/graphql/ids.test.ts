import { describe, expect, it } from 'vitest';
import { StrataError } from '../../../src/domain/errors.js';
import { decodeAnyId, decodeId, encodeId } from '../../../src/graphql/ids.js';
import { decodeIds } from '../../../src/graphql/lists.js';

const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';

function refusal(run: () => unknown): StrataError {
  try {
    run();
  } catch (error) {
    if (error instanceof StrataError) return error;
    throw error;
  }
  throw new Error('Nothing was refused');
}

describe('ids from clients', () => {
  it('are read back', () => {
    expect(decodeId('obj', encodeId('obj', UUID), ['id'])).toBe(UUID);
    expect(decodeAnyId(encodeId('upl', UUID), ['id'])).toEqual({ entity: 'UploadSession', uuid: UUID });
  });

  it('of another kind are refused by name', () => {
    const error = refusal(() => decodeId('obj', encodeId('ann', UUID), ['input', 'id']));
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT', path: ['input', 'id'] });
    expect(error.message).toMatch(/an annotation.*an object/);
  });

  it('that are none are refused, and not repeated at length', () => {
    for (const id of ['', UUID, 'obj_', "obj_'; drop table x", 'x'.repeat(10_000)]) {
      const error = refusal(() => decodeId('obj', id, ['id']));
      expect(error.code).toBe('BAD_USER_INPUT');
      expect(error.message.length).toBeLessThan(300);
      expect(refusal(() => decodeAnyId(id, ['id'])).code).toBe('BAD_USER_INPUT');
    }
  });

  it('in lists lose their repeats, keep their order, and name the place of what is wrong', () => {
    const other = '01890a5d-ac96-774b-bcce-b302099a8058';
    expect(decodeIds('obj', [encodeId('obj', other), encodeId('obj', UUID), encodeId('obj', other)], ['ids'])).toEqual([other, UUID]);
    expect(refusal(() => decodeIds('obj', [encodeId('obj', UUID), 'x'], ['filter', 'objectIds'])).path).toEqual(['filter', 'objectIds', '1']);
    expect(refusal(() => decodeIds('obj', Array<string>(501).fill(encodeId('obj', UUID)), ['ids'])).path).toEqual(['ids']);
  });
});
