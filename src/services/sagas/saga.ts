import type { JsonObject } from '../../domain/model.js';
import type { Transaction } from '../../ports/database.port.js';

/**
 * Work that spans stores, after Garcia-Molina and Salem (Sagas, 1987), with the three kinds of step that Richardson names:
 * - compensatable: has an effect outside the database, and a compensation that undoes it. Its intent is recorded before
 *   its effect, so a crash between the two is undone as well.
 * - pivot: one database transaction. With it the saga is decided: before it everything is undone, after it everything is done.
 * - retriable: clean-up behind the pivot, repeated until it succeeds.
 *
 * Every effect of a retriable step and every compensation is idempotent and needs the payload alone, because it may run in
 * another process after a crash; a compensation may also follow an effect that never began, or only began. `context` is what the living caller hands to its own steps (streams, results) and is
 * absent there.
 */
export type SagaStep<Payload extends JsonObject, Context> = CompensatableStep<Payload, Context> | PivotStep<Payload, Context> | RetriableStep<Payload>;

export interface CompensatableStep<Payload, Context> {
  kind: 'compensatable';
  name: string;
  /** What it answers is merged into the payload; what its compensation must know should it fail halfway, it writes there itself. */
  effect(payload: Payload, run: { tenantId: string; context: Context }): Promise<Partial<Payload> | void>;
  compensate(payload: Payload, run: { tenantId: string }): Promise<void>;
}

export interface PivotStep<Payload, Context> {
  kind: 'pivot';
  name: string;
  /** May run again after a serialization failure. What it answers is merged into the payload, in the same transaction. */
  effect(payload: Payload, run: { tenantId: string; context: Context; tx: Transaction }): Promise<Partial<Payload> | void>;
}

export interface RetriableStep<Payload> {
  kind: 'retriable';
  name: string;
  effect(payload: Payload, run: { tenantId: string }): Promise<Partial<Payload> | void>;
}

export interface SagaDefinition<Payload extends JsonObject, Context> {
  kind: string;
  /** Compensatable steps, one pivot, retriable steps, in this order. */
  steps: readonly SagaStep<Payload, Context>[];
}
