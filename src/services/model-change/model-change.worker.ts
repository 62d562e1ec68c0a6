import { setTimeout as pauseFor } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { isStrataError } from '../../domain/errors.js';
import { rolesIn, type ModelChange, type ModelChangePhase } from '../../domain/model-change.js';
import type { EmbeddingModel } from '../../ports/embedder.port.js';
import type { ModelsInUse } from '../models/models-in-use.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { enterPhase } from './enter-phase.js';
import { fillOf, ModelFiller, type Fill } from './model-filler.js';
import { othersBehind } from './processes.js';
import { modelHere, modelsLacking, settleNotes } from './settle-notes.js';
import { whatIsAmiss } from './verify-fill.js';

export type ModelChangeWorkerDependencies = Pick<ServiceDependencies, 'database' | 'vectors' | 'keywords' | 'embedder' | 'objectStore' | 'logger' | 'events' | 'indexSync'> & { modelsInUse: ModelsInUse };

/** A worker that vanished is replaced after so long. */
const LEASE_SECONDS = 30;
const OBJECTS_A_STEP = 32;
const EMBEDDINGS_A_STEP = 500;
/** After each batch of the backfill nothing is done for this share of the time that it took: searches and ingestion come first. */
const REST = 0.25;
/** How long one turn may take before others get theirs. */
const TURN_MS = 60_000;

/** Waits until nothing more urgent is under way in this process; not for ever. */
export type Lull = (signal: AbortSignal) => Promise<unknown>;

/** Moves the open change on, in turns: one worker at a time, resumable behind every batch. */
export class ModelChangeWorker {
  private readonly id = uuidv7();
  private readonly filler: ModelFiller;

  constructor(
    private readonly deps: ModelChangeWorkerDependencies,
    private readonly lull: Lull,
  ) {
    this.filler = new ModelFiller(deps);
  }

  async turn(signal: AbortSignal): Promise<void> {
    const { modelChanges } = this.deps.database;
    const change = await modelChanges.claim(this.id, LEASE_SECONDS);
    if (change === null) return;
    const beat = setInterval(() => void modelChanges.claim(this.id, LEASE_SECONDS).catch(() => undefined), (LEASE_SECONDS * 1_000) / 3);
    try {
      await this.work(change, signal, Date.now() + TURN_MS);
    } catch (error) {
      if (signal.aborted) return;
      this.deps.logger.warn({ error, change: change.id }, 'a model change cannot go on now; it is tried again in a moment');
      await this.say(change, isStrataError(error) ? error.message : 'Something went wrong here; the log says what. It is tried again.');
    } finally {
      clearInterval(beat);
      await modelChanges.release(this.id).catch(() => undefined); // the lease runs out by itself
    }
  }

  private work(change: ModelChange, signal: AbortSignal, until: number): Promise<void> {
    switch (change.phase) {
      case 'BACKFILLING':
        return this.backfill(change, signal, until);
      case 'CLEANING':
        return this.remove(change, change.from!.name, 'CLEANED', signal, until);
      case 'ABORTING':
        return this.remove(change, change.to.name, 'ABORTED', signal, until);
      default:
        return this.follow(change, signal);
    }
  }

  private async backfill(change: ModelChange, signal: AbortSignal, until: number): Promise<void> {
    const { modelChanges } = this.deps.database;
    const model = modelHere(change.to, this.deps.embedder.models());
    if (model === null) return this.say(change, `No process that does jobs has the model "${change.to.name}" in the revision ${change.to.revision}. Give a worker its files, and restart it.`);
    const fill = fillOf(change, change.from?.name ?? null, model);
    if (!(await this.removeOutdated(model, signal))) return;
    let { cursor } = change;
    while (Date.now() < until) {
      signal.throwIfAborted();
      const objects = await modelChanges.objectsAfter(fill.spec, cursor, OBJECTS_A_STEP);
      if (objects.length === 0) return this.complete(change, fill, signal);
      const vectors = await this.filler.fill(fill, objects.map(({ objectId }) => objectId), this.pacing(signal), signal);
      cursor = objects.at(-1)!.objectId;
      // Aborted meanwhile: what is done is counted anew.
      if ((await modelChanges.find(change.id))?.phase !== 'BACKFILLING') return;
      await modelChanges.advance(change.id, { cursor, done: objects.length, vectors });
      this.deps.modelsInUse.announce();
    }
  }

  /** Every object was looked at: READY, as soon as nothing is missing that anybody wrote meanwhile. */
  private async complete(change: ModelChange, fill: Fill, signal: AbortSignal): Promise<void> {
    const { database, modelsInUse } = this.deps;
    await this.follow(change, signal);
    const behind = await othersBehind(this.deps, change.version);
    if (behind.length > 0) return this.say(change, `These processes have yet to take it up: ${behind.join(', ')}.`);
    if (!(await database.modelChanges.isBeyondHorizon(change.id))) return this.say(change, 'Transactions that began before the change did are still under way.');
    const amiss = await whatIsAmiss(this.deps, fill, (ids) => this.filler.fill(fill, ids, this.pacing(signal), signal));
    if (amiss !== null) return this.say(change, amiss);
    await this.enter(change, 'BACKFILLING', 'READY');
    await modelsInUse.follow();
  }

  /** What was written of objects since: whether both models have vectors of it. */
  private async follow(change: ModelChange, signal: AbortSignal): Promise<void> {
    const { modelChanges } = this.deps.database;
    const vectors = await settleNotes(this.deps, this.filler, change, this.pacing(signal), signal);
    if (vectors === null) return this.sayWhatIsLacking(change);
    if (vectors > 0) await modelChanges.advance(change.id, { done: 0, vectors });
    else if (change.problem !== null && change.phase !== 'BACKFILLING') await modelChanges.setProblem(change.id, null);
    // Searches that were answered before are not to be repeated from the cache.
    if (vectors > 0 && change.phase === 'CUT_OVER') await modelChanges.raiseGenerations();
  }

  /** Embeddings of a model, with their vectors, wherever those are; then the phase that comes behind. */
  private async remove(change: ModelChange, model: string, then: ModelChangePhase, signal: AbortSignal, until: number): Promise<void> {
    const { modelChanges } = this.deps.database;
    while (Date.now() < until) {
      signal.throwIfAborted();
      const removed = await this.removeSome(model, null);
      if (removed > 0) {
        await modelChanges.advance(change.id, { done: removed, vectors: 0 });
        this.deps.modelsInUse.announce();
        await pauseFor(20, undefined, { signal });
        continue;
      }
      const behind = await othersBehind(this.deps, change.version);
      if (behind.length > 0) return this.say(change, `These processes have yet to take up that "${model}" goes: ${behind.join(', ')}.`);
      await this.enter(change, change.phase, then);
      return;
    }
  }

  /** Vectors of other weights under this name. @returns false where the turn ended before all were gone */
  private async removeOutdated({ name, revision }: EmbeddingModel, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) if ((await this.removeSome(name, revision)) === 0) return true;
    return false;
  }

  private async removeSome(model: string, otherThan: string | null): Promise<number> {
    const { database, vectors } = this.deps;
    const found = await database.modelChanges.embeddingsOf(model, otherThan, EMBEDDINGS_A_STEP);
    for (const [tenantId, ofTenant] of Map.groupBy(found, (embedding) => embedding.tenantId)) {
      const ids = ofTenant.map(({ id }) => id);
      await database.transaction(async (tx) => {
        await vectors.remove(tenantId, ids, tx);
        await tx.modelChanges.deleteEmbeddings(ids);
      });
    }
    return found.length;
  }

  private async enter(change: ModelChange, from: ModelChangePhase, phase: ModelChangePhase): Promise<void> {
    await this.deps.database.transaction(async (tx) => {
      if ((await tx.modelChanges.lock(change.id))?.phase === from) await enterPhase(tx, change, phase, change.total, rolesIn(phase, change));
    });
    await this.deps.modelsInUse.follow();
    this.deps.modelsInUse.announce();
  }

  private async say(change: ModelChange, problem: string): Promise<void> {
    if (problem === change.problem) return;
    await this.deps.database.modelChanges.setProblem(change.id, problem);
    this.deps.modelsInUse.announce();
  }

  private async sayWhatIsLacking(change: ModelChange): Promise<void> {
    if ((await this.deps.database.modelChanges.notes(1)).length === 0) return;
    const lacking = modelsLacking(change, this.deps.embedder.models()).map(({ name, revision }) => `"${name}" in the revision ${revision}`);
    await this.say(change, `Objects that were written meanwhile wait for a process that does jobs and has ${lacking.join(' and ')}. Give a worker its files, and restart it.`);
  }

  /** Called before each batch: the time since the last call was that batch's. */
  private pacing(signal: AbortSignal): () => Promise<void> {
    let began: number | null = null;
    return async () => {
      signal.throwIfAborted();
      if (began !== null) await pauseFor(Math.min(2_000, (Date.now() - began) * REST), undefined, { signal });
      await this.lull(signal);
      signal.throwIfAborted();
      began = Date.now();
    };
  }
}
