import type { DataObject, JsonObject } from './model.js';

/** Weaker from one to the next. */
export const DUPLICATE_TIERS = ['BYTES', 'DECODED', 'PERCEPTUAL', 'SEMANTIC'] as const;
export type DuplicateTier = (typeof DUPLICATE_TIERS)[number];

/** The cosine that counts as near in a space that nobody has measured: strict, since in some spaces whatever there is lies close together. */
const UNMEASURED_COSINE = 0.98;
/** Of each model pairs are kept from here on at the least, and from so much below its own bound where that is less. */
const USUALLY_KEPT_FROM = 0.9;
const KEPT_BELOW = 0.05;

/** From which cosine two objects are near in a model's space where nobody says. A cosine of one space says nothing in another. */
export const usualCosine = ({ duplicateCosine }: { duplicateCosine: number | null }): number => duplicateCosine ?? UNMEASURED_COSINE;

/** Pairs of less are not kept, whoever asks for them. */
export const keptFrom = (model: { duplicateCosine: number | null }): number => Math.min(USUALLY_KEPT_FROM, usualCosine(model) - KEPT_BELOW);

export interface NearPair {
  older: string;
  younger: string;
  similarity: number;
}

/** From where on pairs of a kind count: cosines in a model's space, or, with null for the model, what was compared without one. */
export interface LeastSimilarity {
  model: string | null;
  similarity: number;
}

/** A pair that counts, with how far above the bound of its kind it is, 0 to 1: by that it is held against those of other models. */
export interface JudgedPair extends NearPair {
  closeness: number;
}

/** Another object that one is nearly the same as. */
export interface FoundDuplicate {
  /** The one that was asked about. */
  objectId: string;
  otherId: string;
  tier: DuplicateTier;
  similarity: number;
  /** Whose vectors; null for the other tiers. */
  model: string | null;
}

export const toPair = ({ objectId, otherId, similarity }: { objectId: string; otherId: string; similarity: number }): NearPair =>
  objectId < otherId ? { older: objectId, younger: otherId, similarity } : { older: otherId, younger: objectId, similarity };

export interface DuplicateGroup {
  tier: DuplicateTier;
  /** The oldest: each of the others is near to it. Plain UUIDs. */
  leader: string;
  /** In order of age, the leader first. */
  members: string[];
  /** The least of a member's to the leader. */
  similarity: number;
}

/**
 * Groups around leaders (Hartigan, Clustering Algorithms, 1975, chapter 3): an object leads where no older leader is near to it, and
 * each of the others belongs to the leader that it is nearest to. So every member is near to one and the same object; connected
 * components would chain what has nothing in common. Ids are by age, hence a new object changes no leader and nobody's place.
 */
export function groupsAround(tier: DuplicateTier, pairs: readonly JudgedPair[]): DuplicateGroup[] {
  const elders = Map.groupBy(pairs, ({ younger }) => younger);
  const ids = new Set(pairs.flatMap(({ older, younger }) => [older, younger]));
  const groups = new Map<string, DuplicateGroup>();
  for (const id of [...ids].sort()) {
    const near = (elders.get(id) ?? []).filter(({ older }) => groups.has(older));
    if (near.length === 0) {
      groups.set(id, { tier, leader: id, members: [id], similarity: 1 });
      continue;
    }
    const nearest = near.reduce((best, each) => (each.closeness > best.closeness || (each.closeness === best.closeness && each.older < best.older) ? each : best));
    const group = groups.get(nearest.older)!;
    group.members.push(id);
    group.similarity = Math.min(group.similarity, nearest.similarity);
  }
  return [...groups.values()].filter(({ members }) => members.length > 1);
}

/** Of sets of equals. */
export function groupsOfEquals(tier: DuplicateTier, sets: readonly (readonly string[])[]): DuplicateGroup[] {
  return sets.map((set) => {
    const members = [...set].sort();
    return { tier, leader: members[0]!, members, similarity: 1 };
  });
}

/** In the tiers' order, each by its leader's age; without those that a stronger tier's group tells already. */
export function orderedGroups(groups: readonly DuplicateGroup[]): DuplicateGroup[] {
  const sorted = [...groups].sort((left, right) => tierIndex(left.tier) - tierIndex(right.tier) || (left.leader < right.leader ? -1 : left.leader > right.leader ? 1 : 0));
  const told = new Map<string, Set<DuplicateGroup>>();
  return sorted.filter((group) => {
    const alike = group.members.map((id) => told.get(id) ?? new Set<DuplicateGroup>());
    if ([...alike[0]!].some((stronger) => stronger.tier !== group.tier && alike.every((each) => each.has(stronger)))) return false;
    group.members.forEach((id, i) => told.set(id, alike[i]!.add(group)));
    return true;
  });
}

export const tierIndex = (tier: DuplicateTier): number => DUPLICATE_TIERS.indexOf(tier);

/** Which to keep of a group, as a suggestion: what is not in the bin, has the most pixels, then the most bytes; then the oldest. */
export function suggestKeep(objects: readonly DataObject[]): DataObject {
  return objects.reduce((best, each) => (compare(each, best) > 0 ? each : best));
}

function compare(left: DataObject, right: DataObject): number {
  return Number(right.isDeleted) - Number(left.isDeleted) || pixelsOf(left) - pixelsOf(right) || left.fileSize - right.fileSize || (left.id < right.id ? 1 : -1);
}

function pixelsOf({ facts }: DataObject): number {
  const { width, height } = frameOf(facts) ?? { width: 0, height: 0 };
  return width * height;
}

/** Of a picture or a film as it is shown; null where nothing was measured. */
export function frameOf(facts: JsonObject): { width: number; height: number } | null {
  const frame = (facts.image ?? facts.video ?? null) as JsonObject | null;
  return typeof frame?.width === 'number' && typeof frame.height === 'number' ? { width: frame.width, height: frame.height } : null;
}
