import type { DataType } from '../../domain/model.js';

/** `<tenant>/<type>/<hash[0:8]>/<hash>`; what a tenant's name holds beyond letters, digits, `.`, `_`, `-` is written as `_xx`. */
export const contentKey = (tenantId: string, type: DataType, hash: string): string =>
  `${tenantSegment(tenantId)}/${type.toLowerCase()}/${hash.slice(0, 8)}/${hash}`;

/** Where an upload's bytes wait until they are verified. */
export const stagingKey = (uploadId: string): string => `temp/${uploadId}`;

function tenantSegment(tenantId: string): string {
  // `_` itself is escaped too, so that no two tenants meet; a first dot would make a hidden or a parent folder.
  return [...Buffer.from(tenantId, 'utf8')]
    .map((byte, index) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9-]/.test(char) || (char === '.' && index > 0) ? char : `_${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}
