import type { DataType } from './model.js';

/**
 * BACKFILLING: every object is being embedded with the new model, new ones with both; searches ask the old. READY: all have vectors of
 * both. CUT_OVER: searches ask the new one, and both go on being written. ROLLED_BACK: as READY, after a cut-over. CLEANING and
 * ABORTING: the vectors of the model that is left are being removed. CLEANED and ABORTED: it is over.
 */
export const MODEL_CHANGE_PHASES = ['BACKFILLING', 'READY', 'CUT_OVER', 'ROLLED_BACK', 'CLEANING', 'CLEANED', 'ABORTING', 'ABORTED'] as const;
export type ModelChangePhase = (typeof MODEL_CHANGE_PHASES)[number];

export interface ModelVersion {
  name: string;
  /** Of the weights or of the algorithm. */
  revision: string;
}

export interface ModelChange {
  id: string;
  /** Null: the new model comes beside those that are there. */
  from: ModelVersion | null;
  to: ModelVersion;
  phase: ModelChangePhase;
  /** The last object that the backfill has looked at. */
  cursor: string;
  /** Of the phase's work: objects to be embedded, or embeddings to be removed. */
  total: number;
  done: number;
  /** Vectors of the new model that the change has written. */
  vectors: number;
  /** Objects that the new model gives no vectors for though it should. */
  failed: number;
  /** What keeps it from going on, in a sentence. */
  problem: string | null;
  /** Of the roles that came with its last phase. */
  version: number;
  startedBy: string;
  startedAt: Date;
  readyAt: Date | null;
  cutOverAt: Date | null;
  rolledBackAt: Date | null;
  endedAt: Date | null;
}

/** What a model is used for since a change; the configuration says it of the others. */
export interface ModelRole extends ModelVersion {
  written: boolean;
  searched: boolean;
}

/** The roles as of a version, and the change that is open. */
export interface ModelRoles {
  version: number;
  roles: ModelRole[];
  /** Of which revision the vectors are that are here of models without a role. */
  revisions: ModelVersion[];
  open: ModelChange | null;
}

export interface ModelChangeFailure {
  objectId: string;
  tenantId: string;
  reason: string;
}

export interface ModelChangeEstimate {
  from: string | null;
  to: string;
  /** Lengths of the vectors. */
  fromDimensions: number | null;
  toDimensions: number;
  tenants: ModelChangeCosts[];
  total: ModelChangeCosts;
  /** Passages and media that were embedded to measure the time. */
  sampled: number;
  /** Passages, of all, that are longer than the new model reads at once, so that it reads them in parts; by a sample where there are many. */
  cut: number;
  /** Notable consequences, in sentences. */
  remarks: string[];
}

export interface ModelChangeCosts {
  /** Null in the total. */
  tenantId: string | null;
  objects: number;
  passages: number;
  vectors: number;
  /** Of the vectors alone: 4 a dimension. Indexes come on top. */
  bytes: number;
  /** On this machine, with nothing else to do; null where nothing could be sampled. */
  seconds: number | null;
}

/** Whether the change moves on by itself. */
export const isWorking = (phase: ModelChangePhase): boolean => phase === 'BACKFILLING' || phase === 'CLEANING' || phase === 'ABORTING';
export const isOver = (phase: ModelChangePhase): boolean => phase === 'CLEANED' || phase === 'ABORTED';
/** Vectors of both are written, and each object is to have them. */
export const keepsBoth = (phase: ModelChangePhase): boolean => phase === 'BACKFILLING' || phase === 'READY' || phase === 'CUT_OVER' || phase === 'ROLLED_BACK';

/** The roles of the two models in a phase. */
export function rolesIn(phase: ModelChangePhase, { from, to }: Pick<ModelChange, 'from' | 'to'>): ModelRole[] {
  const isNew = phase === 'CUT_OVER' || phase === 'CLEANING' || phase === 'CLEANED';
  const old = (): ModelRole[] => (from === null ? [] : [{ ...from, written: phase !== 'CLEANING' && phase !== 'CLEANED', searched: !isNew }]);
  return [...old(), { ...to, written: phase !== 'ABORTING' && phase !== 'ABORTED', searched: isNew }];
}

/** Words: its vectors belong to passages. Media: to an object, or a moment of it. */
export const readsPassages = (modalities: readonly DataType[]): boolean => modalities.some(isWords);
export const mediaOf = (modalities: readonly DataType[]): DataType[] => modalities.filter((type) => !isWords(type));
const isWords = (type: DataType) => type === 'TEXT' || type === 'DOCUMENT';
