import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/**
 * What bulk work has of a core that somebody else wants: a tenth. So a query that comes takes the core at once, and bulk work
 * still goes on beside a server that is never idle (at 19 it would have one part in seventy).
 */
export const BULK_NICENESS = 10;

/**
 * Lowers the priority of the thread that calls it, alone. Linux schedules threads, and there a session of one thread runs on the
 * thread that calls it; elsewhere priorities are the process's, and nothing is changed.
 *
 * @param niceness 1 to 19
 */
export function lowerThreadPriority(niceness: number): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), niceness);
  } catch (error) {
    // Without /proc, or where a sandbox forbids it, work is as before: queries only wait a little longer.
    process.emitWarning(`Bulk work with models runs at the same priority as everything else: ${String(error)}`);
  }
}
