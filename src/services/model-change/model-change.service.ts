import { setTimeout as pauseFor } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { conflict, forbidden, notFound } from '../../domain/errors.js';
import { isOver, isWorking, keepsBoth, rolesIn, type ModelChange, type ModelChangeEstimate, type ModelChangeFailure, type ModelVersion } from '../../domain/model-change.js';
import type { Viewer } from '../../domain/model.js';
import { requireRole } from '../../domain/roles.js';
import { Hints } from '../events/hints.js';
import { subscription } from '../events/subscription.js';
import { MODEL_CHANGE_CHANNEL } from '../models/models-in-use.js';
import { inOrder } from '../shared/pages.js';
import { enterPhase } from './enter-phase.js';
import { estimateChange } from './estimate.js';
import { chooseModels, requireUse } from './model-choice.js';
import type { ModelChangeWorkerDependencies } from './model-change.worker.js';
import { fillOf, ModelFiller } from './model-filler.js';
import { othersBehind, processesWithout } from './processes.js';
import { switchRoles } from './switch-roles.js';

export interface ModelChangeRequest {
  /** Left out: the model in use that embeds what `to` does. */
  from?: string | null;
  to: string;
  /** Nothing is left for it. */
  beside?: boolean;
}

/** Longer than any process takes to look for itself. */
const TAKING_UP_MS = 15_000;
const LOOK_MS = 3_000;
const REST_MS = 100;
const MOST_LISTED = 100;

/**
 * A change of models while everything goes on. Each operation may be repeated: it answers what the first call has led to. A change
 * concerns every tenant, so all of them take an admin of the tenant "default".
 */
export class ModelChangeService {
  private readonly filler: ModelFiller;

  /** @param wake a worker of this process, where it does jobs */
  constructor(
    private readonly deps: ModelChangeWorkerDependencies,
    private readonly wake: () => void,
  ) {
    this.filler = new ModelFiller(deps);
  }

  async byIds(viewer: Viewer, ids: readonly string[]): Promise<(ModelChange | null)[]> {
    requireOperator(viewer);
    return inOrder(ids, (await Promise.all(ids.map((id) => this.deps.database.modelChanges.find(id)))).filter((change) => change !== null));
  }

  /** The open one, or else the newest. */
  async current(viewer: Viewer): Promise<ModelChange | null> {
    requireOperator(viewer);
    return (await this.deps.database.modelChanges.list(1))[0] ?? null;
  }

  async list(viewer: Viewer, first: number): Promise<ModelChange[]> {
    requireOperator(viewer);
    return this.deps.database.modelChanges.list(Math.min(Math.max(first, 0), MOST_LISTED));
  }

  async failures(viewer: Viewer, changeId: string, first: number): Promise<ModelChangeFailure[]> {
    requireOperator(viewer);
    return this.deps.database.modelChanges.failures(changeId, Math.min(Math.max(first, 0), MOST_LISTED));
  }

  /** Objects that something was written of since the change began, or that are tried again, and that have yet to be looked at. */
  async waiting(viewer: Viewer, { phase }: Pick<ModelChange, 'phase'>): Promise<number> {
    requireOperator(viewer);
    return keepsBoth(phase) ? this.deps.database.modelChanges.countNoted() : 0;
  }

  /** What a change would cost, by what is here and by some that are embedded to measure it; nothing is written. */
  async estimate(viewer: Viewer, request: ModelChangeRequest, signal: AbortSignal): Promise<ModelChangeEstimate> {
    requireOperator(viewer);
    return estimateChange(this.deps, chooseModels(this.deps.embedder.models(), request), signal);
  }

  async start(viewer: Viewer, request: ModelChangeRequest): Promise<ModelChange> {
    requireOperator(viewer);
    const { database, embedder, vectors, modelsInUse } = this.deps;
    await modelsInUse.follow();
    const open = modelsInUse.open;
    if (open !== null && open.to.name === request.to && (request.from == null || open.from?.name === request.from)) return this.tryFailuresAgain(open);
    if (open !== null) throw conflict(`A change ${nameOf(open)} is open (${open.phase}). One at a time: end that first, by cleaning it up or aborting it.`);
    const choice = chooseModels(embedder.models(), request);
    requireUse(choice);
    const { from, to } = choice;
    await vectors.ensureSpace({ model: to.name, dimensions: to.dimensions });
    const id = uuidv7();
    const total = await database.modelChanges.countObjects(fillOf({ id }, from?.name ?? null, to).spec);
    const change = { id, from: from && versionOf(from), to: versionOf(to) };
    const begun = await database.transaction(async (tx) => {
      const row = await tx.modelChanges.begin({ ...change, total, startedBy: viewer.id });
      if (row !== null) await tx.modelChanges.setRoles(rolesIn('BACKFILLING', change));
      return row;
    });
    // Somebody was faster: this call finds theirs.
    if (begun === null) return this.start(viewer, request);
    await this.announce();
    return begun;
  }

  /**
   * Searches ask the new model from the commit of one transaction on. The answer comes when every process has taken it up.
   * @param options.acceptFailures though some objects could not be embedded with it
   */
  async cutOver(viewer: Viewer, id: string, options: { acceptFailures: boolean }): Promise<ModelChange> {
    const requireAccepted = ({ failed, to }: ModelChange) => {
      if (failed > 0 && !options.acceptFailures) {
        throw conflict(`${failed} objects could not be embedded with "${to.name}", and would not be found by it. "failures" says why; start the change again to try them again, or cut over with "acceptFailures".`);
      }
    };
    return this.switchTo(viewer, id, 'CUT_OVER', requireAccepted, async (change) => {
      if (change.phase !== 'READY' && change.phase !== 'ROLLED_BACK') throw conflict(`The change ${nameOf(change)} is ${change.phase}, and only one that is READY can be cut over${isOver(change.phase) ? '' : ': watch it until then'}.`);
      requireAccepted(change);
      await this.requireEverywhere(change, change.to);
    });
  }

  /** Searches ask the old model again. Vectors of both went on being written, so nothing is lost. */
  async rollBack(viewer: Viewer, id: string): Promise<ModelChange> {
    return this.switchTo(viewer, id, 'ROLLED_BACK', () => undefined, async (change) => {
      if (change.phase === 'CLEANING' || change.phase === 'CLEANED') throw conflict(`The vectors of "${change.from?.name ?? change.to.name}" were taken out by the clean-up, so there is nothing to roll back to. Start a change ${change.from === null ? 'anew' : `back to "${change.from.name}"`} instead.`);
      if (change.phase !== 'CUT_OVER') throw conflict(`The change ${nameOf(change)} is ${change.phase}; only one that was cut over can be rolled back.`);
      if (change.from !== null) await this.requireEverywhere(change, change.from);
    });
  }

  /** After a cut-over the old model's vectors go, after a roll-back the new one's; then there is no way back. */
  async cleanUp(viewer: Viewer, id: string): Promise<ModelChange> {
    return this.leave(viewer, id, (change) => {
      if (change.phase === 'CLEANING' || change.phase === 'CLEANED' || change.phase === 'ABORTING' || change.phase === 'ABORTED') return null;
      if (change.phase === 'CUT_OVER') return 'CLEANING';
      if (change.phase === 'ROLLED_BACK') return 'ABORTING';
      throw conflict(`The change ${nameOf(change)} is ${change.phase}. Cut it over first, or abort it, which takes the new vectors out.`);
    });
  }

  /** Before a cut-over, or after a roll-back: the new model's vectors go. */
  async abort(viewer: Viewer, id: string): Promise<ModelChange> {
    return this.leave(viewer, id, (change) => {
      if (change.phase === 'ABORTING' || change.phase === 'ABORTED') return null;
      if (change.phase === 'BACKFILLING' || change.phase === 'READY' || change.phase === 'ROLLED_BACK') return 'ABORTING';
      throw conflict(`The change ${nameOf(change)} is ${change.phase}, so searches ask "${change.to.name}". ${change.phase === 'CUT_OVER' ? 'Roll it back first.' : 'It cannot be aborted any more.'}`);
    });
  }

  /** Its state, then each change of it; ends where it does not move on by itself any more. */
  async progress(viewer: Viewer, id: string, signal: AbortSignal): Promise<AsyncIterable<ModelChange>> {
    requireOperator(viewer);
    const { database, events, logger } = this.deps;
    if ((await database.modelChanges.find(id)) === null) throw notFound('ModelChange', id, ['id']);
    return subscription<ModelChange>(signal, async (outlet) => {
      const hints = new Hints(events, [MODEL_CHANGE_CHANNEL], logger);
      outlet.onEnd(() => hints.close());
      for (let told = ''; !outlet.ended; ) {
        hints.take();
        const looked = Date.now();
        const change = await database.modelChanges.find(id);
        if (change === null) return;
        const news = JSON.stringify(change);
        if (news !== told) await outlet.push(change);
        told = news;
        if (!isWorking(change.phase)) return;
        await hints.wait(LOOK_MS);
        await hints.rest(looked + REST_MS - Date.now());
      }
    });
  }

  private async switchTo(viewer: Viewer, id: string, phase: 'CUT_OVER' | 'ROLLED_BACK', requireAccepted: (change: ModelChange) => void, check: (change: ModelChange) => Promise<void>): Promise<ModelChange> {
    requireOperator(viewer);
    const before = await this.require(id);
    if (before.phase === phase) return before;
    await check(before);
    const entered = await switchRoles(this.deps, this.filler, before, phase, requireAccepted);
    await this.announce();
    const behind = await this.untilTakenUp(entered.version);
    if (behind.length > 0) this.deps.logger.warn({ behind }, 'processes have not taken up which models are in use; they will, or are gone');
    return entered;
  }

  private async leave(viewer: Viewer, id: string, decide: (change: ModelChange) => 'CLEANING' | 'ABORTING' | null): Promise<ModelChange> {
    requireOperator(viewer);
    await this.require(id);
    const left = await this.deps.database.transaction(async (tx) => {
      const change = (await tx.modelChanges.lock(id))!;
      const phase = decide(change);
      if (phase === null) return { change, entered: false };
      // Beside the others nothing was left.
      if (phase === 'CLEANING' && change.from === null) return { change: await enterPhase(tx, change, 'CLEANED', change.total, rolesIn('CLEANED', change)), entered: true };
      const total = await tx.modelChanges.countEmbeddings(phase === 'CLEANING' ? change.from!.name : change.to.name);
      return { change: await enterPhase(tx, change, phase, total, rolesIn(phase, change)), entered: true };
    });
    if (left.entered) await this.announce();
    return left.change;
  }

  /** A worker does, however many they are. Until then a cut-over finds them noted. */
  private async tryFailuresAgain({ id }: ModelChange): Promise<ModelChange> {
    const open = await this.deps.database.transaction(async (tx) => {
      const now = (await tx.modelChanges.lock(id))!;
      if (now.failed === 0 || !keepsBoth(now.phase)) return now;
      await tx.modelChanges.noteFailures(id);
      return { ...now, failed: 0 };
    });
    await this.announce();
    return open;
  }

  private async require(id: string): Promise<ModelChange> {
    const change = await this.deps.database.modelChanges.find(id);
    if (change === null) throw notFound('ModelChange', id, ['id']);
    return change;
  }

  private async requireEverywhere(change: ModelChange, model: ModelVersion): Promise<void> {
    const without = await processesWithout(this.deps, model);
    if (without.length > 0) throw conflict(`Not every process has the model "${model.name}" in the revision ${model.revision}: ${without.join(', ')}. Give it the model's files, or stop it, and repeat this.`);
    const behind = await this.untilTakenUp(change.version);
    if (behind.length > 0) throw conflict(`These processes have yet to take up that the change is ${change.phase}: ${behind.join(', ')}. Repeat this in a moment.`);
  }

  private async announce(): Promise<void> {
    await this.deps.modelsInUse.follow();
    this.deps.modelsInUse.announce();
    this.wake();
  }

  /** @returns who has not within the time */
  private async untilTakenUp(version: number): Promise<string[]> {
    const until = Date.now() + TAKING_UP_MS;
    for (;;) {
      const behind = await othersBehind(this.deps, version);
      if (behind.length === 0 || Date.now() >= until) return behind;
      await pauseFor(REST_MS);
    }
  }
}

const OPERATORS_TENANT = 'default';

const versionOf = ({ name, revision }: ModelVersion): ModelVersion => ({ name, revision });
const nameOf = ({ from, to }: Pick<ModelChange, 'from' | 'to'>) => (from === null ? `to "${to.name}", beside the others,` : `from "${from.name}" to "${to.name}"`);

/** Models are everybody's, so they are changed by whoever runs the installation. */
function requireOperator(viewer: Viewer): void {
  requireRole(viewer, 'admin');
  if (viewer.tenantId !== OPERATORS_TENANT) throw forbidden(`This concerns every tenant, and takes an admin key of the tenant "${OPERATORS_TENANT}".`);
}
