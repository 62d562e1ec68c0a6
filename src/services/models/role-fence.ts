import { StrataError } from '../../domain/errors.js';
import type { Transaction } from '../../ports/database.port.js';

/** What was embedded is not to be written: the models were changed meanwhile. Whoever embeds it anew does right. */
export class ModelsChanged extends StrataError {
  constructor() {
    super('DEPENDENCY_UNAVAILABLE', 'The embedding models were changed while this was embedded with the earlier ones, or this process does not have those in use. It is embedded again in a moment.', {
      extensions: { dependency: 'model roles', retryable: true },
    });
    this.name = 'ModelsChanged';
  }
}

/**
 * To be called in a transaction that writes vectors, before it does. Between the choice of the models and this, hours may lie, and a
 * whole change with its clean-up. From here to the transaction's end nobody can change the roles, so either the clean-up finds what is
 * written here, or this finds the clean-up begun. Invariant: behind the commit that begins a clean-up nothing of the model that goes is
 * written, and what lacks the model that is searched is not written at all.
 * @param sets names of all the models that were written when the vectors were made, for each choice that was made of them
 * @throws ModelsChanged
 */
export async function requireRolesOf(tx: Transaction, sets: Iterable<readonly string[]>): Promise<void> {
  const roles = await tx.modelChanges.holdRoles();
  for (const names of sets) {
    // One that is written and not searched, the change itself gives to what lacks it.
    if (roles.some(({ name, written, searched }) => (written ? searched && !names.includes(name) : names.includes(name)))) throw new ModelsChanged();
  }
}

/** As `requireRolesOf`, for vectors of one model that are to be added. @throws ModelsChanged */
export async function requireRoleOf(tx: Transaction, { name, revision }: { name: string; revision: string }): Promise<void> {
  const role = (await tx.modelChanges.holdRoles()).find((each) => each.name === name);
  if (role !== undefined && !(role.written && role.revision === revision)) throw new ModelsChanged();
}
