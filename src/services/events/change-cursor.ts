import { badInput } from '../../domain/errors.js';
import { cursorFingerprint } from '../../domain/paging.js';

/** `transaction.sequence`, as the event repository gives them. */
const POSITION = /^(\d{1,20})\.(\d{1,19})$/;
const LAST_TRANSACTION = 2n ** 64n - 1n;
const LAST_SEQUENCE = 2n ** 63n - 1n;

/** Opaque towards clients: base64url of `[tenant's mark, position]`. */
export function encodeChangeCursor(tenantId: string, position: string): string {
  return Buffer.from(JSON.stringify([markOf(tenantId), position])).toString('base64url');
}

/** @throws BAD_USER_INPUT for what is no cursor of this tenant's changes */
export function decodeChangeCursor(tenantId: string, cursor: string): string {
  const [mark, position] = parse(cursor);
  const match = typeof position === 'string' ? POSITION.exec(position) : null;
  if (mark !== markOf(tenantId) || match === null || BigInt(match[1]!) > LAST_TRANSACTION || BigInt(match[2]!) > LAST_SEQUENCE) {
    throw badInput('"after" is not a cursor of this subscription. Use the "cursor" of a change that it gave you, or leave it out to begin now.', ['after']);
  }
  return match[0];
}

const markOf = (tenantId: string) => cursorFingerprint('changes', tenantId);

function parse(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.length === 2 ? parts : [];
  } catch {
    return []; // not ours; the caller says so
  }
}
