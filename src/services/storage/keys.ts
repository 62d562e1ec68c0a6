import type { DataType } from '../../domain/model.js';

/**
 * `<tenant>/<type>/<hash[0:8]>/<hash>`; what a tenant's name holds beyond letters, digits, `.`, `-` is written as `_xx`, and so is
 * the beginning of a name that would meet the staging area.
 */
export const contentKey = (tenantId: string, type: DataType, hash: string): string =>
  `${tenantSegment(tenantId)}/${type.toLowerCase()}/${hash.slice(0, 8)}/${hash}`;

/** No tenant's: `tenantSegment` sees to that. */
export const STAGING_PREFIX = 'temp/';
/** Where an upload's bytes wait until they are verified. */
export const stagingKey = (uploadId: string): string => `${STAGING_PREFIX}${uploadId}`;

function tenantSegment(tenantId: string): string {
  const isReserved = `${tenantId}/` === STAGING_PREFIX;
  // `_` itself is escaped too, so that no two tenants meet; a first dot would make a hidden or a parent folder.
  return [...Buffer.from(tenantId, 'utf8')]
    .map((byte, index) => {
      const char = String.fromCharCode(byte);
      const isPlain = /[A-Za-z0-9-]/.test(char) || (char === '.' && index > 0);
      return isPlain && !(isReserved && index === 0) ? char : escaped(byte);
    })
    .join('');
}

const escaped = (byte: number): string => `_${byte.toString(16).padStart(2, '0')}`;
