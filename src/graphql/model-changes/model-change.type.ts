import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { isWorking, type ModelChange, type ModelChangeCosts, type ModelChangeEstimate, type ModelChangeFailure, type ModelChangePhase } from '../../domain/model-change.js';
import { defineEnum } from '../define-enum.js';
import { encodeId } from '../ids.js';
import { NodeType } from '../node.type.js';
import { DateTimeScalar, SafeIntScalar } from '../scalars/scalars.js';

export const ModelChangePhaseEnum = defineEnum<ModelChangePhase>('ModelChangePhase', 'How far a change of models has come.', {
  BACKFILLING: 'Every object is being embedded with the new model, new ones with both. Searches ask the old one.',
  READY: 'All have vectors of both. Searches ask the old one until the cut-over.',
  CUT_OVER: 'Searches ask the new one. Both are written, so that it can be rolled back.',
  ROLLED_BACK: 'Searches ask the old one again; as READY.',
  CLEANING: 'The old model’s vectors are being removed. There is no way back any more.',
  CLEANED: 'Over: the new model has taken the old one’s place.',
  ABORTING: 'The new model’s vectors are being removed.',
  ABORTED: 'Over: all is as before.',
});

@ObjectType('ModelChange', {
  implements: NodeType,
  simpleResolvers: true,
  description: 'A change from one embedding model to another, while everything goes on. One is open at a time.',
})
export class ModelChangeType extends NodeType {
  @Field(() => ID, { description: '`mch_` and 26 characters.' })
  declare id: string;

  @Field(() => String, { nullable: true, description: 'The model that is left; null where the new one comes beside those in use.' })
  from: string | null;

  @Field(() => String, { description: 'The new model.' })
  to: string;

  @Field(() => ModelChangePhaseEnum)
  phase: ModelChangePhase;

  @Field(() => Float, { description: 'From 0 to 1: of the work of this phase.' })
  progress: number;

  @Field(() => SafeIntScalar, { description: 'Objects to be embedded; of a clean-up, embeddings to be removed. As counted at its start.' })
  total: number;

  @Field(() => SafeIntScalar, { description: 'Of `total`; more where more came meanwhile.' })
  done: number;

  @Field(() => SafeIntScalar, { description: 'Vectors of the new model that the change has written.' })
  vectors: number;

  @Field(() => Int, { description: 'Objects that could not be embedded with the new model; `failures` says why.' })
  failed: number;

  @Field(() => String, { nullable: true, description: 'What keeps it from going on, in a sentence; null while it does.' })
  problem: string | null;

  @Field(() => Float, { nullable: true, description: 'Seconds that the work of this phase will still take, by its pace so far; null where nothing is under way.' })
  secondsLeft: number | null;

  @Field(() => String, { description: 'The viewer.' })
  startedBy: string;

  @Field(() => DateTimeScalar)
  startedAt: Date;

  @Field(() => DateTimeScalar, { nullable: true })
  readyAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true })
  cutOverAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true })
  rolledBackAt: Date | null;

  @Field(() => DateTimeScalar, { nullable: true })
  endedAt: Date | null;

  /** What the relations are read with; not a field. */
  readonly row: ModelChange;

  constructor(row: ModelChange) {
    super();
    this.id = encodeId('mch', row.id);
    this.from = row.from?.name ?? null;
    this.to = row.to.name;
    this.phase = row.phase;
    this.progress = isWorking(row.phase) ? (row.total === 0 ? 0 : Math.min(1, row.done / row.total)) : 1;
    this.total = row.total;
    this.done = row.done;
    this.vectors = row.vectors;
    this.failed = row.failed;
    this.problem = row.problem;
    this.secondsLeft = secondsLeft(row);
    this.startedBy = row.startedBy;
    this.startedAt = row.startedAt;
    this.readyAt = row.readyAt;
    this.cutOverAt = row.cutOverAt;
    this.rolledBackAt = row.rolledBackAt;
    this.endedAt = row.endedAt;
    this.row = row;
  }
}

/** By the pace since the start; a clean-up's is not known. */
function secondsLeft({ phase, done, total, startedAt }: ModelChange): number | null {
  if (phase !== 'BACKFILLING' || done === 0) return null;
  return (Math.max(0, total - done) * (Date.now() - startedAt.getTime())) / 1_000 / done;
}

export const toModelChange = (row: ModelChange) => new ModelChangeType(row);

@ObjectType('ModelChangeFailure', { simpleResolvers: true, description: 'An object that could not be embedded with the new model.' })
export class ModelChangeFailureType {
  @Field(() => ID, { description: '`obj_…`' })
  objectId!: string;

  @Field(() => String)
  tenant!: string;

  @Field(() => String, { description: 'Why, in a sentence.' })
  reason!: string;
}

export const toFailure = ({ objectId, tenantId, reason }: ModelChangeFailure): ModelChangeFailureType => ({ objectId: encodeId('obj', objectId), tenant: tenantId, reason });

@ObjectType('ModelChangeCosts', { simpleResolvers: true, description: 'What is there to be embedded, and what that takes.' })
export class ModelChangeCostsType {
  @Field(() => String, { nullable: true, description: 'Null in the total.' })
  tenant!: string | null;

  @Field(() => SafeIntScalar)
  objects!: number;

  @Field(() => SafeIntScalar)
  passages!: number;

  @Field(() => SafeIntScalar, { description: 'Vectors to be written: one a passage; of pictures, sounds and films as many as the sample gave each.' })
  vectors!: number;

  @Field(() => SafeIntScalar, { description: 'Of the vectors alone: 4 a dimension. Their index takes about as much again.' })
  bytes!: number;

  @Field(() => Float, { nullable: true, description: 'By the sample, on this machine with nothing else to do; null where nothing could be sampled.' })
  seconds!: number | null;
}

@ObjectType('ModelChangeEstimate', { simpleResolvers: true, description: 'What a change of models would cost. Nothing is written for it.' })
export class ModelChangeEstimateType {
  @Field(() => String, { nullable: true })
  from!: string | null;

  @Field(() => String)
  to!: string;

  @Field(() => Int, { nullable: true })
  fromDimensions!: number | null;

  @Field(() => Int)
  toDimensions!: number;

  @Field(() => ModelChangeCostsType)
  total!: ModelChangeCostsType;

  @Field(() => [ModelChangeCostsType])
  tenants!: ModelChangeCostsType[];

  @Field(() => Int, { description: 'Passages and media that were embedded with the new model to measure the time.' })
  sampled!: number;

  @Field(() => Int, { description: 'Passages, of all, that are longer than the new model reads at once: it reads them in parts, and the mean of these stands for the passage. By a sample of 256 where there are more.' })
  cut!: number;

  @Field(() => [String], { description: 'What would be different, in sentences.' })
  remarks!: string[];
}

const toCosts = ({ tenantId, ...costs }: ModelChangeCosts): ModelChangeCostsType => ({ tenant: tenantId, ...costs });
export const toEstimate = (estimate: ModelChangeEstimate): ModelChangeEstimateType => ({ ...estimate, total: toCosts(estimate.total), tenants: estimate.tenants.map(toCosts) });
