import { badInput, tooComplex } from '../../domain/errors.js';
import type { DataObject, Viewer } from '../../domain/model.js';
import {
  DUPLICATE_TIERS, groupsAround, groupsOfEquals, orderedGroups, suggestKeep, tierIndex, usualCosine, type DuplicateGroup, type DuplicateTier, type FoundDuplicate,
  type LeastSimilarity,
} from '../../domain/near-duplicates.js';
import type { DuplicateGroupNode, DuplicateOptions, DuplicateQuery, MergeDuplicates, MergedDuplicates } from '../../domain/operations.js';
import { cursorFingerprint, readPageArgs, toPage, type CursorKey, type Page, type PageArgs } from '../../domain/paging.js';
import { requireRole } from '../../domain/roles.js';
import type { ObjectCache } from '../objects/object-cache.js';
import type { ServiceDependencies } from '../shared/dependencies.js';
import { requireBoundedFilter } from '../shared/id-lists.js';
import { cut } from '../shared/pages.js';
import { mergeDuplicates } from './merge-duplicates.js';

type Dependencies = Pick<ServiceDependencies, 'database' | 'keywords' | 'vectors' | 'events' | 'embedder'> & { objectCache: ObjectCache };

/** Pairs, or sets of equals, that one answer is made from; they are gone through in memory. */
const MOST_PAIRS = 200_000;
/** Objects of one group that are shown; `count` says how many there are. */
export const MOST_SHOWN = 100;
const MOST_DUPLICATES = 100;

/** What is there more than once, in whatever degree; found in the background, read here. */
export class DuplicateService {
  constructor(private readonly deps: Dependencies) {}

  async groups(viewer: Viewer, args: PageArgs & DuplicateQuery): Promise<Page<DuplicateGroupNode>> {
    requireRole(viewer, 'reader');
    const filter = args.filter ?? null;
    const tiers = readTiers(args.tiers);
    requireBoundedFilter(filter, ['filter']);
    requireSimilarity(args.minSimilarity);
    const request = readPageArgs(args, cursorFingerprint('duplicates', { filter, tiers, minSimilarity: args.minSimilarity ?? null }));
    const found = orderedGroups((await Promise.all(tiers.map((tier) => this.ofTier(viewer.tenantId, tier, args)))).flat());
    const page = cut(found, request, keyOf, order);
    const shown = page.map((group) => ({ ...group, shown: group.members.slice(0, MOST_SHOWN) }));
    const ids = [...new Set(shown.flatMap((group) => group.shown))];
    const objects = new Map((ids.length === 0 ? [] : await this.deps.database.objects.findByIds(viewer.tenantId, ids)).map((object) => [object.id, object]));
    // What was purged between the two statements is left out.
    const nodes = shown.map((group) => toNode(group, group.shown.flatMap((id) => objects.get(id) ?? [])));
    return toPage(nodes.filter(({ objects: left }) => left.length > 0), request, keyOf, () => Promise.resolve(found.length));
  }

  async ofObjects(viewer: Viewer, objectIds: readonly string[], options: DuplicateOptions): Promise<FoundDuplicate[][]> {
    requireRole(viewer, 'reader');
    const tiers = readTiers(options.tiers);
    requireSimilarity(options.minSimilarity);
    if (!Number.isInteger(options.first) || options.first < 0 || options.first > MOST_DUPLICATES) {
      throw badInput(`"first" is ${options.first}; it must be a whole number from 0 to ${MOST_DUPLICATES}.`, ['first']);
    }
    const least = this.least(options.minSimilarity);
    const found = await this.deps.database.duplicates.ofObjects(viewer.tenantId, objectIds, { tiers, least, limit: options.first });
    const byObject = Map.groupBy(found, ({ objectId }) => objectId);
    return objectIds.map((id) => byObject.get(id) ?? []);
  }

  async merge(viewer: Viewer, input: MergeDuplicates): Promise<MergedDuplicates> {
    requireRole(viewer, 'editor');
    return mergeDuplicates(this.deps, viewer, input);
  }

  private async ofTier(tenantId: string, tier: DuplicateTier, { filter = undefined, minSimilarity }: DuplicateQuery): Promise<DuplicateGroup[]> {
    const { duplicates } = this.deps.database;
    const limit = MOST_PAIRS + 1;
    if (tier === 'BYTES' || tier === 'DECODED') {
      return groupsOfEquals(tier, requireFew(await duplicates.equals(tenantId, tier, filter ?? null, limit)));
    }
    return groupsAround(tier, requireFew(await duplicates.pairs(tenantId, tier, { filter: filter ?? null, least: this.least(minSimilarity), limit })));
  }

  /**
   * What counts as near: hashes were held to their bounds when they were compared, each model's space has its own. A likeness by a model
   * that is no longer used is nobody's concern.
   */
  private least(asked: number | undefined): LeastSimilarity[] {
    const active = this.deps.embedder.models().filter((model) => model.active);
    return [{ model: null, similarity: asked ?? 0 }, ...active.map((model) => ({ model: model.name, similarity: asked ?? usualCosine(model) }))];
  }
}

function readTiers(given: readonly DuplicateTier[] | undefined): DuplicateTier[] {
  const tiers = DUPLICATE_TIERS.filter((tier) => given === undefined || given.includes(tier));
  if (tiers.length === 0) throw badInput('"tier" is empty. Name a tier, or leave it out for all.', ['tier']);
  return tiers;
}

function requireSimilarity(least: number | undefined): void {
  if (least === undefined || (least >= 0 && least <= 1)) return;
  throw badInput(`"minSimilarity" is ${least}; it must be from 0 to 1.`, ['minSimilarity']);
}

function requireFew<T>(found: T[]): T[] {
  if (found.length > MOST_PAIRS) throw tooComplex(`There are more than ${MOST_PAIRS.toLocaleString('en')} pairs of near duplicates. Give a filter, one tier, or a higher minSimilarity.`);
  return found;
}

const keyOf = ({ tier, leader }: Pick<DuplicateGroup, 'tier' | 'leader'>): CursorKey => ({ value: tierIndex(tier), id: leader });

function order(left: CursorKey, right: CursorKey): number {
  return Number(left.value) - Number(right.value) || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0);
}

const toNode = (group: DuplicateGroup, objects: DataObject[]): DuplicateGroupNode => ({
  tier: group.tier, leader: group.leader, similarity: group.similarity, count: group.members.length, objects,
  keep: objects.length === 0 ? null : suggestKeep(objects),
});
