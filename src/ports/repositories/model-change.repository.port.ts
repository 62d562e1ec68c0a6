import type { DataType, JsonObject } from '../../domain/model.js';
import type { ModelChange, ModelChangeFailure, ModelChangePhase, ModelRole, ModelRoles, ModelVersion } from '../../domain/model-change.js';

export interface ModelProcess {
  id: string;
  /** `host:pid`. */
  name: string;
  /** Revisions of the models that can run there, by name. */
  models: Record<string, string>;
  /** Of the roles that it has taken up. */
  version: number;
}

/**
 * Which objects are to have vectors of `to`: those that have some of `from`, or where that is null, whatever `to` can embed. Contents
 * count once they are READY, captions and transcripts always.
 */
export interface FillSpec {
  changeId: string;
  from: string | null;
  to: string;
  /** Of `to`: whether it embeds passages, and which media it embeds. */
  passages: boolean;
  media: readonly DataType[];
}

export interface LackingPassage {
  id: string;
  tenantId: string;
  objectId: string;
  /** Of a caption or transcript; null for the object's content. */
  annotationId: string | null;
  text: string;
  /** What models are given in front of the text. */
  context: string | null;
  /** Of the embedding that the passage has of the other model, or what one would say. Without the revision. */
  details: JsonObject;
}

export interface ObjectPlace {
  tenantId: string;
  objectId: string;
}

export interface EmbeddingPlace extends ObjectPlace {
  id: string;
}

/** Rows of all tenants: for whoever changes the model of an installation. */
export interface ModelChangeRepository {
  roles(): Promise<ModelRoles>;
  /** Names of models of which there are embeddings; a few index look-ups, however many rows. */
  modelsWithVectors(): Promise<string[]>;
  /**
   * Within a transaction: the roles as they are now, and as nobody changes them until it ends. To be called before a generation is raised, as
   * whoever changes roles does, or the two may wait for each other.
   */
  holdRoles(): Promise<ModelRole[]>;
  setRoles(roles: readonly ModelRole[]): Promise<void>;

  /** Answers null where another one is open. */
  begin(change: { id: string; from: ModelVersion | null; to: ModelVersion; total: number; startedBy: string }): Promise<ModelChange | null>;
  find(id: string): Promise<ModelChange | null>;
  /** Newest first. */
  list(limit: number): Promise<ModelChange[]>;
  /** Locks the row until the transaction ends. */
  lock(id: string): Promise<ModelChange | null>;
  /** Into the phase, with a new version; the work of the phase begins at its start. Answers the change as it is then. */
  enter(id: string, phase: ModelChangePhase, total: number): Promise<ModelChange>;
  /** Adds to what is done. */
  advance(id: string, step: { cursor?: string; done: number; vectors: number }): Promise<void>;
  setProblem(id: string, problem: string | null): Promise<void>;
  /** Every tenant's cached searches end. */
  raiseGenerations(): Promise<void>;

  /** The open change, for as long; null where there is none or another worker has it. */
  claim(worker: string, seconds: number): Promise<ModelChange | null>;
  release(worker: string | null): Promise<void>;
  /** Whether every transaction that may not have seen the change's beginning is over. */
  isBeyondHorizon(id: string): Promise<boolean>;

  /** Objects from behind `after` that the change may concern, in id order. */
  objectsAfter(spec: FillSpec, after: string, limit: number): Promise<ObjectPlace[]>;
  countObjects(spec: FillSpec): Promise<number>;
  /** Of these objects, or of all. */
  lackingPassages(spec: FillSpec, objectIds: readonly string[] | null, limit: number): Promise<LackingPassage[]>;
  lackingMedia(spec: FillSpec, objectIds: readonly string[] | null, limit: number): Promise<ObjectPlace[]>;
  /** Of these passages, those that have an embedding of the model. */
  passagesWith(model: string, passageIds: readonly string[]): Promise<Set<string>>;

  addGap(changeId: string, place: ObjectPlace, reason: string | null): Promise<void>;
  /** Of the objects of these notes, as long as the notes are there: they are looked at again. */
  forgetGaps(changeId: string, sequences: readonly number[]): Promise<void>;
  /** All that failed become notes instead, in one statement: at no moment an object is neither. */
  noteFailures(changeId: string): Promise<void>;
  failures(changeId: string, limit: number): Promise<ModelChangeFailure[]>;

  notes(limit: number): Promise<(ObjectPlace & { sequence: number })[]>;
  /** Reads all notes, of which a long backfill gathers many. */
  countNoted(): Promise<number>;
  settleNotes(sequences: readonly number[] | null): Promise<void>;

  /** Embeddings of the model, those of other revisions than this alone where one is given. */
  embeddingsOf(model: string, otherThan: string | null, limit: number): Promise<EmbeddingPlace[]>;
  countEmbeddings(model: string): Promise<number>;
  deleteEmbeddings(ids: readonly string[]): Promise<void>;
  /** Some of the model's, spread over all. */
  sampleEmbeddings(model: string, limit: number): Promise<(EmbeddingPlace & { dimensions: number })[]>;

  beat(process: ModelProcess): Promise<void>;
  leave(processId: string): Promise<void>;
  /** Those that were seen within so many seconds; the others are forgotten. */
  processes(seconds: number): Promise<ModelProcess[]>;

  /** What is there to be embedded, by tenant. */
  costs(spec: FillSpec): Promise<{ tenantId: string; objects: number; passages: number; media: number }[]>;
  samplePassages(limit: number): Promise<{ text: string; context: string | null }[]>;
  sampleMedia(types: readonly DataType[], limit: number): Promise<ObjectPlace[]>;
}
