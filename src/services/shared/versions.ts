import { conflict } from '../../domain/errors.js';

/** For updates that say which version they were made from. @throws CONFLICT that names both */
export function requireVersion(present: number, expected: number | undefined): void {
  if (expected === undefined || expected === present) return;
  throw conflict(`The present version is ${present}, not ${expected}. Read it again and repeat your change on that.`, ['input', 'expectedVersion']);
}
