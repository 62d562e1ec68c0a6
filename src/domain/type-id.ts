import { ID_PREFIXES, type EntityName, type IdPrefix } from './ids.js';

/**
 * TypeIDs, https://github.com/jetify-com/typeid/tree/main/spec (version 0.3): a prefix, `_`, and the UUID's 128 bits as
 * 26 digits of Crockford's base 32 in lower case, two zero bits in front. Tables instead of big integers, because a
 * single answer of the API can hold thousands of them.
 */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';
const DIGIT_VALUE = new Int8Array(128).fill(-1);
for (let i = 0; i < 32; i++) DIGIT_VALUE[DIGITS.charCodeAt(i)] = i;

const HEX_VALUE = new Int8Array(128).fill(-1);
for (let i = 0; i < 16; i++) {
  HEX_VALUE['0123456789abcdef'.charCodeAt(i)] = i;
  HEX_VALUE['0123456789ABCDEF'.charCodeAt(i)] = i;
}
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const SUFFIX_LENGTH = 26;
const UUID_LENGTH = 36;

/** @throws RangeError where `uuid` is not a UUID in its 36-character form, which only a defect of ours can cause */
export function encodeTypeId(prefix: IdPrefix, uuid: string): string {
  let id = `${prefix}_`;
  let bits = 0;
  let pending = 2; // two zero bits lead, so that 130 bits make 26 digits
  if (uuid.length !== UUID_LENGTH) throw new RangeError(`"${uuid}" is not a UUID`);
  for (let i = 0; i < UUID_LENGTH; i++) {
    if (i === 8 || i === 13 || i === 18 || i === 23) continue;
    const value = HEX_VALUE[uuid.charCodeAt(i)] ?? -1;
    if (value < 0) throw new RangeError(`"${uuid}" is not a UUID`);
    bits = (bits << 4) | value;
    pending += 4;
    if (pending >= 5) {
      pending -= 5;
      id += DIGITS[bits >> pending];
      bits &= (1 << pending) - 1;
    }
  }
  return id;
}

/** The UUID within a TypeID of that kind; null where it is of another kind or malformed. */
export function decodeTypeId(prefix: IdPrefix, id: string): string | null {
  const start = prefix.length + 1;
  if (id.length !== start + SUFFIX_LENGTH || !id.startsWith(prefix) || id[prefix.length] !== '_') return null;
  const bytes = new Uint8Array(16);
  let bits = 0;
  let pending = -2;
  let at = 0;
  for (let i = start; i < id.length; i++) {
    const value = DIGIT_VALUE[id.charCodeAt(i)] ?? -1;
    // More than 7 in front would be more than 128 bits.
    if (value < 0 || (i === start && value > 7)) return null;
    bits = (bits << 5) | value;
    pending += 5;
    if (pending >= 8) {
      pending -= 8;
      bytes[at++] = bits >> pending;
      bits &= (1 << pending) - 1;
    }
  }
  let uuid = '';
  for (let i = 0; i < 16; i++) {
    uuid += HEX[bytes[i]!]!;
    if (i === 3 || i === 5 || i === 7 || i === 9) uuid += '-';
  }
  return uuid;
}

const NAME_BY_PREFIX = new Map<string, EntityName>(
  (Object.entries(ID_PREFIXES) as [EntityName, IdPrefix][]).map(([name, prefix]) => [prefix, name]),
);

/** Which kind of thing an id speaks of, by its prefix; null for a prefix that is not ours. */
export function entityOfTypeId(id: string): EntityName | null {
  const end = id.indexOf('_');
  return end < 0 ? null : (NAME_BY_PREFIX.get(id.slice(0, end)) ?? null);
}
