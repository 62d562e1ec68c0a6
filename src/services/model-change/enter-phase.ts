import { isOver, type ModelChange, type ModelChangePhase, type ModelRole } from '../../domain/model-change.js';
import type { Transaction } from '../../ports/database.port.js';

/** In the transaction that holds the change's lock: the phase, the roles that come with it, and an end to every cached search. */
export async function enterPhase(tx: Transaction, change: Pick<ModelChange, 'id'>, phase: ModelChangePhase, total: number, roles: readonly ModelRole[]): Promise<ModelChange> {
  await tx.modelChanges.setRoles(roles);
  const entered = await tx.modelChanges.enter(change.id, phase, total);
  if (!isOver(phase)) await tx.modelChanges.raiseGenerations();
  return entered;
}
