import type { App } from '../../src/app/compose.js';
import type { Viewer } from '../../src/domain/model.js';
import type { ModelChange, ModelChangePhase } from '../../src/domain/model-change.js';

/** Who may change models. */
export const operator: Viewer = { id: 'operator', tenantId: 'default', role: 'admin' };

/** Follows a change until it is there. */
export async function untilPhase({ services }: Pick<App, 'services'>, id: string, phase: ModelChangePhase): Promise<ModelChange> {
  for (;;) {
    for await (const state of await services.modelChanges.progress(operator, id, new AbortController().signal)) if (state.phase === phase) return state;
  }
}
