import { Failure } from '../failure.js';

/**
 * Says of each what became of it, on a line of its own; one that fails keeps none of the others.
 * @param remove answers the line
 * @returns the exit code: 1 where any could not be removed
 */
export async function eachRemoved(ids: readonly string[], remove: (id: string) => Promise<string>): Promise<0 | 1> {
  let failed = false;
  for (const id of ids) {
    try {
      process.stdout.write(`${await remove(id)}\n`);
    } catch (error) {
      failed = true;
      process.stderr.write(`failed   ${id}: ${Failure.messageOf(error)}\n`);
    }
  }
  return failed ? 1 : 0;
}
