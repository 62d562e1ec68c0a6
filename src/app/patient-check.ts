import { setTimeout as pause } from 'node:timers/promises';
import { isUnavailable } from '../domain/errors.js';

const ATTEMPTS = 4;
const PAUSE_MS = 500;

/**
 * A process that has just started asks while it is still busy with that, and where everything starts at once so is who is asked:
 * what did not answer is asked again. What it answers, however wrong, is an answer.
 */
export async function asked(check: () => Promise<void>, pauseMs = PAUSE_MS): Promise<void> {
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    try {
      return await check();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      await pause(pauseMs);
    }
  }
  return check();
}
