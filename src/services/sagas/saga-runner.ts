import { setTimeout as pause } from 'node:timers/promises';
import pRetry, { type Options } from 'p-retry';
import { v7 as uuidv7 } from 'uuid';
import { internal } from '../../domain/errors.js';
import type { JsonObject } from '../../domain/model.js';
import type { SagaRecord, SagaStepRecord } from '../../ports/repositories/ledger.repository.port.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import type { CompensatableStep, RetriableStep, SagaDefinition } from './saga.js';

/** How long a saga stays its runner's without a sign of life. */
const OWNED_SECONDS = 60;
const HEARTBEAT_MS = 15_000;
/** Rounds of recovery, each with retries of its own, before a saga counts as stuck and a person has to look. */
const MAX_ROUNDS = 8;
/** Within a round. */
const RETRY = { retries: 3, minTimeout: 50, factor: 4, randomize: true };
/** What the caller of a saga that failed waits for it to be undone. A store that is away would be waited for once more at each try. */
const UNDO_MS = 2_000;

type AnyDefinition = SagaDefinition<JsonObject, unknown>;

/** Called between every two steps; tests end the process there. */
export type SagaCheckpoint = (place: { kind: string; step: string; moment: 'before' | 'after' }) => void | Promise<void>;

export class SagaRunner {
  private readonly definitions = new Map<string, AnyDefinition>();
  private readonly owner = uuidv7();
  private readonly running = new Set<string>();
  private readonly heartbeat: NodeJS.Timeout;

  constructor(
    private readonly deps: Pick<ServiceDependencies, 'database' | 'logger' | 'metrics'>,
    private readonly checkpoint: SagaCheckpoint = () => undefined,
    private readonly retry: Options = RETRY,
  ) {
    this.heartbeat = setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
  }

  /** Makes a kind of saga known, so that recovery can finish what a crash left of it. */
  register<Payload extends JsonObject, Context>(definition: SagaDefinition<Payload, Context>): void {
    this.definitions.set(definition.kind, definition as unknown as AnyDefinition);
  }

  /**
   * @returns the payload as the steps left it. Throws what the failing step threw, after everything before it was undone; where
   * that takes long it goes on behind the caller's back, and where it fails, recovery sees to it.
   */
  async run<Payload extends JsonObject, Context>(
    definition: SagaDefinition<Payload, Context>,
    tenantId: string,
    payload: Payload,
    context: Context,
  ): Promise<Payload> {
    const known = definition as unknown as AnyDefinition;
    const saga: SagaRecord = { id: uuidv7(), tenantId, kind: definition.kind, status: 'RUNNING', payload: { ...payload }, steps: [], attempts: 0, lastError: null };
    this.running.add(saga.id);
    let undoing: Promise<boolean> | null = null;
    try {
      try {
        await this.forward(known, saga, context);
      } catch (error) {
        if (!decided(known, saga)) {
          undoing = this.undo(known, saga, error);
          const turnedOutDecided = await inTime(undoing, UNDO_MS);
          if (turnedOutDecided !== null) undoing = null;
          if (turnedOutDecided !== true) throw error;
        }
      }
      await this.finish(known, saga);
      return saga.payload as Payload;
    } finally {
      if (undoing === null) this.running.delete(saga.id);
      else void this.undoneLater(known, saga, undoing);
    }
  }

  /** Whoever asked for it has been told that it failed. */
  private async undoneLater(definition: AnyDefinition, saga: SagaRecord, undoing: Promise<boolean>): Promise<void> {
    try {
      if (await undoing) await this.finish(definition, saga);
    } finally {
      this.running.delete(saga.id);
    }
  }

  /**
   * Finishes what vanished owners left, and what failed here and has waited for its next round: undoes what was not decided,
   * completes what was. Answers how many it took up.
   * @param options.everyOwner at the start of a process that is alone on its data; what was stuck gets another chance then
   */
  async recover(options: { everyOwner: boolean }): Promise<number> {
    const claimed = await this.deps.database.sagas.claimAbandoned(this.owner, OWNED_SECONDS, 100, options);
    // This process's own, whose heartbeat came late: it is alive, and the claim was a heartbeat.
    const abandoned = claimed.filter((saga) => !this.running.has(saga.id));
    for (const saga of abandoned) this.running.add(saga.id);
    for (const saga of abandoned) {
      try {
        await this.resume(saga);
      } finally {
        this.running.delete(saga.id);
      }
    }
    return claimed.length;
  }

  close(): void {
    clearInterval(this.heartbeat);
  }

  private async resume(saga: SagaRecord): Promise<void> {
    const definition = this.definitions.get(saga.kind);
    if (!definition) {
      this.deps.logger.error({ saga: saga.id, kind: saga.kind }, 'a saga of an unknown kind waits; a newer program left it');
      return;
    }
    if (saga.status === 'STUCK') Object.assign(saga, { status: 'RUNNING', attempts: 0 });
    if (decided(definition, saga)) await this.finish(definition, saga);
    else await this.undo(definition, saga, new Error(saga.lastError ?? 'the process ended'));
  }

  private async forward(definition: AnyDefinition, saga: SagaRecord, context: unknown): Promise<void> {
    const { tenantId } = saga;
    for (const step of definition.steps) {
      if (step.kind === 'retriable') return;
      await this.checkpoint({ kind: saga.kind, step: step.name, moment: 'before' });
      if (step.kind === 'compensatable') {
        await this.intend(saga, step.name);
        Object.assign(saga.payload, await step.effect(saga.payload, { tenantId, context }));
        lastStep(saga).state = 'DONE';
      } else {
        const payload = structuredClone(saga.payload);
        const last = definition.steps.at(-1) === step;
        const decidedSaga = await this.deps.database.transaction(async (tx) => {
          const patch = await step.effect(payload, { tenantId, context, tx });
          const next: SagaRecord = {
            ...saga, payload: Object.assign(payload, patch), steps: [...saga.steps, { name: step.name, state: 'DONE' }], status: last ? 'DONE' : 'RUNNING',
          };
          if (saga.steps.length === 0) await tx.sagas.insert(next, this.owner, OWNED_SECONDS);
          else if (!(await tx.sagas.save(next, this.owner, OWNED_SECONDS))) throw internal(`saga ${saga.id} was taken over while it ran`);
          return next;
        });
        Object.assign(saga, decidedSaga);
      }
      await this.checkpoint({ kind: saga.kind, step: step.name, moment: 'after' });
    }
  }

  private async intend(saga: SagaRecord, name: string): Promise<void> {
    const isNew = saga.steps.length === 0;
    saga.steps.push({ name, state: 'INTENDED' });
    if (isNew) await this.deps.database.sagas.insert(saga, this.owner, OWNED_SECONDS);
    else await this.save(saga);
  }

  /**
   * Undoes, in reverse order, every step whose intent was recorded. A commit whose answer was lost looks like a failure: what
   * is recorded decides, and saving is refused where that is ahead of what this process knows.
   * @returns true where the saga turned out to be decided: there is nothing to undo, and it goes on behind the pivot
   */
  private async undo(definition: AnyDefinition, saga: SagaRecord, reason: unknown): Promise<boolean> {
    if (saga.steps.length === 0) return this.wasDecidedAtOnce(definition, saga);
    let turnedOutDecided = false;
    saga.status = 'COMPENSATING';
    saga.lastError = messageOf(reason);
    await this.attempt(saga, async () => {
      const ours = await this.deps.database.sagas.save(saga, this.owner, OWNED_SECONDS);
      if (!ours && (await this.wasDecided(definition, saga))) {
        turnedOutDecided = true;
        return;
      }
      // Taken over while this process stalled: the other one undid what it could see, and only this one knows what came after.
      await this.compensate(definition, saga, ours ? () => this.save(saga) : async () => undefined);
      if (!ours) return;
      saga.status = 'COMPENSATED';
      await this.save(saga);
      this.deps.logger.info({ saga: saga.id, kind: saga.kind, reason: saga.lastError }, 'saga undone');
    });
    return turnedOutDecided;
  }

  private async compensate(definition: AnyDefinition, saga: SagaRecord, record: () => Promise<void>): Promise<void> {
    const byName = new Map(definition.steps.map((step) => [step.name, step]));
    for (const done of [...saga.steps].reverse()) {
      if (done.state === 'COMPENSATED') continue;
      const step = byName.get(done.name) as CompensatableStep<JsonObject, unknown>;
      await this.checkpoint({ kind: saga.kind, step: `undo ${done.name}`, moment: 'before' });
      await pRetry(() => step.compensate(saga.payload, { tenantId: saga.tenantId }), this.retry);
      done.state = 'COMPENSATED';
      await record();
      await this.checkpoint({ kind: saga.kind, step: `undo ${done.name}`, moment: 'after' });
    }
  }

  /** For a saga that begins with its pivot. Where the database cannot tell, recovery completes what it finds, and the caller hears of the failure. */
  private async wasDecidedAtOnce(definition: AnyDefinition, saga: SagaRecord): Promise<boolean> {
    try {
      return await this.wasDecided(definition, saga);
    } catch (error) {
      this.deps.logger.warn({ saga: saga.id, kind: saga.kind, error }, 'whether a saga was decided could not be found out; recovery will');
      return false;
    }
  }

  /** Whether the pivot is recorded; then the saga is as recorded from here on. */
  private async wasDecided(definition: AnyDefinition, saga: SagaRecord): Promise<boolean> {
    const recorded = await this.deps.database.sagas.find(saga.id);
    if (recorded === null || !decided(definition, recorded)) return false;
    Object.assign(saga, recorded);
    return true;
  }

  /** Runs the steps behind the pivot. A failure here never reaches the caller: the saga is decided, recovery will complete it. */
  private async finish(definition: AnyDefinition, saga: SagaRecord): Promise<void> {
    if (saga.status === 'DONE') return;
    await this.attempt(saga, async () => {
      for (const step of definition.steps) {
        if (step.kind !== 'retriable' || saga.steps.some((record) => record.name === step.name)) continue;
        await this.checkpoint({ kind: saga.kind, step: step.name, moment: 'before' });
        const patch = await pRetry(() => (step as RetriableStep<JsonObject>).effect(saga.payload, { tenantId: saga.tenantId }), this.retry);
        Object.assign(saga.payload, patch);
        saga.steps.push({ name: step.name, state: 'DONE' });
        await this.checkpoint({ kind: saga.kind, step: step.name, moment: 'after' });
      }
      saga.status = 'DONE';
      await this.save(saga);
    });
  }

  /** One round; a failure is logged and counted, and the next round comes when the ownership has run out. */
  private async attempt(saga: SagaRecord, round: () => Promise<void>): Promise<void> {
    try {
      await round();
    } catch (error) {
      saga.attempts += 1;
      saga.lastError = messageOf(error);
      const stuck = saga.attempts >= MAX_ROUNDS;
      if (stuck) saga.status = 'STUCK';
      this.deps.metrics.countSagaFailure(saga.kind);
      this.deps.logger.error({ saga: saga.id, kind: saga.kind, attempts: saga.attempts, stuck, error }, stuck ? 'saga stuck' : 'saga round failed');
      await this.save(saga).catch((saveError: unknown) =>
        this.deps.logger.error({ saga: saga.id, error: saveError }, 'the state of a saga could not be saved; recovery will read the last one'),
      );
    }
  }

  private async save(saga: SagaRecord): Promise<void> {
    if (!(await this.deps.database.sagas.save(saga, this.owner, OWNED_SECONDS))) throw internal(`saga ${saga.id} was taken over while it ran`);
  }

  private async beat(): Promise<void> {
    if (this.running.size === 0) return;
    await this.deps.database.sagas
      .extend([...this.running], this.owner, OWNED_SECONDS)
      .catch((error: unknown) => this.deps.logger.warn({ error }, 'the heartbeat of running sagas failed'));
  }
}

/** Null where it takes longer; it goes on then. */
async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T | null> {
  const enough = new AbortController();
  const late = pause(milliseconds, null, { signal: enough.signal }).catch(() => null); // The work came first.
  try {
    return await Promise.race([work, late]);
  } finally {
    enough.abort();
  }
}

const lastStep = (saga: SagaRecord): SagaStepRecord => saga.steps.at(-1)!;
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function decided(definition: AnyDefinition, saga: SagaRecord): boolean {
  const pivot = definition.steps.find((step) => step.kind === 'pivot');
  return saga.steps.some((record) => record.name === pivot?.name && record.state === 'DONE');
}
