import type { ObjectFilter } from '../../domain/filters.js';
import type { Fingerprint, NearKind } from '../../domain/fingerprints.js';
import type { Annotation, DataObject } from '../../domain/model.js';
import type { DuplicateTier, FoundDuplicate, JudgedPair, LeastSimilarity, NearPair } from '../../domain/near-duplicates.js';
import type { DueObject } from './due-object.port.js';

/** Fingerprints, the pairs that they led to, and what is still to be compared. Each call is one statement, or as many as it says. */
export interface DuplicateRepository {
  /** The oldest notes, of one tenant; what failed to be read, or is gone, is taken off the list here. Two statements. */
  due(limit: number): Promise<DueObject[]>;
  settle(notes: readonly DueObject[]): Promise<void>;
  /** In place of what the objects had, for those that still have the content named; where it is another, its pairs go, too. Three statements, or four. */
  save(tenantId: string, items: readonly { objectId: string; contentHash: string; fingerprints: readonly (Fingerprint & { bands: readonly number[] })[] }[]): Promise<void>;
  /**
   * Others that share a band with what is asked, and their values: at most `limit` each, pictures by the bits that differ, the others by
   * the bands in common, the oldest first among equals.
   */
  candidates(
    tenantId: string,
    asked: readonly { objectId: string; kind: NearKind; value: string; probes: readonly number[] }[],
    limit: number,
  ): Promise<{ objectId: string; kind: NearKind; otherId: string; value: string }[]>;
  /**
   * From which similarity pairs of each model are kept from now on. Where that is less than before, 0.9 for a model that was never named,
   * what has vectors of it is to be compared again.
   */
  keepFrom(bounds: readonly (LeastSimilarity & { model: string })[]): Promise<void>;
  /** Those that these objects have in models' spaces. */
  semanticPairs(tenantId: string, objectIds: readonly string[]): Promise<(NearPair & { model: string })[]>;
  removeSemanticPairs(tenantId: string, pairs: readonly (NearPair & { model: string })[]): Promise<void>;
  addPairs(tenantId: string, tier: 'PERCEPTUAL' | 'SEMANTIC', pairs: readonly (NearPair & { model: string | null })[]): Promise<void>;

  /** The oldest live object that each of these makes a pair with from that similarity on; those that have no older one are not among them. */
  elders(tenantId: string, tier: 'PERCEPTUAL' | 'SEMANTIC', least: LeastSimilarity, objectIds: readonly string[]): Promise<Map<string, string>>;

  /** Matching objects with equal bytes, or equal decoded content: each set's ids. */
  equals(tenantId: string, tier: 'BYTES' | 'DECODED', filter: ObjectFilter | null, limit: number): Promise<string[][]>;
  /** Pairs both of which match, of the models that are named alone. */
  pairs(tenantId: string, tier: 'PERCEPTUAL' | 'SEMANTIC', options: { filter: ObjectFilter | null; least: readonly LeastSimilarity[]; limit: number }): Promise<JudgedPair[]>;
  /** What is near to each of these objects and live, the strongest tier and the closest first, at most `limit` an object; each other once. */
  ofObjects(
    tenantId: string,
    objectIds: readonly string[],
    options: { tiers: readonly DuplicateTier[]; least: readonly LeastSimilarity[]; limit: number },
  ): Promise<FoundDuplicate[]>;

  /** Live annotations of people on these objects, in the order of their ids, which is by age; the rows are locked. */
  lockAnnotations(tenantId: string, objectIds: readonly string[]): Promise<Annotation[]>;
  moveAnnotations(tenantId: string, annotationIds: readonly string[], to: string): Promise<void>;
  /** Of each object that has a text. */
  textHashes(tenantId: string, objectIds: readonly string[]): Promise<Map<string, string>>;
  /** What was computed from one of `from` was computed from what is now in `to`: it is a source, too. */
  addSources(tenantId: string, from: readonly string[], to: string): Promise<void>;
  /** Into the bin. */
  bin(tenantId: string, objectIds: readonly string[]): Promise<DataObject[]>;
}
