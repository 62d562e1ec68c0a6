import { badInput } from '../../domain/errors.js';

const LONGEST = 255;
// eslint-disable-next-line no-control-regex -- these are the very characters to refuse
const CONTROL = /[\u0000-\u001f\u007f]/;

/** A file's own name: folders in front are taken off, the rest is kept as it is. Never used as a path. */
export function readFilename(given: string, path: string[]): string {
  const name = given.split(/[\\/]/).at(-1)!.trim();
  if (name === '' || CONTROL.test(name) || !name.isWellFormed()) throw badInput('The filename is empty or holds control characters or half a surrogate pair. Give the name that the file has, such as "notes.md".', path);
  if (name.length > LONGEST) throw badInput(`The filename has ${name.length} characters; up to ${LONGEST} are taken.`, path);
  return name;
}
