import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typeid } from 'typeid-js';
import { ID_PREFIXES } from '../../../src/domain/ids.js';
import { decodeTypeId, encodeTypeId, entityOfTypeId } from '../../../src/domain/type-id.js';

describe('TypeIDs', () => {
  it('encode the specification’s own examples', () => {
    // https://github.com/jetify-com/typeid/blob/main/spec/valid.yml, with our prefixes
    expect(encodeTypeId('obj', '00000000-0000-0000-0000-000000000000')).toBe('obj_00000000000000000000000000');
    expect(encodeTypeId('obj', '00000000-0000-0000-0000-000000000001')).toBe('obj_00000000000000000000000001');
    expect(encodeTypeId('obj', '0110c853-1d09-52d8-d73e-1194e95b5f19')).toBe('obj_0123456789abcdefghjkmnpqrs');
    expect(encodeTypeId('obj', '01890a5d-ac96-774b-bcce-b302099a8057')).toBe('obj_01h455vb4pex5vsknk084sn02q');
    expect(encodeTypeId('obj', 'ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe('obj_7zzzzzzzzzzzzzzzzzzzzzzzzz');
  });

  it('agree with the reference implementation', () => {
    for (let i = 0; i < 100; i++) {
      const reference = typeid('ann');
      expect(decodeTypeId('ann', reference.toString())).toBe(reference.toUUID());
      expect(encodeTypeId('ann', reference.toUUID())).toBe(reference.toString());
    }
  });

  it('come back as the UUID that went in, and sort like it', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), fc.constantFrom(...Object.values(ID_PREFIXES)), (a, b, prefix) => {
        expect(decodeTypeId(prefix, encodeTypeId(prefix, a))).toBe(a);
        expect(Math.sign(encodeTypeId(prefix, a).localeCompare(encodeTypeId(prefix, b)))).toBe(Math.sign(a.localeCompare(b)));
      }),
    );
  });

  it.each([
    ['another kind', 'ann_01h455vb4pex5vsknk084sn02q'],
    ['upper case', 'obj_01H455VB4PEX5VSKNK084SN02Q'],
    ['a letter that base 32 leaves out', 'obj_01h455vb4pex5vsknk084sn02u'],
    ['too short', 'obj_01h455vb4pex5vsknk084sn02'],
    ['too long', 'obj_01h455vb4pex5vsknk084sn02qq'],
    ['more than 128 bits', 'obj_8zzzzzzzzzzzzzzzzzzzzzzzzz'],
    ['no separator', 'obj01h455vb4pex5vsknk084sn02qq'],
    ['a plain UUID', '01890a5d-ac96-774b-bcce-b302099a8057'],
    ['nothing', ''],
    ['beyond ASCII', 'obj_01h455vb4pex5vsknk084sn02\u00e9'],
  ])('refuse %s', (_what, id) => {
    expect(decodeTypeId('obj', id)).toBeNull();
  });

  it('name their kind', () => {
    expect(entityOfTypeId('upl_01h455vb4pex5vsknk084sn02q')).toBe('UploadSession');
    expect(entityOfTypeId('usr_01h455vb4pex5vsknk084sn02q')).toBeNull();
    expect(entityOfTypeId('nonsense')).toBeNull();
  });
});
