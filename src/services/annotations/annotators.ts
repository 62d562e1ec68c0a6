import { badInput, forbidden } from '../../domain/errors.js';
import type { Annotation, Viewer } from '../../domain/model.js';
import { hasRole, requireRole } from '../../domain/roles.js';

const SYSTEM = /^\s*system:/i;
const LONGEST_ID = 255;

export const isSystem = (annotation: Pick<Annotation, 'annotatorId'>): boolean => SYSTEM.test(annotation.annotatorId);

/** In whose name an annotation is made: the viewer's, or, by an admin, another's. */
export function readAnnotatorId(viewer: Viewer, given: string | undefined): string {
  const path = ['annotatorId'];
  if (given === undefined || given === viewer.id) return viewer.id;
  if (SYSTEM.test(given)) throw badInput('Names that begin with "system:" are those of the annotators that run here. Choose another.', path);
  if (given.trim() === '' || given.includes('\0') || given.length > LONGEST_ID) {
    throw badInput(`An annotator's id has 1 to ${LONGEST_ID} characters, none of them U+0000.`, path);
  }
  if (!hasRole(viewer, 'admin')) throw forbidden('Annotating in the name of another takes the role admin. Leave "annotatorId" out to annotate in your own.', path);
  return given;
}

/** One's own annotations; an admin, everybody's. What a system annotator says is its own: nobody changes it. */
export function requireMayUpdate(viewer: Viewer, annotation: Annotation): void {
  if (isSystem(annotation)) throw forbidden('What a system annotator says is not changed by hand. Delete it, or add an annotation of your own.', ['input', 'id']);
  requireOwnOrAdmin(viewer, annotation, ['input', 'id']);
}

/** One's own; an admin, everybody's; a system annotator's, whoever may delete objects. */
export function requireMayDelete(viewer: Viewer, annotation: Annotation): void {
  if (isSystem(annotation)) requireRole(viewer, 'editor');
  else requireOwnOrAdmin(viewer, annotation, ['id']);
}

function requireOwnOrAdmin(viewer: Viewer, annotation: Annotation, path: string[]): void {
  if (annotation.annotatorId === viewer.id || hasRole(viewer, 'admin')) return;
  throw forbidden('The annotation is another’s. Only its annotator or an admin may change it.', path);
}
