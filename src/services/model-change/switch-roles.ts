import { setTimeout as pauseFor } from 'node:timers/promises';
import { conflict } from '../../domain/errors.js';
import { rolesIn, type ModelChange } from '../../domain/model-change.js';
import { enterPhase } from './enter-phase.js';
import type { FillerDependencies, ModelFiller } from './model-filler.js';
import { fillTo, settleNotes } from './settle-notes.js';
import { whatIsAmiss } from './verify-fill.js';

/** An operator waits for it. What takes longer a worker does, or the next try. */
const LONGEST_MS = 15_000;
const REST_MS = 200;
const SETTLING_ATTEMPTS = 5;

/**
 * From the commit of one transaction on searches ask the other model. Invariant: nothing that was written so far lacks its vectors, but
 * for what is put aside. So what is noted is settled first, and then all rows are asked once more: a note may have been lost between
 * processes of which one lacked the model, or had yet to see which phase it is.
 * @param requireAccepted throws where what is put aside is not accepted; asked with the change locked
 * @throws CONFLICT
 */
export async function switchRoles(deps: FillerDependencies, filler: ModelFiller, change: ModelChange, phase: 'CUT_OVER' | 'ROLLED_BACK', requireAccepted: (now: ModelChange) => void): Promise<ModelChange> {
  const until = Date.now() + LONGEST_MS;
  const { signal } = new AbortController();
  const inTime = async () => {
    if (Date.now() >= until) throw conflict('Objects that were written meanwhile, or are tried again, have yet to be embedded. Repeat this in a moment.');
  };
  await settleNotes(deps, filler, change, inTime, signal);
  const target = phase === 'CUT_OVER' ? change.to : change.from;
  const fill = target && fillTo(change, target, deps.embedder.models());
  while (fill !== null) {
    const amiss = await whatIsAmiss(deps, fill, (objectIds) => filler.fill(fill, objectIds, inTime, signal));
    if (amiss === null) break;
    if (Date.now() >= until) throw conflict(`${amiss} Repeat this in a moment.`);
    await pauseFor(REST_MS);
  }
  for (let attempt = 1; ; attempt += 1) {
    // Not where searches go back from a model that is not here any more; its notes wait.
    const isSettled = (await settleNotes(deps, filler, change, inTime, signal)) !== null;
    const entered = await deps.database.transaction(async (tx) => {
      const now = await tx.modelChanges.lock(change.id);
      if (now?.phase === phase) return now;
      if (now?.phase !== change.phase) throw conflict(`The change is ${now?.phase ?? 'gone'} now; somebody else has moved it on.`);
      requireAccepted(now);
      // Those of this moment belong to writers that write both; they are looked at behind the switch.
      if (isSettled && attempt < SETTLING_ATTEMPTS && (await tx.modelChanges.notes(1)).length > 0) return null;
      return enterPhase(tx, change, phase, change.total, rolesIn(phase, change));
    });
    if (entered !== null) return entered;
  }
}
