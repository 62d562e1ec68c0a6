import { forbidden } from './errors.js';
import { ROLES, type Role, type Viewer } from './model.js';

/** Each role may do what those before it may: reader, annotator, editor, admin. */
export const hasRole = (viewer: Viewer, needed: Role): boolean => ROLES.indexOf(viewer.role) >= ROLES.indexOf(needed);

/** @throws FORBIDDEN where the viewer's role is below the needed one */
export function requireRole(viewer: Viewer, needed: Role): void {
  if (hasRole(viewer, needed)) return;
  throw forbidden(
    `This takes the role ${needed}${needed === 'admin' ? '' : ' or a higher one'}; your key has the role ${viewer.role}.`,
  );
}
