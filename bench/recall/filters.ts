import type { ObjectFilter } from '../../src/domain/filters.js';
import { dot } from '../dot.js';
import { LOTS, type World, type WorldObject } from './world.js';

/** What a filter has to do with the query: nothing; it leaves what lies nearest; it leaves what lies farthest. */
export const RELATIONS = ['unrelated', 'near', 'far'] as const;
export type Relation = (typeof RELATIONS)[number];

export const SHARES = [0.5, 0.1, 0.01, 0.001] as const;

export interface Restricted {
  filter: ObjectFilter;
  matches(object: WorldObject): boolean;
}

/** Leaves about `share` of the objects. */
export function filterFor({ topics }: Pick<World, 'topics'>, query: Float32Array, relation: Relation, share: number): Restricted {
  if (relation === 'unrelated') {
    const below = Math.round(LOTS * share);
    return { filter: { metadata: [{ path: ['lot'], lt: below }] }, matches: ({ lot }) => lot < below };
  }
  const nearest = topics.map((topic, i) => ({ i, likeness: dot(topic, query) })).sort((a, b) => b.likeness - a.likeness);
  const wanted = Math.max(1, Math.round(topics.length * share));
  const chosen = new Set((relation === 'near' ? nearest.slice(0, wanted) : nearest.slice(-wanted)).map(({ i }) => i));
  return { filter: { metadata: [{ path: ['topic'], in: [...chosen] }] }, matches: ({ topic }) => chosen.has(topic) };
}

export const NO_FILTER: { filter: null; matches(object: WorldObject): boolean } = { filter: null, matches: () => true };
